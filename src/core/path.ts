import { StepwrightError } from './error.js';

/** Where the form answers of the start are recorded: a path that no step can have. */
export const START_PATH = '#start';

/** The path of a node named `name` inside the node at `at` (`''` for the root). */
export function join(at: string, name: string): string {
  return at === '' ? name : `${at}/${name}`;
}

/** The last name of a path: `Push config` of `Deploy/eu/Push config`. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Refuses a name that could not stand in a path.
 * @throws StepwrightError `definition` for an empty name, or one with `/`, `[`, `]`, `#`, `@`, a control character, or half a surrogate
 * pair.
 */
export function checkName(name: string, what: string): void {
  if (typeof name !== 'string' || name.trim() === '') {
    throw new StepwrightError('definition', `${what} has no name; give it one, such as 'Reserve VLAN'.`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
  const bad = /[/[\]#@\u0000-\u001f\p{Cs}]/u.exec(name);
  if (bad) {
    throw new StepwrightError(
      'definition',
      `${what} "${name}" contains ${JSON.stringify(bad[0])}; names stand in paths, so leave / [ ] # @, control characters and halves of surrogate pairs out.`,
    );
  }
}

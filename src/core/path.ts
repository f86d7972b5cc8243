import { StepwrightError } from './error.js';

/** Where the form answers of the start are recorded: a path that no step can have. */
export const START_PATH = '#start';

/** How the paths begin at which a person's changes of the state are recorded: `#edit-1`. */
export const EDIT_PREFIX = '#edit-';

/** Where it is recorded that a process is taken back, and why. */
export const UNDO_PATH = '#undo';

/** Where the undo of the step at a path is recorded. */
export function undoPath(path: string): string {
  return `${path}#undo`;
}

/** Where a call back that came while its step was still running is kept. */
export function callbackPath(path: string): string {
  return `${path}#callback`;
}

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

/** The place of one item of a composition: `Ports[3]`, or `Ports[ge-0%2F0%2F1]` for the key of a map. */
export function itemPath(path: string, key: string | number): string {
  return `${path}[${encodeURIComponent(key)}]`;
}

/** The place of loop `n`, from 1: `Probe link#3`. */
export function loopPath(path: string, n: number): string {
  return `${path}#${n}`;
}

/** The mark that a composition, or an undo, sets behind a path to record what is its own there: `#if`. */
const OWN = /(?:#[a-z][a-z0-9-]*)+$/;

/** The path that a path lies in: `Deploy/eu` of `Deploy/eu/Push`, `Ports` of `Ports[3]`. What is recorded at `Push#if` lies where `Push` does. */
export function parentOf(path: string): string {
  const base = path.includes('#') ? path.replace(OWN, '') : path;
  return base.slice(0, Math.max(base.lastIndexOf('/'), base.lastIndexOf('['), base.lastIndexOf('#'), 0));
}

/** Whether a step can be recorded at a path, and not only what is a composition's, or an undo's, own. */
export function isStepPath(path: string): boolean {
  return !lastName(path).includes('#');
}

import { readFences } from './fences.js';

/** A file that a page shows, at this path in the page's folder. */
export interface ShownFile {
  readonly path: string;
  readonly text: string;
}

/** A module that holds where it runs to its end, or a file of tests. */
export interface ShownTest {
  readonly text: string;
  readonly line: number;
}

/** Commands, with what they end with and print. */
export interface ShownRun {
  readonly commands: string;
  readonly exitCode: number;
  /** Undefined where the page does not show it. */
  readonly output: string | undefined;
  readonly line: number;
}

/** What a page shows. */
export interface Page {
  /** Such as `docs/forms.md`. */
  readonly name: string;
  readonly files: readonly ShownFile[];
  readonly tests: readonly ShownTest[];
  readonly runs: readonly ShownRun[];
}

/** Blocks in other languages, and without one, need no mark. */
const NEED_MARK = /^(?:ts|typescript|js|javascript|sh|bash|shell|console|text)\b/;

/**
 * Reads what a page shows, from the marks behind the language of its blocks:
 *
 * - `file=NAME` on a block of any language is a file in the folder in which all of the page runs;
 * - `ts test` is run as a test, `sh run` as commands, which end with 0 or with what `exit=CODE` says;
 * - `text` is the output of the `sh run` before it, see `sameOutput`;
 * - `sh norun` is for what can't be run here, such as an installation.
 * @throws Error naming the line of a block whose marks are none of these
 */
export function readPage(name: string, markdown: string): Page {
  const files: ShownFile[] = [];
  const tests: ShownTest[] = [];
  const runs: ShownRun[] = [];
  let before = '';
  for (const { info, text, line } of readFences(markdown)) {
    const [, path] = /^\w+ file=(\S+)$/.exec(info) ?? [];
    const [isRun, exitCode = '0'] = /^sh run(?: exit=(\d+))?$/.exec(info) ?? [];
    if (path !== undefined) files.push({ path, text });
    else if (info === 'ts test') tests.push({ text, line });
    else if (isRun) runs.push({ commands: text, exitCode: Number(exitCode), output: undefined, line });
    else if (info === 'text' && before.startsWith('sh run')) runs.push({ ...(runs.pop() as ShownRun), output: text });
    else if (info !== 'sh norun' && NEED_MARK.test(info)) {
      const known = 'write ts file=NAME, ts test, sh run, sh run exit=CODE, sh norun, or text behind the sh run that printed it';
      throw new Error(`${name}:${line}: the block is marked "${info}"; ${known}`);
    }
    before = info;
  }
  const twice = files.find(({ path }, index) => files.findIndex((file) => file.path === path) < index);
  if (twice) throw new Error(`${name} shows the file ${twice.path} twice; a page has one folder`);
  return { name, files, tests, runs };
}

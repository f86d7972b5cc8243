import type { Globals } from '../globals.js';
import type { CliIo } from '../io.js';
import { JsonProgress } from './json-progress.js';
import { LiveProgress } from './live-progress.js';
import { PlainProgress } from './plain-progress.js';
import type { Progress } from './progress.js';
import { type Style, styleFor } from './style.js';

/** What a command prints, in the mode that was asked for. */
export interface Printer {
  readonly style: Style;
  /** Whether standard output carries JSON alone. */
  readonly json: boolean;
  /** Prints results: each record as a line of JSON, or all of them as one text. */
  print(records: readonly object[], text: () => string | Promise<string>): Promise<void>;
  /** Says something to people that is no result, on standard error. */
  say(text: string): void;
  /** Shows steps while they move, until it is stopped. */
  progress(options?: { readonly manyProcesses?: boolean }): Progress;
}

/**
 * JSON lines, or text: live on a terminal, plain elsewhere.
 *
 * What is said while lines move goes above them, where standard error is the same terminal.
 */
export function makePrinter({ json, color }: Globals, io: Pick<CliIo, 'stdout' | 'stderr'>): Printer {
  const style = styleFor(color);
  let live: LiveProgress | undefined;
  return {
    style,
    json,
    async print(records, text) {
      if (!json) io.stdout.write(`${await text()}\n`);
      else for (const record of records) io.stdout.write(`${JSON.stringify(record)}\n`);
    },
    say: (text) => {
      if (live && io.stderr.isTTY) live.write(`${text}\n`);
      else io.stderr.write(`${text}\n`);
    },
    progress: ({ manyProcesses = false } = {}) => {
      if (json) return new JsonProgress(io.stdout, io.stderr);
      const view = { style, manyProcesses };
      if (!io.stdout.isTTY) return new PlainProgress(io.stdout, view);
      live = new LiveProgress(io.stdout, view);
      return live;
    },
  };
}

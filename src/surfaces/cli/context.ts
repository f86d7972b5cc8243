import type { ExitCode } from './exit-codes.js';
import type { Globals } from './globals.js';
import type { CliIo } from './io.js';
import type { Printer } from './output/printer.js';

/** What every command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly globals: Globals;
  readonly printer: Printer;
}

/** What a command does; gives the exit code. */
export type Action = (context: CommandContext) => Promise<ExitCode>;

/** Runs a command's action with what the options say. */
export type RunAction = (action: Action) => Promise<void>;

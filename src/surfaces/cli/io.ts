import type { Readable, Writable } from 'node:stream';
import { StepwrightError } from '../../core/error.js';
import type { Prompts } from './input/prompts.js';

/** The world around the command line: given, so that it can be run inside another program. */
export interface CliIo {
  /** What relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Calls back on every SIGINT and SIGTERM, until the result is called. */
  onSignal(listener: () => void): () => void;
  /** Ends the program at once: a person has asked for it often enough. */
  exit(code: number): void;
  /** How a person is asked. @default prompts on stdin and stdout, where both are a terminal */
  readonly prompts?: Prompts;
}

/** An error in how the command line is used; the message says what to write instead. */
export function usage(message: string, cause?: unknown): StepwrightError {
  return new StepwrightError('usage', message, cause === undefined ? {} : { cause });
}

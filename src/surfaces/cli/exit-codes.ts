import type { ErrorCode } from '../../core/error.js';
import type { ProcessStatus } from '../../core/process.js';

/** What the command line ends with. */
export const EXIT = {
  /** The process is completed; or the command did what was asked, such as to end a process, or to take it back as a whole. */
  done: 0,
  /** The process failed, was ended, or could not be taken back as a whole; `check` found errors; or the program itself broke. */
  failed: 1,
  /** Wrong use: a bad option, file, name, JSON or answer, or a database that can't be used. Nothing was started or changed. */
  usage: 2,
  /** The process is suspended or waiting: it can be resumed, and the output says how. */
  unfinished: 3,
  /** Ctrl-C, or a signal. What was done is stored. */
  interrupted: 130,
} as const;

/** One of the codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_STATUS: Readonly<Record<ProcessStatus, ExitCode>> = {
  created: EXIT.unfinished,
  running: EXIT.unfinished,
  suspended: EXIT.unfinished,
  waiting: EXIT.unfinished,
  awaiting_callback: EXIT.unfinished,
  undoing: EXIT.unfinished,
  failed: EXIT.failed,
  aborted: EXIT.failed,
  undone: EXIT.failed,
  completed: EXIT.done,
};

/** Errors that the person at the command line can put right; anything else is a fault of a step or of the program. */
const BY_CODE: Partial<Readonly<Record<ErrorCode, ExitCode>>> = {
  definition: EXIT.usage,
  unknown_workflow: EXIT.usage,
  unknown_process: EXIT.usage,
  unknown_callback: EXIT.usage,
  input_refused: EXIT.usage,
  wrong_status: EXIT.usage,
  conflict: EXIT.usage,
  store_unavailable: EXIT.usage,
  store_newer: EXIT.usage,
  usage: EXIT.usage,
  wrong_use: EXIT.usage,
};

/** The exit code of a command that leaves a process in this status. */
export function statusExitCode(status: ProcessStatus): ExitCode {
  return BY_STATUS[status];
}

/** The exit code of a command that an error ended. */
export function errorExitCode(error: unknown): ExitCode {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return (typeof code === 'string' ? (BY_CODE as Readonly<Record<string, ExitCode | undefined>>)[code] : undefined) ?? EXIT.failed;
}

import type { Json } from './json.js';

/**
 * Why something was refused or failed, as a word that programs can compare.
 *
 * Wrong definitions: `definition`. Wrong use: `unknown_workflow`, `unknown_process`, `input_refused` (answers break a form's rules),
 * `wrong_status` (the process is not where this call needs it), `conflict` (somebody else changed it first), `usage` (the command line),
 * `wrong_use` (of an interface). The database: `store_unavailable` (it can't be opened, or did not take a statement, for it is locked,
 * full, or gone), `store_newer` (it was made by a newer version).
 * Failures of steps: `step_threw`, `not_json`, `bad_result`, `missing_key`, `bad_value`, `model_not_found`, `model_ambiguous`,
 * `model_invalid`, `stale_model`, `store_refused` (the database refused the step's changes), `attempts_exhausted`, `deadline_passed`,
 * `predicate_threw`, `focus_not_object`, `form_failed`. A process that was aborted has the failure `aborted`.
 */
export type ErrorCode =
  | 'definition'
  | 'unknown_workflow'
  | 'unknown_process'
  | 'input_refused'
  | 'wrong_status'
  | 'conflict'
  | 'store_unavailable'
  | 'store_newer'
  | 'usage'
  | 'wrong_use'
  | 'step_threw'
  | 'not_json'
  | 'bad_result'
  | 'missing_key'
  | 'bad_value'
  | 'model_not_found'
  | 'model_ambiguous'
  | 'model_invalid'
  | 'stale_model'
  | 'store_refused'
  | 'attempts_exhausted'
  | 'deadline_passed'
  | 'predicate_threw'
  | 'focus_not_object'
  | 'state_conflict'
  | 'function_threw'
  | 'bad_items'
  | 'bad_locks'
  | 'no_case'
  | 'max_loops'
  | 'lock_held'
  | 'lock_deadlock'
  | 'callback_timeout'
  | 'child_failed'
  | 'child_cycle'
  | 'unknown_callback'
  | 'form_failed';

/** What went wrong in a step: data that is stored, crosses processes, and is shown to people. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details?: Json;
  readonly cause?: Failure;
  readonly stack?: string;
  /** Whether trying again may help. */
  readonly retryable: boolean;
  /** The steps that could not be taken back after it: what is left to do by hand. */
  readonly undo?: readonly { readonly path: string; readonly failure: Failure }[];
}

/** The one class of error that Stepwright throws: for wrong use and for bugs. Tell them apart by `code`. */
export class StepwrightError extends Error {
  override readonly name = 'StepwrightError';
  readonly code: ErrorCode;
  readonly details: Json | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { details?: Json; cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryable = options.retryable ?? false;
  }
}

/** Whether an error is Stepwright's own and has this code. */
export function hasCode(error: unknown, code: ErrorCode): error is StepwrightError {
  return error instanceof Error && (error as { code?: unknown }).code === code;
}

const MAX_CAUSES = 5;

/**
 * Describes anything thrown as a failure.
 *
 * A plain error has the code `step_threw` and is retryable, unless it says `retryable: false` itself. A `code` of its own
 * (`ECONNREFUSED`) is kept in `details`.
 */
export function toFailure(thrown: unknown, depth = 0): Failure {
  if (!(thrown instanceof Error)) {
    return { code: 'step_threw', message: `threw ${describe(thrown)}, which is not an Error`, retryable: true };
  }
  const cause = thrown.cause !== undefined && depth < MAX_CAUSES ? toFailure(thrown.cause, depth + 1) : undefined;
  const own = thrown instanceof StepwrightError;
  const foreignCode = own ? undefined : (thrown as { code?: unknown }).code;
  const details = own ? thrown.details : typeof foreignCode === 'string' ? { code: foreignCode } : undefined;
  return {
    code: own ? thrown.code : 'step_threw',
    message: thrown.message || thrown.name,
    ...(details === undefined ? {} : { details }),
    ...(cause ? { cause } : {}),
    ...(thrown.stack && !own ? { stack: thrown.stack } : {}),
    retryable: own ? thrown.retryable : (thrown as { retryable?: unknown }).retryable !== false,
  };
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

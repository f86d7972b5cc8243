import { type Duration, toMilliseconds } from './duration.js';
import { type Failure, StepwrightError } from './error.js';

/** How a step that threw is tried again. */
export interface RetryOptions {
  /** A fixed time between attempts; not together with `backoff`. */
  readonly every?: Duration;
  /** Growing times between attempts. */
  readonly backoff?: {
    /** The first wait. @default '1m' */
    readonly initial?: Duration;
    /** What each wait is multiplied by for the next. @default 2 */
    readonly factor?: number;
    /** No wait is longer. @default '1h' */
    readonly max?: Duration;
    /** Which part of a wait is random: 1 is "full jitter" (anywhere from 0 to the wait), 0 none. @default 1 */
    readonly jitter?: number;
  };
  /** Attempts in all, the first included. @default no limit */
  readonly maxAttempts?: number;
  /** No attempt starts later than this after the first one started. @default no limit */
  readonly deadline?: Duration;
  /** Whether this failure is worth another attempt. @default every failure that is retryable */
  readonly retryIf?: (failure: Failure) => boolean;
}

/** The names of the options. */
export const RETRY_OPTIONS: readonly string[] = ['every', 'backoff', 'maxAttempts', 'deadline', 'retryIf'] satisfies (keyof RetryOptions)[];

const BACKOFF: readonly string[] = ['initial', 'factor', 'max', 'jitter'];

/** Retry options, checked, with their defaults. Times are milliseconds. */
export interface RetryPolicy {
  readonly initial: number;
  readonly factor: number;
  readonly max: number;
  readonly jitter: number;
  readonly maxAttempts: number;
  readonly deadline: number;
  readonly retryIf: (failure: Failure) => boolean;
}

/**
 * Compiles retry options.
 * @throws StepwrightError `definition` for what can't be meant: both `every` and `backoff`, a jitter outside 0 to 1, and the like.
 */
export function retryPolicy(options: RetryOptions = {}, what = 'A retry policy'): RetryPolicy {
  const { every, backoff, maxAttempts = Number.POSITIVE_INFINITY, deadline, retryIf = () => true } = options;
  if (every !== undefined && backoff) throw wrong(what, 'has both "every" and "backoff"; write one of them');
  if (!(maxAttempts >= 1) || (Number.isFinite(maxAttempts) && !Number.isInteger(maxAttempts))) {
    throw wrong(what, `has maxAttempts ${maxAttempts}; write a whole number from 1`);
  }
  const unknown = Object.keys(backoff ?? {}).find((key) => !BACKOFF.includes(key));
  if (unknown !== undefined) throw wrong(what, `has a backoff with "${unknown}"; write ${BACKOFF.join(', ')}`);
  const { factor = 2, jitter = 1 } = backoff ?? {};
  if (!(factor >= 1)) throw wrong(what, `has the factor ${factor}; write a number from 1`);
  if (!(jitter >= 0 && jitter <= 1)) throw wrong(what, `has the jitter ${jitter}; write a number from 0 to 1`);
  const initial = toMilliseconds(every ?? backoff?.initial ?? '1m', `${what}: the first wait`);
  const max = every === undefined ? toMilliseconds(backoff?.max ?? '1h', `${what}: the longest wait`) : initial;
  return {
    initial,
    factor: every === undefined ? factor : 1,
    max: backoff?.max === undefined ? Math.max(initial, max) : max,
    jitter: every === undefined ? jitter : 0,
    maxAttempts,
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : toMilliseconds(deadline, `${what}: the deadline`),
    retryIf,
  };
}

/** What to do after an attempt has failed. */
export type RetryDecision =
  | { readonly retry: true /** Milliseconds until the next attempt. */; readonly delay: number }
  | { readonly retry: false; readonly why: 'not_retryable' | 'attempts_exhausted' | 'deadline_passed' };

/**
 * Decides what follows a failed attempt.
 * @param elapsed milliseconds since the first attempt started
 * @param random a number from 0 (included) to 1 (excluded), for the jitter; see "full jitter" in Marc Brooker, "Exponential Backoff
 * And Jitter", AWS Architecture Blog, 2015
 */
export function nextAttempt(policy: RetryPolicy, attempt: number, failure: Failure, elapsed: number, random: number): RetryDecision {
  if (!failure.retryable || !policy.retryIf(failure)) return { retry: false, why: 'not_retryable' };
  if (attempt >= policy.maxAttempts) return { retry: false, why: 'attempts_exhausted' };
  const growth = Math.min(policy.factor ** (attempt - 1), Number.MAX_VALUE); // infinity times an initial wait of 0 would be NaN
  const full = Math.min(policy.max, policy.initial * growth);
  const delay = Math.round(full * (1 - policy.jitter * random));
  if (elapsed + delay > policy.deadline) return { retry: false, why: 'deadline_passed' };
  return { retry: true, delay };
}

function wrong(what: string, problem: string): StepwrightError {
  return new StepwrightError('definition', `${what} ${problem}.`);
}

import { type Failure, StepwrightError } from './error.js';
import type { Json } from './json.js';
import { type Changes, NO_CHANGES } from './state.js';

/** What performing a step gave: a plain value, never thrown. */
export type Outcome =
  /** It was done; these changes are merged into the state. */
  | { readonly kind: 'success'; readonly changes: Changes }
  /** There was nothing to do. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** A person is asked. */
  | { readonly kind: 'suspended'; readonly form: Json; readonly assignee?: string }
  /**
   * It is tried again, or goes on, at a time (milliseconds since 1970), or when something else ends: the process `child`, or else
   * whoever holds a lock.
   */
  | { readonly kind: 'waiting'; readonly until?: number; readonly child?: string; readonly reason: string; readonly failure?: Failure }
  /** Another system is to call back; what the step itself changed is merged with what the call brings. */
  | { readonly kind: 'awaiting_callback'; readonly tokenHash: string; readonly expiresAt?: number; readonly changes: Changes }
  /** It failed for good, or until a person retries it. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** A sibling failed fast: it is not done, and a retry performs it again. */
  | { readonly kind: 'cancelled'; readonly by: string }
  /** The process was ended by a person. */
  | { readonly kind: 'aborted'; readonly reason: string }
  /** It ends the whole process successfully, whatever comes after it. */
  | { readonly kind: 'complete'; readonly changes: Changes };

/** The kinds that let the next step of a list start. */
export function isDone(outcome: { readonly kind: string }): boolean {
  return outcome.kind === 'success' || outcome.kind === 'skipped';
}

/** The success of a composition: its steps have merged their changes already. */
export const DONE: Outcome = Object.freeze({ kind: 'success', changes: NO_CHANGES });

export function failed(failure: Failure): Outcome {
  return { kind: 'failed', failure };
}

/** What a step may return instead of changes. Made by `skip()` and `complete()`. */
export class Verdict {
  readonly kind: 'skipped' | 'complete';
  readonly reason: string;
  readonly changes: object | undefined;

  private constructor(kind: 'skipped' | 'complete', reason: string, changes: object | undefined) {
    this.kind = kind;
    this.reason = reason;
    this.changes = changes;
  }

  /** Returned by a step that had nothing to do: it is recorded as skipped, with the reason, and the next step follows. */
  static skip(this: void, reason = 'nothing to do'): Verdict {
    return new Verdict('skipped', reason, undefined);
  }

  /** Returned by a step after which nothing is left to do: the whole process ends as completed, with these last changes. */
  static complete(this: void, changes?: object): Verdict {
    if (changes !== undefined && (typeof changes !== 'object' || changes === null)) {
      throw new StepwrightError('bad_result', 'complete() takes an object of changes, or nothing.');
    }
    return new Verdict('complete', '', changes);
  }
}

export const { skip, complete } = Verdict;

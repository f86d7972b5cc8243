import { type Failure, toFailure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { failed, type Outcome } from '../../core/outcome.js';
import { nextAttempt, type RetryDecision, type RetryPolicy } from '../../core/retry-policy.js';

/**
 * What a failed attempt of a retry step means: another attempt later, or the end of its patience.
 * @param started the record of the attempt
 * @param now when it failed, in milliseconds since 1970
 * @param random a number from 0 (included) to 1 (excluded), for the jitter
 */
export function afterFailure(policy: RetryPolicy, started: StepRecord, failure: Failure, now: number, random: number): Outcome {
  const { attempt, at } = started.countsFrom;
  const tries = started.attempt - attempt;
  let decision: RetryDecision;
  try {
    decision = nextAttempt(policy, tries, failure, now - at, random);
  } catch (error) {
    return failed({ code: 'predicate_threw', message: `retryIf failed: ${toFailure(error).message}`, cause: failure, retryable: true });
  }
  if (decision.retry) {
    return { kind: 'waiting', until: now + decision.delay, reason: `attempt ${started.attempt} failed: ${failure.message}`, failure };
  }
  switch (decision.why) {
    case 'not_retryable':
      return failed(failure);
    case 'attempts_exhausted':
      return gaveUp(decision.why, `gave up after ${tries} ${tries === 1 ? 'attempt' : 'attempts'}`, failure);
    case 'deadline_passed':
      return gaveUp(decision.why, 'no attempt is left before its deadline', failure);
    default:
      return decision.why satisfies never;
  }
}

function gaveUp(code: string, why: string, cause: Failure): Outcome {
  return failed({ code, message: `${why}: ${cause.message}`, cause, retryable: true });
}

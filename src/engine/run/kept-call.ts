import type { StepRecord } from '../../core/journal.js';
import type { Outcome } from '../../core/outcome.js';

/**
 * What a step gave that is called back, with the call that came while its function was still running.
 * @param kept the record of that call
 */
export function withCall(outcome: Outcome, kept: StepRecord | undefined, of: StepRecord): Outcome {
  if (outcome.kind !== 'awaiting_callback' || !isFor(kept, of) || kept?.outcome?.kind !== 'success') return outcome;
  const { set, unset } = kept.outcome.changes;
  const own = outcome.changes;
  return { kind: 'success', changes: { set: { ...own.set, ...set }, unset: [...own.unset.filter((key) => !(key in set)), ...unset] } };
}

/** Whether a call that was kept is for this attempt of its step, as a person's retry counts them. */
export function isFor(kept: StepRecord | undefined, of: StepRecord): boolean {
  return kept !== undefined && kept.countsFrom.attempt === of.countsFrom.attempt;
}

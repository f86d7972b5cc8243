import type { StepRecord } from '../../core/journal.js';
import type { Outcome } from '../../core/outcome.js';
import { callbackPath } from '../../core/path.js';
import type { Bodies } from './bodies.js';
import type { Recorder } from './recorder.js';

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

/** Takes calls that came while their steps were still running, for those that have ended since; whether there were any. */
export async function takeKeptCalls(journal: Recorder, bodies: Bodies): Promise<boolean> {
  let any = false;
  for (const { path, outcome } of [...journal.values()]) {
    if (outcome?.kind !== 'awaiting_callback') continue;
    // One whose end is recorded may not have been let go of yet, and what it gave was recorded before the call was known.
    await bodies.ended(path);
    const record = journal.get(path);
    if (!record?.outcome) continue;
    const answered = withCall(record.outcome, journal.get(callbackPath(path)), record);
    if (answered === record.outcome) continue;
    journal.record({ record: { ...record, outcome: answered, endedAt: journal.now() }, closeWaits: [path] });
    any = true;
  }
  return any;
}

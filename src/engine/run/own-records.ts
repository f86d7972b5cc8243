import type { Failure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { Outcome } from '../../core/outcome.js';
import type { Recorder } from './recorder.js';

/** Records what a composition decided. @param covers a path: what is inside it is not needed on resume any more */
export function recordDecision(journal: Recorder, path: string, decision: Json, covers?: string): void {
  const failure = journal.get(path)?.failure;
  journal.record({ record: { ...ownRecord(journal, path), decision, ...(failure ? { failure } : {}) } });
  if (covers !== undefined) journal.cover(covers);
}

/** Records a composition's own failure. @param decision what it goes on with after a retry */
export function recordFailure(journal: Recorder, path: string, failure: Failure, decision: Json): void {
  const record: StepRecord = { ...ownRecord(journal, path), outcome: { kind: 'failed', failure }, decision, failure };
  const data = { outcome: 'failed', attempt: record.attempt };
  journal.record({ record, fact: { type: 'step_ended', path, at: record.startedAt, data } });
}

/** Records how a composition ended; what is inside it, and at the path `own`, is not needed on resume any more. */
export function recordEnd(journal: Recorder, path: string, outcome: Outcome, own?: string): void {
  const { decision = null, failure } = journal.get(path) ?? {};
  journal.record({ record: { ...ownRecord(journal, path), outcome, decision, ...(failure ? { failure } : {}) } });
  journal.cover(path, own);
}

function ownRecord(journal: Recorder, path: string): StepRecord {
  const now = journal.now();
  const attempt = (journal.get(path)?.attempt ?? 0) + 1;
  return { path, outcome: null, attempt, countsFrom: { attempt: 0, at: now }, startedAt: now, endedAt: now };
}

import type { StepRecord } from '../../../core/journal.js';
import type { Workflow } from '../../../core/workflow.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { StepStatus } from '../output/marks.js';
import { isoTime } from '../output/times.js';
import { processRecord } from '../run/report.js';
import { allRows, type StepRow } from './step-rows.js';

/** A process with its steps, and what holds them, in JSON output. */
export function showRecord(
  details: ProcessDetails,
  rows: readonly StepRow[],
  program: readonly string[],
  workflow: Workflow | undefined,
): object {
  return { ...processRecord(details, program, workflow), steps: allRows(rows).map(stepRecord) };
}

function stepRecord({ kind, path, status, reason, record, undo, undoStatus, child }: StepRow): object {
  return {
    path,
    kind,
    status,
    reason,
    ...(record ? fieldsOf(record) : {}),
    child,
    undo: undo && undoStatus && undoRecord(undo, undoStatus),
  };
}

function undoRecord(undo: StepRecord, status: StepStatus): object {
  return { status, ...fieldsOf(undo) };
}

function fieldsOf({ outcome, attempt, failure, startedAt, endedAt, by, from, decision }: StepRecord): object {
  const changes = outcome && 'changes' in outcome ? outcome.changes : undefined;
  const reason = outcome && 'reason' in outcome ? { reason: outcome.reason } : {};
  // A composition's record is written anew with each decision, which is no attempt.
  const attempts = decision === undefined ? { attempt } : {};
  return { ...reason, ...attempts, startedAt: isoTime(startedAt), endedAt: isoTime(endedAt), by, from, changes, failure };
}

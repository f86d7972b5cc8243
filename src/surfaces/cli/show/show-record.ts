import type { ProcessDetails } from '../../../engine/process-details.js';
import { isoTime } from '../output/times.js';
import { processRecord } from '../run/report.js';
import type { StepRow } from './step-rows.js';

/** A process with its steps in JSON output. */
export function showRecord(details: ProcessDetails, rows: readonly StepRow[], program: readonly string[]): object {
  return { ...processRecord(details, program), steps: rows.map(stepRecord) };
}

function stepRecord({ path, status, record }: StepRow): object {
  if (!record) return { path, status };
  const { outcome, attempt, failure, startedAt, endedAt, by } = record;
  const changes = outcome && 'changes' in outcome ? outcome.changes : undefined;
  return { path, status, attempt, startedAt: isoTime(startedAt), endedAt: isoTime(endedAt), by, changes, failure };
}

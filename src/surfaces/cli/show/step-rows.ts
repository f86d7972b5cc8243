import type { StepRecord } from '../../../core/journal.js';
import type { ConditionalNode } from '../../../core/nodes/conditional.js';
import { kindOf } from '../../../core/nodes/kinds.js';
import { ownPath } from '../../../core/nodes/names.js';
import type { Node } from '../../../core/nodes/node.js';
import { join } from '../../../core/path.js';
import { isEnded } from '../../../core/process.js';
import type { Workflow } from '../../../core/workflow.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { StepStatus } from '../output/marks.js';

/** A step of a process, as it stands. */
export interface StepRow {
  readonly path: string;
  readonly status: StepStatus;
  /** Absent where it has not been reached, or its condition does not hold. */
  readonly record?: StepRecord;
}

/**
 * The steps of a process: those of its workflow in declared order, where that is loaded, and whatever else is recorded.
 *
 * A record without an outcome is a step that runs, or that was cleared to be tried again; in a process that has ended it was cut off.
 */
export function stepRows(details: ProcessDetails, workflow: Workflow | undefined): readonly StepRow[] {
  const records = new Map(details.records.map((record) => [record.path, record]));
  const declared = workflow ? [...declaredSteps(workflow.body, records)] : [];
  const known = new Set(declared.map((row) => row.path));
  const others = details.records
    .filter((record) => !known.has(record.path) && (isStep(record) || record.outcome?.kind === 'failed'))
    .map((record): StepRow => ({ path: record.path, status: 'running', record }));
  const reached = declared.findLastIndex((row) => row.record !== undefined) + 1;
  return [...declared.slice(0, reached), ...others, ...declared.slice(reached)].map((row) => withStatus(row, details));
}

/** A decision, and the answers of the start, are recorded where no step can be. */
function isStep({ path, decision }: StepRecord): boolean {
  return decision === undefined && !path.startsWith('#');
}

function withStatus(row: StepRow, { status, claimedBy }: ProcessDetails): StepRow {
  const { record } = row;
  if (!record) return row;
  if (record.outcome) return { ...row, status: record.outcome.kind };
  if (isEnded(status)) return { ...row, status: status === 'aborted' ? 'aborted' : 'cancelled' };
  return { ...row, status: claimedBy === undefined ? 'not_reached' : 'running' };
}

function* declaredSteps(node: Node, records: ReadonlyMap<string, StepRecord>, at = '', met = true): Generator<StepRow> {
  if (node.kind === 'step') {
    const path = join(at, node.name);
    const record = records.get(path);
    yield record ? { path, status: 'running', record } : { path, status: met ? 'not_reached' : 'not_met' };
    return;
  }
  const holds = met && (node.kind !== 'conditional' || wasMet(node, at, records));
  for (const child of kindOf(node).children(node, at)) yield* declaredSteps(child.node, records, child.at, holds);
}

/** A condition that has not been decided may still hold. */
function wasMet(node: ConditionalNode, at: string, records: ReadonlyMap<string, StepRecord>): boolean {
  return records.get(ownPath(node, at, 'if'))?.decision !== false;
}

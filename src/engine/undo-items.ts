import type { StepRecord } from '../core/journal.js';
import type { StepNode } from '../core/nodes/step.js';
import { isDone } from '../core/outcome.js';
import { type State, StateLayer, type StateView } from '../core/state.js';
import type { Workflow } from '../core/workflow.js';
import { replay } from './state-at.js';

/** A step that is to be taken back, and the state as it stood when it ended, in its branch or item. */
export interface UndoItem {
  readonly step: StepNode;
  readonly path: string;
  readonly state: StateLayer;
}

/**
 * What is to be taken back, in the order in which that is done: first the steps that may have happened in part, the failing one among
 * them, then those that were done, the latest first.
 *
 * @param records all that there are, those that compositions cover among them
 */
export async function undoItems(workflow: Workflow, records: readonly StepRecord[]): Promise<readonly UndoItem[]> {
  const byPath = new Map(records.map((record) => [record.path, record]));
  const found: { readonly item: UndoItem; readonly record: StepRecord; readonly open: boolean }[] = [];
  const met = (step: StepNode, path: string, state: StateView) => {
    const record = byPath.get(path);
    if (!record || !mayHaveHappened(record) || !(step.undo || step.action.kind === 'child')) return;
    const done = record.outcome !== null && (isDone(record.outcome) || record.outcome.kind === 'complete');
    const open = !done && !record.retired; // a failure that was handled is as old as it is
    found.push({ item: { step, path, state: StateLayer.of(state.toObject() as State) }, record, open });
  };
  await replay(workflow, records, { whole: true, met });
  // Times of one process never go back; among equal ones it counts which was stored first, for what comes later is stored later.
  const order = new Map(records.map(({ path }, index) => [path, index]));
  found.sort(
    (a, b) =>
      Number(b.open) - Number(a.open) ||
      endOf(b.record) - endOf(a.record) ||
      (order.get(b.item.path) as number) - (order.get(a.item.path) as number),
  );
  return found.map(({ item }) => item);
}

/** Whether a step was performed, or begun, by this process. */
function mayHaveHappened({ outcome, attempt, from }: StepRecord): boolean {
  if (from !== undefined) return false;
  if (outcome === null) return attempt > 0;
  return outcome.kind !== 'skipped' && outcome.kind !== 'suspended';
}

function endOf({ endedAt, startedAt }: StepRecord): number {
  return endedAt ?? startedAt;
}

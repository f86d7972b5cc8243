import type { Journal, StepRecord } from '../core/journal.js';
import { HALTED, type Walked, type Walker } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { DONE, failed } from '../core/outcome.js';
import { START_PATH } from '../core/path.js';
import { RecordMap } from '../core/record-map.js';
import { StateLayer } from '../core/state.js';
import { walk } from '../core/walk.js';
import type { Workflow } from '../core/workflow.js';

/** The state with which a process starts: what its initial form gave. */
export function initialState(start: StepRecord | undefined): StateLayer {
  const layer = new StateLayer();
  if (start?.outcome?.kind === 'success') layer.merge(start.outcome.changes);
  return layer;
}

/** A step, and the state at its entry. */
export interface Reached {
  readonly step: StepNode;
  readonly state: StateLayer;
}

/** Walks the journal to a path, performing nothing; undefined where the walk does not come there. */
export async function stateAt(workflow: Workflow, records: readonly StepRecord[], path: string): Promise<Reached | undefined> {
  let reached: Reached | undefined;
  // Told of by `met`: where a sibling has failed fast, the walk performs nothing there any more.
  const met: Walker['met'] = (step, at, state) => {
    if (at === path) reached = { step, state };
  };
  await replay(
    workflow,
    records.map((record) => (record.path === path ? { ...record, outcome: null } : record)),
    { met },
  );
  return reached;
}

/** The state as far as the journal goes. */
export async function stateNow(workflow: Workflow, records: readonly StepRecord[]): Promise<StateLayer> {
  return (await replay(workflow, records)).state;
}

/** What a look at a journal does besides. */
export interface Look extends Partial<Pick<Walker, 'met' | 'perform'>> {
  /** Whether compositions look into what their own records cover. */
  readonly whole?: boolean;
  /** The journal, where it is not made of the records. */
  readonly journal?: Journal;
}

/** Walks the journal as far as it goes, performing nothing. */
export async function replay(
  workflow: Workflow,
  records: readonly StepRecord[],
  { met, perform = async () => HALTED, whole = false, journal = new RecordMap(records, whole) }: Look = {},
): Promise<{ readonly state: StateLayer; readonly walked: Walked }> {
  const state = initialState(journal.get(START_PATH));
  const walked = await walk(workflow.body, state, {
    journal,
    replayed: Promise.resolve(),
    perform,
    lock: async () => DONE,
    decide: () => undefined,
    fail: (_path, failure) => failed(failure),
    finish: () => undefined,
    ...(met ? { met } : {}),
  });
  return { state, walked };
}

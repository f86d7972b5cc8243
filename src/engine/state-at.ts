import type { StepRecord } from '../core/journal.js';
import { HALTED } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { failed } from '../core/outcome.js';
import { START_PATH } from '../core/path.js';
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
  await replay(
    workflow,
    records.filter((record) => record.path !== path),
    (step, at, state) => {
      if (at === path) reached = { step, state };
    },
  );
  return reached;
}

/** The state as far as the journal goes. */
export function stateNow(workflow: Workflow, records: readonly StepRecord[]): Promise<StateLayer> {
  return replay(workflow, records, () => undefined);
}

/** Walks the journal as far as it goes, performing nothing. */
async function replay(
  workflow: Workflow,
  records: readonly StepRecord[],
  onStep: (step: StepNode, path: string, state: StateLayer) => void,
): Promise<StateLayer> {
  const journal = new Map(records.map((record) => [record.path, record]));
  const state = initialState(journal.get(START_PATH));
  await walk(workflow.body, state, {
    journal,
    perform: async (step, path, layer) => {
      onStep(step, path, layer);
      return HALTED;
    },
    decide: () => undefined,
    fail: (_path, failure) => failed(failure),
  });
  return state;
}

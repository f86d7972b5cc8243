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
  const journal = new Map(records.map((record) => [record.path, record]));
  let reached: Reached | undefined;
  await walk(workflow.body, initialState(journal.get(START_PATH)), {
    journal: { get: (at) => (at === path ? undefined : journal.get(at)) },
    perform: async (step, at, state) => {
      if (at === path) reached = { step, state };
      return HALTED;
    },
    decide: () => undefined,
    fail: (_path, failure) => failed(failure),
  });
  return reached;
}

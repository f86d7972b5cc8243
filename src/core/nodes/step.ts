import type { Form } from '../form.js';
import type { Parameter } from '../parameter.js';
import { checkName, join } from '../path.js';
import type { RetryPolicy } from '../retry-policy.js';
import type { NodeKind } from './node.js';

/** A function that a step, its undo or its form calls: `self` is the workflow's instance. */
export interface Action {
  readonly parameters: readonly Parameter[];
  readonly call: (self: unknown, args: readonly unknown[]) => unknown;
}

/** What a step does: runs a function, once or until it succeeds, or asks a person. */
export type StepAction =
  | { readonly kind: 'run'; readonly body: Action; readonly retry?: RetryPolicy }
  | { readonly kind: 'ask'; readonly parameters: readonly Parameter[]; readonly form: Form; readonly assignee?: string };

/** The smallest unit that runs: a name, and a function from state to changes. */
export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  readonly action: StepAction;
  /** How to take it back. */
  readonly undo?: Action;
  /** The keys that it can change, where its source tells. */
  readonly returns?: ReadonlySet<string>;
  /** Where it is written, `file:line`, for messages. */
  readonly source?: string;
}

export function stepNode(name: string, action: StepAction, more: Pick<StepNode, 'undo' | 'returns' | 'source'> = {}): StepNode {
  checkName(name, 'A step');
  return Object.freeze({ kind: 'step', name, action: Object.freeze(action), ...more });
}

export const step: NodeKind<StepNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const walked = walk.journal.get(path)?.outcome ?? (await walk.perform(node, path, state));
    if (walked.kind === 'success' || walked.kind === 'complete') state.merge(walked.changes);
    return walked;
  },
  children: () => [],
};

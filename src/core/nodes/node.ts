import type { Failure } from '../error.js';
import type { Journal } from '../journal.js';
import type { Json } from '../json.js';
import type { Outcome } from '../outcome.js';
import type { StateLayer } from '../state.js';
import type { ConditionalNode } from './conditional.js';
import type { FocusNode } from './focus.js';
import type { ListNode } from './list.js';
import type { StepNode } from './step.js';

/** A step, or a composition of nodes. Frozen; a workflow's body is one. */
export type Node = StepNode | ListNode | ConditionalNode | FocusNode;

/** What a walk gave: an outcome, or `halted` where it stopped early (the engine is stopping, or a newer walk took over). */
export type Walked = Outcome | { readonly kind: 'halted' };

export const HALTED: Walked = Object.freeze({ kind: 'halted' });

/** What a node's case of the walk works with. */
export interface Walk {
  readonly journal: Journal;
  /** Performs a step that has no answer in the journal, and records what it gave. */
  perform(step: StepNode, path: string, state: StateLayer): Promise<Walked>;
  /** Records a decision, so that no change in the state or the code can make it differ later. It is durable before the next body starts. */
  decide(path: string, decision: Json): void;
  /** Records a composition's own failure at its path. */
  fail(path: string, failure: Failure): Outcome;
  /** Walks a child. */
  into(node: Node, at: string, state: StateLayer): Promise<Walked>;
}

/** What each kind of node brings; one object per kind, in the kind's own file. */
export interface NodeKind<N extends Node> {
  /** Walks the node that stands at `at`, merging changes into `state`. */
  walk(node: N, at: string, state: StateLayer, walk: Walk): Promise<Walked>;
  /** Its nodes, in declared order, and where each of them stands. */
  children(node: N, at: string): readonly Placed[];
}

/** A node, and the path of what it stands in. */
export interface Placed {
  readonly node: Node;
  readonly at: string;
}

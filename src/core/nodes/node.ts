import type { Failure } from '../error.js';
import type { Journal, StepRecord } from '../journal.js';
import type { Json } from '../json.js';
import type { LockPolicy } from '../lock.js';
import type { Outcome } from '../outcome.js';
import type { StateLayer } from '../state.js';
import type { ChooseNode } from './choose.js';
import type { ConditionalNode } from './conditional.js';
import type { FocusNode } from './focus.js';
import type { ForEachNode } from './for-each.js';
import type { GraphNode } from './graph/graph.js';
import type { TaskEnd } from './graph/trigger-rule.js';
import type { ListNode } from './list.js';
import type { ParallelNode } from './parallel.js';
import type { RecoverNode } from './recover.js';
import type { StepNode } from './step.js';
import type { UntilNode } from './until.js';
import type { WithLockNode } from './with-lock.js';

/** A step, or a composition of nodes. Frozen; a workflow's body is one. */
export type Node =
  | StepNode
  | ListNode
  | ConditionalNode
  | FocusNode
  | ParallelNode
  | ForEachNode
  | UntilNode
  | ChooseNode
  | GraphNode
  | RecoverNode
  | WithLockNode;

/** What every kind of node has. */
export interface NodeBase {
  /** What it is called in paths; one without a name is transparent: what is in it stands among its neighbours. */
  readonly name: string | undefined;
  /** The first path at which it records anything, seen from where it stands. */
  readonly mark: string;
}

/** What a walk gave: an outcome, or `halted` where it stopped early (the engine is stopping, or a newer walk took over). */
export type Walked = Outcome | { readonly kind: 'halted' };

export const HALTED: Walked = Object.freeze({ kind: 'halted' });

/** What compositions tell to everything inside them. */
export interface Scope {
  /** Resolves when everything that is recorded has been met, or at once when `cancel` is aborted; nothing starts before that. */
  readonly ready: Promise<void>;
  /** Aborted when a sibling has failed fast; its reason is the path of that. Nothing starts then any more. */
  readonly cancel?: AbortSignal;
  /** The innermost composition around here whose branches go side by side: a step inside can't complete the whole process. */
  readonly branching?: string;
  /** Resolves when there is a worker for the branch around here; a step starts after that. */
  readonly worker?: () => Promise<void>;
  /** The locks that are held around here. */
  readonly held?: ReadonlySet<string>;
}

/** What moves a walk: the engine, which performs and records, or a replay, which does neither. */
export interface Walker {
  readonly journal: Journal;
  /** Resolves when everything that is recorded has been met, so that nothing starts beside a failure that is not known yet. */
  readonly replayed: Promise<void>;
  /** Performs a step that has no answer in the journal, and records what it gave. */
  perform(step: StepNode, path: string, state: StateLayer, scope: Scope): Promise<Walked>;
  /** Takes locks, and records at this path that they are held, or what it waits for. */
  lock(path: string, keys: readonly string[], policy: LockPolicy): Promise<Walked>;
  /** What an earlier walk has started at this path, and is still at: it is told that a sibling has failed fast; undefined for nothing. */
  underWay?(path: string, scope: Scope): Promise<Walked> | undefined;
  /**
   * Records a decision, so that no change in the state or the code can make it differ later. It is durable before the next body starts.
   * @param covers a path: what is inside it is not needed on resume any more
   */
  decide(path: string, decision: Json, covers?: string): void;
  /** Records a composition's own failure at its path. @param decision what it goes on with after a retry */
  fail(path: string, failure: Failure, decision?: Json): Outcome;
  /** Records how a composition ended; what is inside it, and at the path `own`, is not needed on resume any more. Its lock ends. */
  finish(path: string, outcome: Outcome, own?: string): void;
  /** Called for every step that is met, with the state behind it. */
  met?(step: StepNode, path: string, state: StateLayer): void;
}

/** What a node's case of the walk works with. */
export interface Walk extends Omit<Walker, 'perform' | 'lock' | 'underWay' | 'replayed'> {
  readonly scope: Scope;
  perform(step: StepNode, path: string, state: StateLayer): Promise<Walked>;
  lock(path: string, keys: readonly string[], policy: LockPolicy): Promise<Walked>;
  /** Walks a child. @param scope what differs from the scope here */
  into(node: Node, at: string, state: StateLayer, scope?: Partial<Scope>): Promise<Walked>;
}

/** What each kind of node brings; one object per kind, in the kind's own file. */
export interface NodeKind<N extends Node> {
  /** Walks the node that stands at `at`, merging changes into `state`. */
  walk(node: N, at: string, state: StateLayer, walk: Walk): Promise<Walked>;
  /** Its nodes, in declared order, and where each of them stands. */
  children(node: N, at: string): readonly Placed[];
  /**
   * The keys that it leaves behind, where these are not all that its nodes leave.
   * @returns undefined where they can't be told
   */
  leaves?(node: N): readonly string[] | undefined;
  /** What it says of itself to people. */
  describe(node: N): Description;
  /** Which of its nodes, by place, are left out, or do not count any more, as far as that can be told by what is recorded. */
  leftOut?(node: N, at: string, seen: Seen): readonly (LeftOut | undefined)[];
}

/** What a node says of itself to people, in a few words each. */
export interface Description {
  /** What it is, and then its options. */
  readonly words: readonly string[];
  /** What is asked at its entry, where the answer leads to one of its nodes, or past them. */
  readonly asks?: string;
}

/** Why a node is not walked, or no longer. */
export interface LeftOut {
  readonly kind: 'not_met' | 'not_chosen' | 'not_needed' | 'not_run';
  readonly reason: string;
}

/** What is recorded of a composition. */
export interface Seen {
  get(path: string): StepRecord | undefined;
  /** How its nodes ended, by place; `open` for one that has begun, and undefined for one that has not. */
  readonly ends: readonly (TaskEnd | 'open' | undefined)[];
}

/** A node, and the path of what it stands in. */
export interface Placed {
  readonly node: Node;
  readonly at: string;
  /** What leads to it, where that is worth a word: a branch, a case, a task. */
  readonly label?: string;
  /** The children, by place, whose changes it sees. @default all before it */
  readonly sees?: readonly number[];
  /** Keys that are there for it besides. */
  readonly keys?: readonly string[];
  /** What is to be said of it here, in a few words each. */
  readonly words?: readonly string[];
}

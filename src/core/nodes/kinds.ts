import { choose } from './choose.js';
import { conditional } from './conditional.js';
import { focus } from './focus.js';
import { forEach } from './for-each.js';
import { graph } from './graph/graph.js';
import { list } from './list.js';
import type { Node, NodeKind, Placed } from './node.js';
import { parallel } from './parallel.js';
import { recover } from './recover.js';
import { step } from './step.js';
import { until } from './until.js';
import { withLock } from './with-lock.js';

/** Every kind of node; a new kind is a new file, a member of `Node`, and a line here. */
const KINDS: { readonly [K in Node['kind']]: NodeKind<Extract<Node, { kind: K }>> } = {
  step,
  list,
  conditional,
  focus,
  parallel,
  forEach,
  until,
  choose,
  graph,
  recover,
  withLock,
};

/** What a node's kind brings. */
export function kindOf<N extends Node>(node: N): NodeKind<N> {
  return KINDS[node.kind] as unknown as NodeKind<N>;
}

/** Every step in a tree, in declared order, and the path of what it stands in; of items and loops, one stands for all. */
export function* stepsOf(root: Node, at = ''): Generator<Placed & { readonly node: Extract<Node, { kind: 'step' }> }> {
  if (root.kind === 'step') yield { node: root, at };
  for (const child of kindOf(root).children(root, at)) yield* stepsOf(child.node, child.at);
}

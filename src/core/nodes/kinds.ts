import { conditional } from './conditional.js';
import { focus } from './focus.js';
import { list } from './list.js';
import type { Node, NodeKind, Placed } from './node.js';
import { step } from './step.js';

/** Every kind of node; a new kind is a new file, a member of `Node`, and a line here. */
const KINDS: { readonly [K in Node['kind']]: NodeKind<Extract<Node, { kind: K }>> } = { step, list, conditional, focus };

/** What a node's kind brings. */
export function kindOf<N extends Node>(node: N): NodeKind<N> {
  return KINDS[node.kind] as unknown as NodeKind<N>;
}

/** Every step in a tree, in declared order, and the path of what it stands in. */
export function* stepsOf(root: Node, at = ''): Generator<Placed & { readonly node: Extract<Node, { kind: 'step' }> }> {
  if (root.kind === 'step') yield { node: root, at };
  for (const child of kindOf(root).children(root, at)) yield* stepsOf(child.node, child.at);
}

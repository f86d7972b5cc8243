import { listNode } from '../../core/nodes/list.js';
import type { Node } from '../../core/nodes/node.js';
import { type Steppable, toNode } from './steppable.js';

/** Steps one after another. */
export function list(...nodes: Steppable[]): Node {
  return listNode(nodes.map(toNode));
}

/** A name for steps: in paths they stand under it. @example `named('Deploy')(build, push)` */
export function named(name: string): (...nodes: readonly Steppable[]) => Node {
  return (...nodes) => listNode(nodes.map(toNode), name);
}

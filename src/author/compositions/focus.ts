import { focusNode } from '../../core/nodes/focus.js';
import type { Node } from '../../core/nodes/node.js';
import { oneNode, type Steppable } from './steppable.js';

/**
 * Gives steps the object under one state key as their whole state; what they return is merged into that object.
 * @param name makes the steps stand under this name in paths @default none: they stand among their neighbours
 * @example `focus('billing')(invoice, mail)`
 */
export function focus(key: string, name?: string): (...nodes: readonly Steppable[]) => Node {
  return (...nodes) => focusNode(key, oneNode(nodes), name);
}

import { StepwrightError } from '../error.js';
import { DONE, isDone } from '../outcome.js';
import { checkName, join } from '../path.js';
import { checkSiblings } from './names.js';
import type { Node, NodeBase, NodeKind, Walked } from './node.js';

/** Nodes one after another. Without a name it is transparent: its nodes stand among its parent's. */
export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly nodes: readonly Node[];
}

/** @throws StepwrightError `definition` for no nodes, or two siblings of one name */
export function listNode(nodes: readonly Node[], name?: string): ListNode {
  if (name !== undefined) checkName(name, 'A list');
  const [first] = nodes;
  if (!first)
    throw new StepwrightError('definition', `${name === undefined ? 'A list' : `The list "${name}"`} has no steps; give it at least one.`);
  checkSiblings(nodes);
  return Object.freeze({ kind: 'list', name, mark: name ?? first.mark, nodes: Object.freeze([...nodes]) });
}

export const list: NodeKind<ListNode> = {
  async walk(node, at, state, walk) {
    const inside = node.name === undefined ? at : join(at, node.name);
    let result: Walked = { kind: 'skipped', reason: 'every step was skipped' };
    for (const child of node.nodes) {
      const walked = await walk.into(child, inside, state);
      if (!isDone(walked)) return walked;
      if (walked.kind === 'success') result = DONE;
    }
    return result;
  },
  children: (node, at) => node.nodes.map((child) => ({ node: child, at: node.name === undefined ? at : join(at, node.name) })),
  describe: () => ({ words: ['list'] }),
};

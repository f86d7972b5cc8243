import { StepwrightError } from '../error.js';
import { isObject } from '../json.js';
import { checkName, join } from '../path.js';
import { RESERVED_KEYS, type State, StateLayer } from '../state.js';
import type { Node, NodeBase, NodeKind } from './node.js';

/** A node whose steps see the object under one state key as their whole state, and change only that. Without a name it is transparent. */
export interface FocusNode extends NodeBase {
  readonly kind: 'focus';
  readonly key: string;
  readonly node: Node;
}

export function focusNode(key: string, node: Node, name?: string): FocusNode {
  if (typeof key !== 'string' || key === '')
    throw new StepwrightError('definition', "focus() takes the name of a state key, such as focus('order').");
  if (RESERVED_KEYS.includes(key) || key === '__proto__') {
    throw new StepwrightError('definition', `focus("${key}") names a key that no step can set; name another state key.`);
  }
  if (name !== undefined) checkName(name, 'A focus');
  return Object.freeze({ kind: 'focus', name, mark: `${name ?? node.mark}#focus`, key, node });
}

export const focus: NodeKind<FocusNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.mark);
    const recorded = walk.journal.get(path);
    if (recorded?.outcome) return recorded.outcome;
    const value = state.get(node.key) ?? {};
    if (!isObject(value)) {
      const message = `focus("${node.key}") needs an object under the state key "${node.key}", which holds ${JSON.stringify(value)?.slice(0, 80)}.`;
      return walk.fail(path, { code: 'focus_not_object', message, retryable: false });
    }
    const inside = new StateLayer(StateLayer.of(value as State));
    const walked = await walk.into(node.node, node.name === undefined ? at : join(at, node.name), inside);
    const { set, unset } = inside.changes();
    if (Object.keys(set).length > 0 || unset.length > 0) state.merge({ set: { [node.key]: inside.toObject() }, unset: [] });
    return walked;
  },
  children: (node, at) => [{ node: node.node, at: node.name === undefined ? at : join(at, node.name), sees: [] }],
  leaves: (node) => [node.key],
  describe: (node) => ({ words: [`focus on ${node.key}`] }),
};

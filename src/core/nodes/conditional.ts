import { StepwrightError, toFailure } from '../error.js';
import { checkName, join } from '../path.js';
import type { Node, NodeBase, NodeKind } from './node.js';
import { askPredicate, type Predicate } from './predicate.js';
import { expressionOf } from './words.js';

/** A node that is walked only where its condition holds. Without a name it is transparent. */
export interface ConditionalNode extends NodeBase {
  readonly kind: 'conditional';
  readonly predicate: Predicate;
  readonly node: Node;
}

export function conditionalNode(predicate: Predicate, node: Node, name?: string): ConditionalNode {
  if (typeof predicate !== 'function') {
    throw new StepwrightError(
      'definition',
      'conditional() takes a function of the state, such as conditional((state) => state.approved === true).',
    );
  }
  if (name !== undefined) checkName(name, 'A conditional');
  return Object.freeze({ kind: 'conditional', name, mark: `${name ?? node.mark}#if`, predicate, node });
}

const NOT_MET = Object.freeze({ kind: 'skipped', reason: 'the condition does not hold' });
const NOT_MET_REASON = 'its condition does not hold';

export const conditional: NodeKind<ConditionalNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.mark);
    const recorded = walk.journal.get(path);
    if (recorded?.outcome) return recorded.outcome;
    let holds = recorded?.decision;
    if (typeof holds !== 'boolean') {
      try {
        holds = askPredicate(node.predicate, state.toObject());
      } catch (error) {
        const { message } = toFailure(error);
        return walk.fail(path, {
          ...toFailure(error),
          code: 'predicate_threw',
          message: `The condition at "${path}" failed: ${message}`,
        });
      }
      walk.decide(path, holds);
    }
    return holds ? walk.into(node.node, inside(node, at), state) : NOT_MET;
  },
  children: (node, at) => [{ node: node.node, at: inside(node, at) }],
  describe: (node) => {
    const asks = expressionOf(node.predicate) ?? 'its condition holds';
    return { words: [`if ${asks}`], asks };
  },
  leftOut: (node, at, { get }) => [get(join(at, node.mark))?.decision === false ? { kind: 'not_met', reason: NOT_MET_REASON } : undefined],
};

function inside({ name }: ConditionalNode, at: string): string {
  return name === undefined ? at : join(at, name);
}

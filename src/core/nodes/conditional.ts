import { StepwrightError, toFailure } from '../error.js';
import { isObject } from '../json.js';
import { checkName, join } from '../path.js';
import type { State } from '../state.js';
import { ownPath } from './names.js';
import type { Node, NodeKind } from './node.js';

/** A pure function of the state; what is random or timed belongs in a step. */
export type Predicate = (state: State) => boolean;

/** A node that is walked only where its condition holds. Without a name it is transparent. */
export interface ConditionalNode {
  readonly kind: 'conditional';
  readonly name: string | undefined;
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
  return Object.freeze({ kind: 'conditional', name, predicate, node });
}

const NOT_MET = Object.freeze({ kind: 'skipped', reason: 'the condition does not hold' });

export const conditional: NodeKind<ConditionalNode> = {
  async walk(node, at, state, walk) {
    const path = ownPath(node, at, 'if');
    const recorded = walk.journal.get(path);
    if (recorded?.outcome) return recorded.outcome;
    let holds = recorded?.decision;
    if (holds === undefined) {
      try {
        holds = decide(node, state.toObject());
      } catch (error) {
        return walk.fail(path, {
          ...toFailure(error),
          code: 'predicate_threw',
          message: `The condition at "${path}" failed: ${toFailure(error).message}`,
        });
      }
      walk.decide(path, holds);
    }
    return holds ? walk.into(node.node, node.name === undefined ? at : join(at, node.name), state) : NOT_MET;
  },
  children: (node, at) => [{ node: node.node, at: node.name === undefined ? at : join(at, node.name) }],
};

function decide(node: ConditionalNode, state: State): boolean {
  const holds: unknown = node.predicate(state);
  if (typeof holds === 'boolean') return holds;
  if (holds instanceof Promise) {
    holds.catch(() => undefined); // its rejection, left alone, would end the whole program
    throw new TypeError('it returned a promise; return true or false');
  }
  throw new TypeError(`it returned ${isObject(holds) ? 'an object' : JSON.stringify(holds)?.slice(0, 80)}; return true or false`);
}

import type { Failure } from '../error.js';
import { isObject, type Json } from '../json.js';
import { checkName, itemPath, join } from '../path.js';
import { type Changes, StateLayer } from '../state.js';
import { ended } from './branches.js';
import type { Node, NodeBase, NodeKind } from './node.js';

/** A node, and another that is walked when the first has failed. */
export interface RecoverNode extends NodeBase {
  readonly kind: 'recover';
  readonly name: string;
  readonly body: Node;
  readonly handler: Node;
  readonly as: string;
}

/** How a failure is handled. */
export interface RecoverOptions {
  /** What it is called in paths. @default 'recover' */
  readonly name?: string;
  /** The state key under which the handler finds the failure, and nobody after it. @default 'failure' */
  readonly as?: string;
}

export function recoverNode(body: Node, handler: Node, options: RecoverOptions = {}): RecoverNode {
  const { name = 'recover', as = 'failure' } = options;
  checkName(name, 'A recover');
  return Object.freeze({ kind: 'recover', name, mark: name, body, handler, as });
}

const HANDLER = 'handler';

/** Why the handler was called, and what the body had changed until then. */
interface Handled {
  readonly failure: Failure;
  readonly changes: Changes;
}

export const recover: NodeKind<RecoverNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const end = ended(walk, path, state);
    if (end) return end;
    let handled = handledOf(walk.journal.get(path)?.decision);
    if (!handled || walk.journal.whole) {
      const inside = new StateLayer(state);
      const walked = await walk.into(node.body, path, inside);
      if (walked.kind !== 'failed' && !handled) {
        state.merge(inside.changes());
        return walked;
      }
      if (walked.kind === 'failed' && !handled) {
        handled = { failure: walked.failure, changes: inside.changes() };
        walk.decide(path, handled as unknown as Json, path);
      }
    }
    const { failure, changes } = handled as Handled;
    state.merge(changes);
    const entry = new StateLayer(state);
    entry.merge({ set: { [node.as]: failure as unknown as Json }, unset: [] });
    const inside = new StateLayer(entry);
    const walked = await walk.into(node.handler, itemPath(path, HANDLER), inside);
    state.merge(inside.changes());
    return walked.kind === 'failed' ? { kind: 'failed', failure: causedBy(walked.failure, failure) } : walked;
  },
  children: (node, at) => {
    const path = join(at, node.name);
    return [
      { node: node.body, at: path, label: 'try' },
      { node: node.handler, at: itemPath(path, HANDLER), label: 'on failure', keys: [node.as] },
    ];
  },
  describe: ({ as }) => ({ words: as === 'failure' ? ['recover'] : ['recover', `the failure is ${as}`] }),
  leftOut: (node, at, { get, ends: [body] }) => {
    if (handledOf(get(join(at, node.name))?.decision)) return [{ kind: 'not_needed', reason: 'its failure is handled' }, undefined];
    const isOver = body === 'success' || body === 'skipped';
    return [undefined, isOver ? { kind: 'not_needed', reason: 'nothing failed' } : undefined];
  },
};

function handledOf(decision: Json | undefined): Handled | undefined {
  return isObject(decision) ? (decision as unknown as Handled) : undefined;
}

/** A failure of the handler, and behind whatever caused it the failure that it was to handle. */
function causedBy(failure: Failure, cause: Failure): Failure {
  return { ...failure, cause: failure.cause ? causedBy(failure.cause, cause) : cause };
}

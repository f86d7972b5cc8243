import { StepwrightError } from '../error.js';
import { LOCK_POLICIES, type LockPolicy } from '../lock.js';
import { DONE, isDone } from '../outcome.js';
import { checkName, join } from '../path.js';
import { type State, StateLayer } from '../state.js';
import { ended, finish, ownFailure } from './branches.js';
import type { Node, NodeBase, NodeKind, Walked } from './node.js';
import { refusePromise } from './predicate.js';
import { expressionOf } from './words.js';

const LOCK_MARK = '#lock';

/** Whether a path is one at which locks are taken. */
export function isLockPath(path: string): boolean {
  return path.endsWith(LOCK_MARK);
}

/** How the paths begin of what goes on while the locks are held that are taken at a path; at the root nothing goes on beside them. */
export function lockScope(path: string): string {
  return path.includes('/') ? `${path.slice(0, -LOCK_MARK.length)}/` : '';
}

/** The locks that are held around a node: names of resources, or a pure function of the state that gives them. */
export type LockKeys = readonly string[] | ((state: State) => readonly string[]);

/** A node that is walked while locks are held. Without a name it is transparent, and they are held until the process ends. */
export interface WithLockNode extends NodeBase {
  readonly kind: 'withLock';
  readonly keys: LockKeys;
  readonly policy: LockPolicy;
  readonly node: Node;
}

/** @throws StepwrightError `definition` for keys that are no list and no function, or an unknown policy */
export function withLockNode(keys: LockKeys, node: Node, policy: LockPolicy = 'wait', name?: string): WithLockNode {
  if (name !== undefined) checkName(name, 'A withLock');
  const what = name === undefined ? 'The locks' : `The withLock "${name}"`;
  if (typeof keys !== 'function') checkKeys(keys, what);
  if (!LOCK_POLICIES.includes(policy))
    throw new StepwrightError('definition', `${what} has the policy "${policy}"; write one of ${LOCK_POLICIES.join(', ')}.`);
  return Object.freeze({ kind: 'withLock', name, mark: `${name ?? node.mark}${LOCK_MARK}`, keys, policy, node });
}

export const withLock: NodeKind<WithLockNode> = {
  async walk(node, at, state, walk) {
    const inside = node.name === undefined ? at : join(at, node.name);
    const end = node.name === undefined ? undefined : ended(walk, inside, state);
    if (end) return end;
    const path = join(at, node.mark);
    const { held = NONE } = walk.scope;
    const recorded = walk.journal.get(path);
    let keys = recorded?.decision as readonly string[] | null | undefined;
    let locked: Walked | null | undefined = recorded?.outcome;
    if (!locked) {
      try {
        keys ??= keysOf(node, state);
      } catch (error) {
        return walk.fail(path, ownFailure(error, `The locks of "${path}"`));
      }
      // What is held around here is not asked for again, for it would wait for itself.
      keys = keys.filter((key) => !held.has(key));
      locked = keys.length === 0 ? DONE : await walk.lock(path, keys, node.policy);
    }
    if (!isDone(locked)) return locked;
    const inner = { held: new Set([...held, ...(keys ?? [])]) };
    if (node.name === undefined) return walk.into(node.node, inside, state, inner);
    const layer = new StateLayer(state);
    const walked = await walk.into(node.node, inside, layer, inner);
    if (isDone(walked)) return finish(walk, inside, walked, layer.changes(), state, path);
    state.merge(layer.changes());
    return walked;
  },
  children: (node, at) => [{ node: node.node, at: node.name === undefined ? at : join(at, node.name) }],
  describe: ({ keys, policy }) => ({
    words: [
      `with lock ${typeof keys === 'function' ? (expressionOf(keys) ?? 'by a function') : keys.join(', ')}`,
      ...(policy === 'wait' ? [] : [policy === 'refuse' ? 'fails where it is held' : 'ends whoever holds it']),
    ],
  }),
};

const NONE: ReadonlySet<string> = new Set();

function keysOf({ keys }: WithLockNode, state: StateLayer): readonly string[] {
  const given: unknown = typeof keys === 'function' ? keys(state.toObject()) : keys;
  refusePromise(given, 'a list of names');
  return checkKeys(given, 'The function of the locks');
}

/** @throws StepwrightError `bad_locks` */
function checkKeys(keys: unknown, what: string): readonly string[] {
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key !== '')) return [...new Set(keys as string[])];
  const given = typeof keys === 'object' ? JSON.stringify(keys)?.slice(0, 80) : String(keys);
  throw new StepwrightError('bad_locks', `${what} gave ${given}; give a list of names, such as ['router-7'].`);
}

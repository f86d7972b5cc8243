import { StepwrightError } from '../../core/error.js';
import { isObject } from '../../core/json.js';
import type { LockPolicy } from '../../core/lock.js';
import type { Node } from '../../core/nodes/node.js';
import { type LockKeys, type WithLockNode, withLockNode } from '../../core/nodes/with-lock.js';
import { checkOptions } from '../known-options.js';
import { type Steppable, toNode } from './steppable.js';

/** How locks are taken. */
export interface WithLockOptions {
  /** What it is called in paths. @default 'withLock' */
  readonly name?: string;
  /** What happens when another process holds one of them. @default 'wait' */
  readonly policy?: LockPolicy;
}

/** The locks of a workflow: their names, a pure function of the state that gives them, or either with a policy. */
export type WorkflowLocks = LockKeys | { readonly keys: LockKeys /** @default 'wait' */; readonly policy?: LockPolicy };

/**
 * Performs a node while it holds locks, which are names of anything that two processes must not touch at once.
 *
 * They are taken together, none or all, and released when the node has ended. What is held around it already is not taken again.
 * @param keys the names, or a pure function of the state that gives them; what it gives is recorded
 * @throws StepwrightError `definition` for what is neither, or an unknown policy
 * @example `withLock((state) => [String(state.router)], list(this.drain, this.upgrade), { policy: 'refuse' })`
 */
export function withLock(keys: LockKeys, node: Steppable, options: WithLockOptions = {}): WithLockNode {
  checkOptions(options, ['name', 'policy'] satisfies (keyof WithLockOptions)[], 'A withLock');
  const { name = 'withLock', policy } = options;
  return withLockNode(checkKeys(keys, `The withLock "${name}"`), toNode(node), policy, name);
}

/**
 * A workflow's body inside the locks that it holds from its start to its end.
 * @throws StepwrightError `definition` for what names no locks, or an unknown policy
 */
export function lockedBody(locks: WorkflowLocks, body: Node): Node {
  // A list is asked for first, for it has a method named "keys".
  const policied = !Array.isArray(locks) && isObject(locks) ? (locks as Exclude<WorkflowLocks, LockKeys>) : undefined;
  return withLockNode(checkKeys(policied ? policied.keys : locks, 'The option "locks"'), body, policied?.policy);
}

function checkKeys(keys: unknown, what: string): LockKeys {
  if (typeof keys === 'function') return keys as LockKeys;
  if (Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string' && key !== '')) return Object.freeze([...keys]);
  const given = typeof keys === 'object' ? JSON.stringify(keys) : String(keys);
  throw new StepwrightError(
    'definition',
    `${what} got ${given}; give the names of locks, such as ['router-7'], or a function of the state that gives them.`,
  );
}

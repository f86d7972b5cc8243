import { kindOf } from './nodes/kinds.js';
import type { Node, Scope, Walk, Walked, Walker } from './nodes/node.js';
import type { StateLayer } from './state.js';

/*
 * One mechanism for the first run and for every resume.
 *
 * The journal answers for every recorded path: a done one gives its changes; a standing one (failed, suspended, waiting, awaiting)
 * gives its outcome; only paths without an outcome are performed. A resume is an edit of the journal: an answer records a success, a
 * due timer or a retry clears that path; then the same walk runs. So a form, a timer, a retry, an engine pause and a crash are one
 * case, at any depth.
 *
 * The looser rule "perform everything that is not done" would start a sibling's failed step again whenever some other branch gets an
 * answer.
 *
 * Branches are walked side by side, so one could start a step before a failure that is recorded in another has been met. No step starts
 * before all that is recorded has been met (`replayed`).
 */

/** Walks a tree from its root; `state` is the state at entry, and after it the state as far as the walk came. */
export function walk(root: Node, state: StateLayer, walker: Walker): Promise<Walked> {
  return inScope(walker, { ready: walker.replayed }).into(root, '', state);
}

function inScope(walker: Walker, scope: Scope): Walk {
  const context: Walk = {
    journal: walker.journal,
    scope,
    decide: (path, decision, covers) => walker.decide(path, decision, covers),
    fail: (path, failure, decision) => walker.fail(path, failure, decision),
    finish: (path, outcome, own) => walker.finish(path, outcome, own),
    perform: (step, path, state) => inTurn(path, () => walker.perform(step, path, state, scope)),
    lock: (path, keys, policy) => inTurn(path, () => walker.lock(path, keys, policy)),
    into: (node, at, state, inner) =>
      kindOf(node).walk(node, at, state, inner === undefined ? context : inScope(walker, { ...scope, ...inner })),
    ...(walker.met ? { met: (step, path, state) => walker.met?.(step, path, state) } : {}),
  };
  return context;

  async function inTurn(path: string, start: () => Promise<Walked>): Promise<Walked> {
    await scope.ready;
    if (!scope.cancel?.aborted) await scope.worker?.();
    // What an earlier walk had started may have ended while this one waited.
    const known = walker.journal.get(path)?.outcome;
    if (known) return known;
    if (!scope.cancel?.aborted) return start();
    // What it had started and is still at is waited for all the same: nothing settles while a step runs.
    return (await walker.underWay?.(path, scope)) ?? { kind: 'cancelled', by: String(scope.cancel.reason) };
  }
}

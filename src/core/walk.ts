import { kindOf } from './nodes/kinds.js';
import type { Node, Walk, Walked } from './nodes/node.js';
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
 */

/** Walks a tree from its root; `state` is the state at entry, and after it the state as far as the walk came. */
export function walk(root: Node, state: StateLayer, how: Omit<Walk, 'into'>): Promise<Walked> {
  const context: Walk = {
    journal: how.journal,
    perform: (step, path, layer) => how.perform(step, path, layer),
    decide: (path, decision) => how.decide(path, decision),
    fail: (path, failure) => how.fail(path, failure),
    into: (node, at, layer) => kindOf(node).walk(node, at, layer, context),
  };
  return context.into(root, '', state);
}

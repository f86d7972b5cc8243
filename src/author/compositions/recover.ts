import { type RecoverNode, type RecoverOptions, recoverNode } from '../../core/nodes/recover.js';
import { checkOptions } from '../known-options.js';
import { checkStateKey } from '../state-key.js';
import { type Steppable, toNode } from './steppable.js';

/**
 * Performs a node, and another where the first has failed: the handler finds the failure in the state, and what the first had changed
 * until then. When the handler is done, the workflow goes on.
 *
 * In paths the body stands inside it, `recover/Push`, and the handler at `recover[handler]/Clean up`.
 * @throws StepwrightError `definition` for what is no step, or a key that no step can set
 * @example `recover(this.push, this.fallBack, { as: 'problem' })`
 */
export function recover(body: Steppable, handler: Steppable, options: RecoverOptions = {}): RecoverNode {
  checkOptions(options, ['name', 'as'] satisfies (keyof RecoverOptions)[], 'A recover');
  if (options.as !== undefined) checkStateKey(options.as, `The recover "${options.name ?? 'recover'}" has "as"`);
  return recoverNode(toNode(body), toNode(handler), options);
}

import type { Predicate } from '../../core/nodes/predicate.js';
import { type UntilNode, type UntilOptions, untilNode } from '../../core/nodes/until.js';
import { checkOptions } from '../known-options.js';
import { type Steppable, toNode } from './steppable.js';

/**
 * Performs a node again and again until the condition holds: at least once, and the condition is asked after each loop, `Probe#3/Ping`.
 * @param predicate a pure function of the state
 * @throws StepwrightError `definition` for what is no function, or fewer loops than 1
 * @example `until((state) => state.linkUp === true, list(this.probe, sleep('Settle', '30s')), { name: 'Probe', maxLoops: 20 })`
 */
export function until(predicate: Predicate, node: Steppable, options: UntilOptions = {}): UntilNode {
  checkOptions(options, ['name', 'maxLoops'] satisfies (keyof UntilOptions)[], 'An until');
  return untilNode(predicate, toNode(node), options);
}

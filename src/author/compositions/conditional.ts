import { StepwrightError } from '../../core/error.js';
import { conditionalNode } from '../../core/nodes/conditional.js';
import type { Node } from '../../core/nodes/node.js';
import type { Predicate } from '../../core/nodes/predicate.js';
import { recordOf } from '../method-records.js';
import { oneNode, type Steppable } from './steppable.js';

/** A condition as a decorator for a method, and as a wrapper for steps. */
export interface Conditional {
  (target: object, method: string | symbol, descriptor: PropertyDescriptor): void;
  (...nodes: readonly Steppable[]): Node;
}

/**
 * Performs a step, or several, only where the condition holds; else they are skipped.
 *
 * The predicate is a pure function of the state. What it says is recorded before the first of the steps starts, and never asked again.
 * @param name makes the steps stand under this name in paths @default none: they stand among their neighbours
 * @example `@conditional((state) => state.approved === true) @step('Activate') activate() { … }`
 */
export function conditional(predicate: Predicate, name?: string): Conditional {
  return ((...args: readonly Steppable[] | [object, string | symbol, PropertyDescriptor]) => {
    if (typeof args[1] !== 'string' && typeof args[1] !== 'symbol')
      return conditionalNode(predicate, oneNode(args as readonly Steppable[]), name);
    const [target, method, descriptor] = args as [object, string | symbol, PropertyDescriptor];
    if (name !== undefined)
      throw new StepwrightError(
        'definition',
        `@conditional on the method "${String(method)}" has a name; the step has one already, so leave it out.`,
      );
    recordOf('@conditional', target, method, descriptor).conditions.unshift(predicate);
    return undefined;
  }) as Conditional;
}

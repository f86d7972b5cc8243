import { StepwrightError } from '../core/error.js';
import { conditionalNode, type Predicate } from '../core/nodes/conditional.js';
import { focusNode } from '../core/nodes/focus.js';
import { listNode } from '../core/nodes/list.js';
import type { Node } from '../core/nodes/node.js';
import { recordOf } from './method-records.js';

/** What can stand in a step list: a node, or inside `steps()` a decorated method, written `this.method`. */
// biome-ignore lint/suspicious/noExplicitAny: a method of any kind is assignable only where its parameters are any
export type Steppable = Node | ((...args: any[]) => unknown);

/** Steps one after another. */
export function list(...nodes: Steppable[]): Node {
  return listNode(nodes.map(toNode));
}

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

/**
 * Gives steps the object under one state key as their whole state; what they return is merged into that object.
 * @param name makes the steps stand under this name in paths @default none: they stand among their neighbours
 * @example `focus('billing')(invoice, mail)`
 */
export function focus(key: string, name?: string): (...nodes: readonly Steppable[]) => Node {
  return (...nodes) => focusNode(key, oneNode(nodes), name);
}

/** A name for steps: in paths they stand under it. @example `named('Deploy')(build, push)` */
export function named(name: string): (...nodes: readonly Steppable[]) => Node {
  return (...nodes) => listNode(nodes.map(toNode), name);
}

function oneNode(nodes: readonly Steppable[]): Node {
  const [only, ...others] = nodes;
  return only !== undefined && others.length === 0 ? toNode(only) : listNode(nodes.map(toNode));
}

/**
 * What stands in a step list, as a node.
 * @throws StepwrightError `definition` for a method that no step decorator stands on, and for what is no step at all
 */
export function toNode(value: Steppable): Node {
  if (typeof value === 'object' && value !== null && 'kind' in value) return value;
  if (Array.isArray(value))
    throw new StepwrightError('definition', 'An array is no step; write list(first, second) in its place, or spread it: list(...steps).');
  if (typeof value === 'function') {
    throw new StepwrightError(
      'definition',
      `The function "${value.name || 'without a name'}" is no step; decorate it with @step('…'), or wrap it: step('…')(${value.name || 'fn'}).`,
    );
  }
  throw new StepwrightError(
    'definition',
    `${String(value)} is no step; in steps(), refer to a decorated method without calling it: this.method.`,
  );
}

import { StepwrightError } from '../../core/error.js';
import { listNode } from '../../core/nodes/list.js';
import type { Node } from '../../core/nodes/node.js';

/** Marks what builds a node, for a plain object may have a member named `build` too. */
export const BUILDS = Symbol.for('stepwright.builds');

/** What gives a node when it is asked to, such as a `TaskGraph`. */
export interface NodeBuilder {
  readonly [BUILDS]: true;
  build(): Node;
}

/** What can stand in a step list: a node, what builds one, or inside `steps()` a decorated method, written `this.method`. */
// biome-ignore lint/suspicious/noExplicitAny: a method of any kind is assignable only where its parameters are any
export type Steppable = Node | NodeBuilder | ((...args: any[]) => unknown);

/**
 * What stands in a step list, as a node.
 * @throws StepwrightError `definition` for a method that no step decorator stands on, and for what is no step at all
 */
export function toNode(value: Steppable): Node {
  if (isNode(value)) return value;
  if (isBuilder(value)) return value.build();
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

/** Several as one node: the only one itself, else a list of them. */
export function oneNode(nodes: readonly Steppable[]): Node {
  const [only, ...others] = nodes;
  return only !== undefined && others.length === 0 ? toNode(only) : listNode(nodes.map(toNode));
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { kind?: unknown }).kind === 'string';
}

export function isBuilder(value: unknown): value is NodeBuilder {
  return typeof value === 'object' && value !== null && BUILDS in value;
}

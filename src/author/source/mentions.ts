import type { AnyNode, Node } from 'acorn';
import { childNodes, readSource } from './parse.js';

/** Whether a function's source reads a property of this name off anything: `ctx.name`, `ctx['name']`, or `const { name } = ctx`. */
export function mentions(fn: Function, property: string): boolean {
  const source = readSource(fn);
  return !('refused' in source) && found(source.node, property);
}

function found(node: Node, property: string): boolean {
  return childNodes(node).some((child) => reads(child, property) || found(child, property));
}

function reads(node: AnyNode, property: string): boolean {
  if (node.type === 'MemberExpression') return named(node.property, node.computed, property);
  if (node.type === 'ObjectPattern')
    return node.properties.some((one) => one.type === 'Property' && named(one.key, one.computed, property));
  return false;
}

function named(key: AnyNode, computed: boolean, property: string): boolean {
  return key.type === 'Literal' ? key.value === property : !computed && key.type === 'Identifier' && key.name === property;
}

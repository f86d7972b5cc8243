import type { Expression, Node, ObjectExpression } from 'acorn';
import { childNodes, readSource } from './parse.js';

/**
 * The keys that a function can return at most, over all its return statements, or undefined where its source does not show them all.
 *
 * They are known where every return gives a plain object literal, `undefined`, `null` or nothing, directly or through `?:`, `&&`, `||`,
 * `??`, a comma or `await`. A call, a variable, a spread or a computed key makes them unknown, and so does a function without source.
 */
export function returnedKeys(fn: Function): ReadonlySet<string> | undefined {
  const source = readSource(fn);
  if ('refused' in source) return undefined;
  const { body } = source.node;
  const results = body.type === 'BlockStatement' ? returnsIn(body) : [body];
  return union(results.map(keysOf));
}

type Keys = ReadonlySet<string> | undefined;

const NONE: ReadonlySet<string> = new Set();

function union(sets: readonly Keys[]): Keys {
  const all = new Set<string>();
  for (const keys of sets) {
    if (!keys) return undefined;
    for (const key of keys) all.add(key);
  }
  return all;
}

// What nested functions return is theirs.
const FUNCTIONS: readonly string[] = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

function returnsIn(node: Node): readonly Expression[] {
  return childNodes(node).flatMap((child) => {
    if (child.type === 'ReturnStatement') return child.argument ? [child.argument] : [];
    return FUNCTIONS.includes(child.type) ? [] : returnsIn(child);
  });
}

function keysOf(value: Expression): Keys {
  switch (value.type) {
    case 'ObjectExpression':
      return literalKeys(value);
    case 'ConditionalExpression':
      return union([keysOf(value.consequent), keysOf(value.alternate)]);
    case 'LogicalExpression':
      // The left side of && is the result only when it is falsy, and nothing falsy has keys.
      return value.operator === '&&' ? keysOf(value.right) : union([keysOf(value.left), keysOf(value.right)]);
    case 'SequenceExpression': {
      const last = value.expressions.at(-1);
      return last && keysOf(last);
    }
    case 'AwaitExpression':
      return keysOf(value.argument);
    case 'Identifier':
      return value.name === 'undefined' ? NONE : undefined;
    case 'Literal':
      return value.raw === 'null' ? NONE : undefined;
    case 'UnaryExpression':
      return value.operator === 'void' ? NONE : undefined;
    default:
      return undefined;
  }
}

function literalKeys({ properties }: ObjectExpression): Keys {
  const keys = new Set<string>();
  for (const property of properties) {
    if (property.type === 'SpreadElement' || property.computed) return undefined;
    const { key } = property;
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
    // `{ __proto__: x }` sets the prototype: x may be anything, and is no key.
    if (name === undefined || name === '__proto__') return undefined;
    keys.add(name);
  }
  return keys;
}

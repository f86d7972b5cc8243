import 'reflect-metadata';
import { forEach, list, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const enable = step('Enable')(() => {});

describe('forEach', () => {
  it('repeats a node for the items of a state key, or of a function', () => {
    const items = () => [1, 2];
    expect(forEach('ports', enable)).toMatchObject({ items: 'ports', as: 'item', concurrency: 1, failFast: true, node: enable });
    expect(forEach(items, enable)).toMatchObject({ items });
    expect(pathsOf(forEach('ports', list(enable), { name: 'Ports' }))).toEqual(['Ports[]/Enable']);
  });

  it('takes its options', () => {
    const options = { name: 'Ports', as: 'port', keyAs: 'index', concurrency: 4, collect: 'enabled', failFast: false, merge: () => null };
    expect(forEach('ports', enable, options)).toMatchObject(options);
  });

  it.each<[string, () => unknown, string]>([
    ['no items', () => forEach(undefined as never, enable), 'The forEach "forEach" takes the state key of its items, or a function'],
    ['the items themselves', () => forEach([1] as never, enable), 'takes the state key of its items, or a function'],
    ['what is no step', () => forEach('ports', undefined as never), 'undefined is no step'],
    ['a key that no step can set', () => forEach('ports', enable, { as: 'ctx' }), 'has as "ctx", which no state key can be'],
    ['half an item at once', () => forEach('ports', enable, { concurrency: 0.5 }), 'has concurrency 0.5; write a whole number from 1.'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

import 'reflect-metadata';
import { step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { BUILDS, toNode } from '../../../src/author/compositions/steppable.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { problemOf } from '../problem-of.js';

const does = (name: string, changes: object = {}) => step(name)(() => changes);

describe('toNode', () => {
  it('gives a node as it is', () => {
    const node = does('A');
    expect(toNode(node)).toBe(node);
  });

  it('gives what a builder builds', () => {
    const node = does('A');
    expect(toNode({ [BUILDS]: true, build: () => node })).toBe(node);
  });

  it.each<[string, unknown, string]>([
    ['a function', function push() {}, `The function "push" is no step; decorate it with @step('…'), or wrap it: step('…')(push).`],
    [
      'a function without a name',
      (() => () => {})(),
      `The function "without a name" is no step; decorate it with @step('…'), or wrap it: step('…')(fn).`,
    ],
    ['an array', [does('A')], 'An array is no step; write list(first, second) in its place, or spread it: list(...steps).'],
    ['nothing', undefined, 'undefined is no step; in steps(), refer to a decorated method without calling it: this.method.'],
    ['what a step returned', { speed: 1 }, '[object Object] is no step'],
    ['a name', 'Push', 'Push is no step'],
  ])('refuses %s', (_, value, message) => {
    expect(problemOf(() => toNode(value as Node))).toContain(message);
  });
});

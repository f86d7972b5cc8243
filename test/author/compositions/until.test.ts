import 'reflect-metadata';
import { list, sleep, step, until } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const probe = step('Probe')(() => {});

describe('until', () => {
  it('repeats a node, by default without end', () => {
    expect(until(() => true, probe)).toMatchObject({ node: probe, maxLoops: Number.POSITIVE_INFINITY });
    const node = until((state) => state.linkUp === true, list(probe, sleep('Settle', '30s')), { name: 'Link', maxLoops: 20 });
    expect(node.maxLoops).toBe(20);
    expect(pathsOf(node)).toEqual(['Link#/Probe', 'Link#/Settle']);
  });

  it.each<[string, () => unknown, string]>([
    ['no function', () => until('linkUp' as never, probe), 'The until "until" takes a function of the state, such as'],
    ['what is no step', () => until(() => true, undefined as never), 'undefined is no step'],
    ['no loops', () => until(() => true, probe, { maxLoops: 0 }), 'has maxLoops 0; write a whole number from 1.'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

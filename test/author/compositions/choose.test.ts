import 'reflect-metadata';
import { choose, list, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});
const speed = () => 1000;

describe('choose', () => {
  it('has a node for each value, and perhaps one for all others', () => {
    const node = choose(
      speed,
      [
        { value: 1000, node: does('Copper') },
        { value: 'fast/er', node: list(does('Splice'), does('Test')) },
      ],
      { name: 'Medium', otherwise: does('Refuse') },
    );
    expect(node.value).toBe(speed);
    expect(pathsOf(node)).toEqual([
      'Medium[1000]/Copper',
      'Medium[fast%2Fer]/Splice',
      'Medium[fast%2Fer]/Test',
      'Medium[otherwise]/Refuse',
    ]);
    expect(pathsOf(choose(speed, [{ value: null, node: does('A') }]))).toEqual(['choose[null]/A']);
  });

  it.each<[string, () => unknown, string]>([
    ['no function', () => choose('speed' as never, [{ value: 1, node: does('A') }]), 'The choose "choose" takes a function of the state'],
    ['no cases', () => choose(speed, []), 'The choose "choose" has no cases; give it at least one.'],
    [
      'an object of cases',
      () => choose(speed, { 1: does('A') } as never),
      'The choose "choose" takes a list of cases: choose(value, [{ value:',
    ],
    ['a case without a value', () => choose(speed, [{ node: does('A') } as never]), 'has a case without a value; write { value:'],
    ['a step as a case', () => choose(speed, [does('A') as never]), 'has a case without a value'],
    [
      'a predicate as a value',
      () => choose(speed, [{ value: (() => true) as never, node: does('A') }]),
      "can't stand in the state; write { value:",
    ],
    [
      'a case that is no step',
      () => choose(speed, [{ value: 'a', node: 5 as never }]),
      'The case "a" of the choose "choose": 5 is no step',
    ],
    [
      'one value twice',
      () =>
        choose(speed, [
          { value: 1, node: does('A') },
          { value: '1', node: does('B') },
        ]),
      'two cases that are called "1" in paths',
    ],
    ['an otherwise that is no step', () => choose(speed, [{ value: 1, node: does('A') }], { otherwise: 5 as never }), '5 is no step'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

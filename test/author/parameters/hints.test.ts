import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { fromState, type HintDecorator, hintsOf, knownClass, listOf, oneOf, optional } from '../../../src/author/parameters/hints.js';
import { TestCircuit, TestPort } from '../../support/models.js';
import { problemOf } from '../problem-of.js';

class Base {
  push(@fromState('vpn') _a: string, _b: number, @optional() @fromState('c-id') _c?: string) {}
  plain(_a: string) {}
}

class Special extends Base {
  override push(_a: string, @listOf(TestPort) _b: unknown) {}
}

describe('the hints of a method', () => {
  it('are kept by the place of their parameter, and several on one add up', () => {
    expect([...hintsOf(Base.prototype, 'push')]).toEqual([
      [2, { key: 'c-id', optional: true }],
      [0, { key: 'vpn' }],
    ]);
  });

  it('are those of the class that declares it, and are not inherited by an override', () => {
    expect([...hintsOf(Special.prototype, 'push')]).toEqual([[1, { listOf: TestPort }]]);
    expect(hintsOf(Base.prototype, 'plain').size).toBe(0);
    expect(hintsOf(Base.prototype, 'gone').size).toBe(0);
  });
});

describe('a hint', () => {
  it.each<[string, HintDecorator, object]>([
    ['fromState', fromState('vpn'), { key: 'vpn' }],
    ['fromState with a type', fromState('vpn', TestCircuit), { key: 'vpn', type: TestCircuit }],
    ['optional', optional(), { optional: true }],
    ['optional with a type', optional(Date), { optional: true, type: Date }],
    ['listOf', listOf(TestPort), { listOf: TestPort }],
    ['oneOf', oneOf(TestPort, TestCircuit), { oneOf: [TestPort, TestCircuit] }],
  ])('%s can stand in the params of a function step', (_, decorator, hint) => {
    expect(decorator.hint).toEqual(hint);
  });

  it.each<[string, () => unknown, string]>([
    ['an empty key', () => fromState(''), "@fromState() takes the name of a state key, such as @fromState('subscription')."],
    ['fromState without parentheses', () => fromState(Base.prototype as never), '@fromState() takes the name of a state key'],
    ['fromState with a type that is none', () => fromState('at', 'Date' as never), '@fromState() got Date, which is no class'],
    ['optional without parentheses', () => optional(Base.prototype as never), 'decorators with parentheses: @optional()'],
    ['listOf without a class', () => listOf(undefined as never), '@listOf() got undefined instead of a class; import it as a value'],
    ['listOf without parentheses', () => listOf(Base.prototype as never), '@listOf() got [object Object], which is no class'],
    ['oneOf one class', () => oneOf(TestPort), '@oneOf() takes two classes or more, such as @oneOf(Port, Node).'],
    ['oneOf with a class that is not there yet', () => oneOf(TestPort, undefined as never), 'look for two files that import each other'],
  ])('is refused: %s', (_, make, message) => {
    expect(problemOf(make)).toContain(message);
  });

  it('is refused on a parameter of a constructor', () => {
    const define = () => {
      class Push {
        constructor(@optional() readonly network?: string) {}
      }
      return Push;
    };
    expect(problemOf(define)).toBe('Parameters of a constructor are not injected; decorate parameters of steps.');
  });
});

describe('knownClass', () => {
  it('gives the class', () => {
    expect(knownClass(TestPort, 'it')).toBe(TestPort);
  });
});

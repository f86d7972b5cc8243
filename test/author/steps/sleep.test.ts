import 'reflect-metadata';
import { type StepwrightError, sleep, sleepUntil } from 'stepwright';
import { describe, expect, it } from 'vitest';
import type { StepNode } from '../../../src/core/nodes/step.js';
import type { State } from '../../../src/core/state.js';
import { problemOf } from '../problem-of.js';

/** When a sleep that began at 1000 ends. */
function wakeTime({ action }: StepNode, state: State = {}): number {
  if (action.kind !== 'sleep') throw new TypeError('this is no sleep');
  return action.until(state, 1000);
}

function failureOf(node: StepNode, state: State = {}): StepwrightError {
  try {
    wakeTime(node, state);
  } catch (error) {
    return error as StepwrightError;
  }
  throw new Error('it did not fail');
}

describe('sleep', () => {
  it('is a step that ends so long after its beginning, and changes nothing', () => {
    const node = sleep('Settle', '30s');
    expect(node).toMatchObject({ kind: 'step', name: 'Settle', returns: new Set() });
    expect(node.source).toMatch(/^steps\/sleep\.test\.ts:\d+$/);
    expect(wakeTime(node)).toBe(31_000);
    expect(wakeTime(sleep('Settle', 500))).toBe(1500);
  });

  it('may depend on the state', () => {
    const node = sleep('Settle', (state) => Number(state.seconds) * 1000);
    expect(wakeTime(node, { seconds: 2 })).toBe(3000);
    expect(
      wakeTime(
        sleep('Settle', (state) => String(state.pause)),
        { pause: '1m' },
      ),
    ).toBe(61_000);
  });

  it.each<[string, () => unknown, string]>([
    [
      'no duration',
      () => sleep('Settle', 'soon'),
      `The sleep "Settle" is "soon"; write milliseconds, or a number with ms, s, m, h or d, such as '30s'.`,
    ],
    ['a negative one', () => sleep('Settle', -1), 'The sleep "Settle" is -1; write milliseconds'],
    ['a name that can not stand in a path', () => sleep('a/b', 1), 'A step "a/b" contains "/"'],
  ])('refuses %s when it is defined', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });

  it.each<[string, (state: State) => unknown, string]>([
    ['no duration', () => 'soon', `The function of the sleep "Settle" can't be used: what it returned is "soon"; write milliseconds`],
    ['nothing', () => undefined, 'what it returned is undefined; write milliseconds'],
    ['a promise', async () => 1, 'it returned a promise; return a duration'],
  ])('fails with what its function gives: %s', (_, duration, message) => {
    const failure = failureOf(sleep('Settle', duration as never));
    expect(failure.code).toBe('bad_value');
    expect(failure.message).toContain(message);
  });

  it('fails with what its function throws', () => {
    const fails = () => {
      throw new Error('no such key');
    };
    expect(failureOf(sleep('Settle', fails)).message).toBe(`The function of the sleep "Settle" can't be used: no such key`);
    expect(failureOf(sleepUntil('Night', fails)).code).toBe('bad_value');
  });
});

describe('sleepUntil', () => {
  const noon = Date.UTC(2026, 2, 1, 12);

  it.each<[string, Parameters<typeof sleepUntil>[1], number]>([
    ['a Date', new Date(noon), noon],
    ['a time with its zone', '2026-03-01T14:00:00+02:00', noon],
    ['a date, which is midnight UTC', '2026-03-01', noon - 43_200_000],
    ['a function that gives a Date', () => new Date(noon), noon],
    ['a function that gives a text', (state) => String(state.at), noon],
    ['a moment that is past', new Date(0), 0],
  ])('ends at %s', (_, moment, expected) => {
    expect(wakeTime(sleepUntil('Night', moment), { at: '2026-03-01T12:00:00Z' })).toBe(expected);
  });

  it('is not moved by a Date that changes later', () => {
    const moment = new Date(noon);
    const node = sleepUntil('Night', moment);
    moment.setTime(0);
    expect(wakeTime(node)).toBe(noon);
  });

  const WRITE = 'write a Date, or a date such as 2026-03-01, or a time with its zone such as 2026-03-01T12:00:00Z.';
  it.each<[string, unknown, string]>([
    ['an invalid Date', new Date('never'), `is an invalid Date; ${WRITE}`],
    ['a time without a zone', '2026-03-01T12:00', `is "2026-03-01T12:00"; ${WRITE}`],
    ['a day that is none', '2026-02-30', `is "2026-02-30"; ${WRITE}`],
    ['a word', 'tomorrow', `is "tomorrow"; ${WRITE}`],
    ['nothing', undefined, `is undefined; ${WRITE}`],
    ['milliseconds', noon, `is ${noon}; ${WRITE}`],
  ])('refuses %s', (_, moment, message) => {
    expect(problemOf(() => sleepUntil('Night', moment as never))).toBe(`The sleep "Night" ${message}`);
    const failure = failureOf(sleepUntil('Night', () => moment as never));
    expect(failure.code).toBe('bad_value');
    expect(failure.message).toBe(`The function of the sleep "Night" can't be used: what it returned ${message}`);
  });

  it('refuses a promise', () => {
    expect(failureOf(sleepUntil('Night', (async () => new Date()) as never)).message).toContain('it returned a promise; return a date');
  });
});

import { describe, expect, it } from 'vitest';
import { complete, DONE, failed, isDone, skip, Verdict } from '../../src/core/outcome.js';

describe('skip', () => {
  it('gives a verdict with a reason', () => {
    expect(skip('no ports')).toMatchObject({ kind: 'skipped', reason: 'no ports', changes: undefined });
    expect(skip().reason).toBe('nothing to do');
    expect(skip()).toBeInstanceOf(Verdict);
  });
});

describe('complete', () => {
  it('gives a verdict with the last changes, or without', () => {
    expect(complete({ done: true })).toMatchObject({ kind: 'complete', changes: { done: true } });
    expect(complete()).toMatchObject({ kind: 'complete', changes: undefined });
    expect(complete()).toBeInstanceOf(Verdict);
  });

  it.each<[unknown]>([['done'], [1], [null], [true]])('refuses %j as changes', (changes) => {
    expect(() => complete(changes as object)).toThrow(
      expect.objectContaining({ code: 'bad_result', message: 'complete() takes an object of changes, or nothing.' }),
    );
  });
});

describe('isDone', () => {
  it.each([
    ['success', true],
    ['skipped', true],
    ['complete', false],
    ['suspended', false],
    ['waiting', false],
    ['awaiting_callback', false],
    ['failed', false],
    ['cancelled', false],
    ['aborted', false],
    ['halted', false],
  ])('says of %s: %s', (kind, expected) => {
    expect(isDone({ kind })).toBe(expected);
  });
});

describe('the outcomes of compositions', () => {
  it('are a success without changes, and a failure', () => {
    const failure = { code: 'predicate_threw', message: 'no', retryable: true };
    expect(DONE).toEqual({ kind: 'success', changes: { set: {}, unset: [] } });
    expect(failed(failure)).toEqual({ kind: 'failed', failure });
  });
});

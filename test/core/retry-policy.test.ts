import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/core/error.js';
import { nextAttempt, type RetryOptions, retryPolicy } from '../../src/core/retry-policy.js';

const failure: Failure = { code: 'step_threw', message: 'no route', retryable: true };
const endless = { maxAttempts: Number.POSITIVE_INFINITY, deadline: Number.POSITIVE_INFINITY };

describe('retryPolicy', () => {
  it.each<[string, RetryOptions | undefined, object]>([
    ['nothing', undefined, { initial: 60_000, factor: 2, max: 3_600_000, jitter: 1, ...endless }],
    ['a fixed time', { every: '10m' }, { initial: 600_000, factor: 1, max: 600_000, jitter: 0, ...endless }],
    ['a fixed time above an hour', { every: '2h' }, { initial: 7_200_000, factor: 1, max: 7_200_000, jitter: 0, ...endless }],
    ['no time between attempts', { every: 0 }, { initial: 0, factor: 1, max: 0, jitter: 0, ...endless }],
    [
      'growing times',
      { backoff: { initial: '1s', factor: 3, max: '1m', jitter: 0.5 } },
      { initial: 1000, factor: 3, max: 60_000, jitter: 0.5, ...endless },
    ],
    ['a long first wait', { backoff: { initial: '2h' } }, { initial: 7_200_000, max: 7_200_000 }],
    ['a short longest wait', { backoff: { max: '10s' } }, { initial: 60_000, max: 10_000 }],
    ['limits', { maxAttempts: 3, deadline: '1d' }, { maxAttempts: 3, deadline: 86_400_000 }],
  ])('fills in the defaults for %s', (_, options, expected) => {
    expect(retryPolicy(options)).toMatchObject(expected);
  });

  it.each<[RetryOptions, string]>([
    [{ every: '1m', backoff: {} }, 'The policy has both "every" and "backoff"; write one of them.'],
    [{ maxAttempts: 0 }, 'The policy has maxAttempts 0; write a whole number from 1.'],
    [{ maxAttempts: 1.5 }, 'The policy has maxAttempts 1.5; write a whole number from 1.'],
    [{ maxAttempts: Number.NaN }, 'The policy has maxAttempts NaN; write a whole number from 1.'],
    [{ backoff: { factor: 0.5 } }, 'The policy has the factor 0.5; write a number from 1.'],
    [{ backoff: { factor: Number.NaN } }, 'The policy has the factor NaN; write a number from 1.'],
    [{ backoff: { jitter: 1.1 } }, 'The policy has the jitter 1.1; write a number from 0 to 1.'],
    [{ backoff: { jitter: -0.1 } }, 'The policy has the jitter -0.1; write a number from 0 to 1.'],
    [{ every: 'soon' }, 'The policy: the first wait is "soon"; write'],
    [{ backoff: { initial: -1 } }, 'The policy: the first wait is -1; write'],
    [{ backoff: { max: 'x' } }, 'The policy: the longest wait is "x"; write'],
    [{ deadline: '' }, 'The policy: the deadline is ""; write'],
  ])('refuses %j', (options, message) => {
    expect(() => retryPolicy(options, 'The policy')).toThrow(
      expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }),
    );
  });
});

describe('nextAttempt', () => {
  const minutes = { backoff: { jitter: 0 } };

  it.each<[string, RetryOptions, number, number, number, object]>([
    ['waits the first time', minutes, 1, 0, 0, { retry: true, delay: 60_000 }],
    ['doubles the wait', minutes, 4, 0, 0, { retry: true, delay: 480_000 }],
    ['waits no longer than the longest wait', minutes, 30, 0, 0, { retry: true, delay: 3_600_000 }],
    ['waits the longest wait even where the growth is beyond numbers', minutes, 1_000_000, 0, 0, { retry: true, delay: 3_600_000 }],
    ['does not wait where the first wait is 0', { backoff: { initial: 0 } }, 1_000_000, 0, 0.5, { retry: true, delay: 0 }],
    ['waits as long each time', { every: '10m' }, 1_000_000, 0, 0.9, { retry: true, delay: 600_000 }],
    ['takes away all of the wait at most', {}, 1, 0, 0.999_999_99, { retry: true, delay: 0 }],
    ['takes away the random part only', { backoff: { jitter: 0.5 } }, 1, 0, 0.5, { retry: true, delay: 45_000 }],
    ['goes on before the last attempt', { maxAttempts: 3, ...minutes }, 2, 0, 0, { retry: true, delay: 120_000 }],
    ['stops after the last attempt', { maxAttempts: 3 }, 3, 0, 0, { retry: false, why: 'attempts_exhausted' }],
    ['stops after the only attempt', { maxAttempts: 1 }, 1, 0, 0, { retry: false, why: 'attempts_exhausted' }],
    ['starts one at the deadline', { every: '1m', deadline: '5m' }, 4, 240_000, 0, { retry: true, delay: 60_000 }],
    ['starts none after the deadline', { every: '1m', deadline: '5m' }, 5, 240_001, 0, { retry: false, why: 'deadline_passed' }],
    ['asks retryIf', { retryIf: ({ message }) => message !== 'no route' }, 1, 0, 0, { retry: false, why: 'not_retryable' }],
    ['goes on where retryIf says so', { every: 1, retryIf: ({ code }) => code === 'step_threw' }, 1, 0, 0, { retry: true, delay: 1 }],
  ])('%s', (_, options, attempt, elapsed, random, decision) => {
    expect(nextAttempt(retryPolicy(options), attempt, failure, elapsed, random)).toEqual(decision);
  });

  it('does not retry what is not retryable, and does not ask retryIf about it', () => {
    const asked: Failure[] = [];
    const policy = retryPolicy({ retryIf: (one) => asked.push(one) > 0 });
    expect(nextAttempt(policy, 1, { ...failure, retryable: false }, 0, 0)).toEqual({ retry: false, why: 'not_retryable' });
    expect(asked).toEqual([]);
  });

  const anyBackoff = fc.record({
    initial: fc.nat({ max: 10_000_000 }),
    factor: fc.double({ min: 1, max: 1e300, noNaN: true }),
    max: fc.nat({ max: 100_000_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const anyAttempt = fc.integer({ min: 1, max: 100_000 });
  const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('waits between nothing and the longest wait, in whole milliseconds', () => {
    fc.assert(
      fc.property(anyBackoff, anyAttempt, anyRandom, (backoff, attempt, random) => {
        const decision = nextAttempt(retryPolicy({ backoff }), attempt, failure, 0, random);
        return decision.retry && Number.isInteger(decision.delay) && decision.delay >= 0 && decision.delay <= backoff.max;
      }),
    );
  });

  it('never waits shorter than the last time, without jitter', () => {
    fc.assert(
      fc.property(anyBackoff, anyAttempt, (backoff, attempt) => {
        const policy = retryPolicy({ backoff: { ...backoff, jitter: 0 } });
        const [now, next] = [attempt, attempt + 1].map((count) => nextAttempt(policy, count, failure, 0, 0));
        return now?.retry === true && next?.retry === true && next.delay >= now.delay;
      }),
    );
  });

  it('starts no attempt after the last one allowed, or after the deadline', () => {
    fc.assert(
      fc.property(anyBackoff, anyAttempt, fc.nat(), anyRandom, fc.nat(), (backoff, maxAttempts, deadline, random, elapsed) => {
        const policy = retryPolicy({ backoff, maxAttempts, deadline });
        const last = nextAttempt(policy, maxAttempts, failure, elapsed, random);
        const earlier = nextAttempt(policy, Math.max(1, maxAttempts - 1), failure, elapsed, random);
        return !last.retry && (!earlier.retry || elapsed + earlier.delay <= deadline);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { hasCode, StepwrightError, toFailure } from '../../src/core/error.js';

describe('StepwrightError', () => {
  it('carries its code, details and cause, and is not retryable unless it says so', () => {
    const cause = new Error('below');
    const error = new StepwrightError('conflict', 'somebody was faster', { details: { id: 1 }, cause });
    expect(error).toMatchObject({
      name: 'StepwrightError',
      code: 'conflict',
      message: 'somebody was faster',
      details: { id: 1 },
      retryable: false,
    });
    expect(error.cause).toBe(cause);
    expect(new StepwrightError('stale_model', 'changed meanwhile', { retryable: true }).retryable).toBe(true);
  });

  it('has no cause of its own when none is given', () => {
    expect(Object.hasOwn(new StepwrightError('usage', 'no'), 'cause')).toBe(false);
  });
});

describe('hasCode', () => {
  it.each<[string, unknown, boolean]>([
    ['an error with the code', new StepwrightError('usage', 'no'), true],
    ['an error with another code', new StepwrightError('conflict', 'no'), false],
    ['an error of another copy of the package', Object.assign(new Error('no'), { code: 'usage' }), true],
    ['an error without a code', new Error('usage'), false],
    ['what is no error', { code: 'usage' }, false],
    ['nothing', undefined, false],
  ])('knows %s', (_, error, expected) => {
    expect(hasCode(error, 'usage')).toBe(expected);
  });
});

describe('toFailure', () => {
  it.each<[string, unknown, object]>([
    ['an error', new Error('no route'), { code: 'step_threw', message: 'no route', retryable: true }],
    ['an error without a message', new RangeError(), { code: 'step_threw', message: 'RangeError', retryable: true }],
    [
      'an error with a code of its own',
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      { code: 'step_threw', message: 'refused', details: { code: 'ECONNREFUSED' }, retryable: true },
    ],
    [
      'an error whose code is a number',
      Object.assign(new Error('no'), { code: 7 }),
      { code: 'step_threw', message: 'no', retryable: true },
    ],
    [
      'an error that says that trying again is useless',
      Object.assign(new Error('no'), { retryable: false }),
      { code: 'step_threw', message: 'no', retryable: false },
    ],
    [
      'an error of its own',
      new StepwrightError('missing_key', 'no such key', { details: { key: 'a' } }),
      { code: 'missing_key', message: 'no such key', details: { key: 'a' }, retryable: false },
    ],
    [
      'an error with causes',
      new Error('a', { cause: new StepwrightError('stale_model', 'b', { retryable: true, cause: 'c' }) }),
      {
        code: 'step_threw',
        message: 'a',
        cause: {
          code: 'stale_model',
          message: 'b',
          cause: { code: 'step_threw', message: 'threw "c", which is not an Error', retryable: true },
          retryable: true,
        },
        retryable: true,
      },
    ],
  ])('describes %s', (_, thrown, failure) => {
    expect(withoutStacks(toFailure(thrown))).toEqual(failure);
  });

  it.each<[unknown, string]>([
    ['x', 'threw "x", which is not an Error'],
    ['y'.repeat(300), `threw "${'y'.repeat(200)}", which is not an Error`],
    [undefined, 'threw undefined, which is not an Error'],
    [null, 'threw null, which is not an Error'],
    [42n, 'threw 42, which is not an Error'],
    [Symbol('s'), 'threw Symbol(s), which is not an Error'],
    [Object.create(null), 'threw object, which is not an Error'],
  ])('describes what is no error: %#', (thrown, message) => {
    expect(toFailure(thrown)).toEqual({ code: 'step_threw', message, retryable: true });
  });

  it('keeps the stack of a foreign error only', () => {
    const error = new Error('no');
    expect(toFailure(error).stack).toBe(error.stack);
    expect(toFailure(new StepwrightError('usage', 'no'))).not.toHaveProperty('stack');
  });

  it('follows a chain of causes that never ends for five causes', () => {
    const error = new Error('no');
    error.cause = error;
    let depth = 0;
    for (let failure = toFailure(error); failure.cause; failure = failure.cause) depth++;
    expect(depth).toBe(5);
  });

  it('gives what JSON can say', () => {
    const failure = toFailure(new Error('a', { cause: new StepwrightError('usage', 'b') }));
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  });
});

function withoutStacks(failure: object): unknown {
  return JSON.parse(JSON.stringify(failure, (key, value: unknown) => (key === 'stack' ? undefined : value)));
}

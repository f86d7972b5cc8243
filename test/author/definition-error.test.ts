import { describe, expect, it } from 'vitest';
import { Problems, within } from '../../src/author/definition-error.js';
import { StepwrightError } from '../../src/core/error.js';
import { problemOf } from './problem-of.js';

const wrong = (message: string) => () => {
  throw new StepwrightError('definition', message);
};

describe('Problems', () => {
  it('throws nothing where nothing is wrong', () => {
    const problems = new Problems();
    expect(problems.try(() => 5)).toBe(5);
    expect(() => problems.throwIfAny('workflow "order"')).not.toThrow();
  });

  it('throws a single problem in its own words', () => {
    const problems = new Problems();
    expect(problems.try(wrong('Step "A" has no name.'))).toBeUndefined();
    expect(problemOf(() => problems.throwIfAny('workflow "order"'))).toBe('Step "A" has no name.');
  });

  it('lists several under a heading', () => {
    const problems = new Problems();
    problems.add('Step "A" is wrong.');
    problems.try(wrong('Step "B" is wrong.'));
    expect(problemOf(() => problems.throwIfAny('workflow "order" (workflows/order.ts:41)'))).toBe(
      '2 things are wrong with workflow "order" (workflows/order.ts:41):\n- Step "A" is wrong.\n- Step "B" is wrong.',
    );
  });

  it("lets the author's own errors through", () => {
    const own = new RangeError('of the author');
    const part = () => {
      throw own;
    };
    expect(() => new Problems().try(part)).toThrow(own);
    expect(() => within('here', part)).toThrow(own);
  });
});

describe('within', () => {
  it('puts the place in front, and keeps code and cause', () => {
    const cause = new Error('why');
    const part = () => {
      throw new StepwrightError('bad_value', 'it is 5', { cause });
    };
    expect(() => within('[1]', part)).toThrow(expect.objectContaining({ code: 'bad_value', message: '[1]: it is 5', cause }));
    expect(within('[1]', () => 1)).toBe(1);
  });
});

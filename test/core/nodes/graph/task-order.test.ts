import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderTasks } from '../../../../src/core/nodes/graph/task-order.js';

describe('orderTasks', () => {
  it.each<[string, readonly (readonly number[])[], readonly number[]]>([
    ['as declared where nothing comes before anything', [[], [], []], [0, 1, 2]],
    ['the one declared first of those that could come next', [[2], [], []], [1, 2, 0]],
    ['a diamond', [[1, 2], [3], [3], []], [3, 1, 2, 0]],
    ['one that becomes ready late, before those declared behind it', [[], [0], []], [0, 1, 2]],
  ])('gives %s', (_what, before, sorted) => {
    expect(orderTasks(before)).toEqual({ before, sorted });
  });

  it.each<[readonly (readonly number[])[], readonly number[]]>([
    [[[0]], [0, 0]],
    [
      [[1], [0]],
      [0, 1, 0],
    ],
    [
      [[], [3, 0], [1], [2]],
      [1, 2, 3, 1],
    ],
  ])('shows the circle in %j, each before the next', (before, circle) => {
    expect(orderTasks(before)).toEqual({ circle });
  });

  it('puts each behind those before it, and never one behind another that is declared later and could come later', () => {
    const graph = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graph, (wishes) => {
        const before = wishes.map((others, place) => others.filter((other) => other < place));
        const order = orderTasks(before);
        // Where everything comes after earlier ones only, the order as declared is the one.
        expect(order).toEqual({ before, sorted: before.map((_, place) => place) });
      }),
    );
  });
});

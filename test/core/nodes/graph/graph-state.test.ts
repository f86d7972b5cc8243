import { describe, expect, it } from 'vitest';
import type { Merge } from '../../../../src/core/nodes/branches.js';
import { graphNode } from '../../../../src/core/nodes/graph/graph.js';
import { GraphState } from '../../../../src/core/nodes/graph/graph-state.js';
import { type State, StateLayer } from '../../../../src/core/state.js';
import { doing } from '../../../support/doing.js';

/** Tasks named A, B, …, and the letters of those before each. */
function stateOf(before: readonly string[], entry: State = {}, merge?: Merge): GraphState {
  const names = before.map((_, place) => String.fromCharCode(65 + place));
  const tasks = before.map((after, place) => ({
    name: names[place] as string,
    node: doing('x'),
    after: [...after],
    rule: 'all_success' as const,
  }));
  return new GraphState(StateLayer.of(entry), graphNode(tasks).order, names, merge);
}

const setting = (set: State) => ({ set, unset: [] });
const clash = (key: string, ...branches: string[]) => expect.objectContaining({ code: 'state_conflict', details: { key, branches } });

describe('GraphState', () => {
  it('shows a task what its ancestors changed, the last of them, and nothing else', () => {
    const states = stateOf(['', 'A', 'B', ''], { x: 0, y: 0 });
    states.leave(0, setting({ x: 1, a: 1 }));
    states.leave(3, setting({ d: 1 }));
    states.leave(1, { set: { x: 2 }, unset: ['y'] });
    expect(states.entryOf(2, 'it').toObject()).toEqual({ x: 2, a: 1 });
    expect(states.entryOf(2, 'it').get('y')).toBeUndefined();
    expect(states.entryOf(3, 'it').toObject()).toEqual({ x: 0, y: 0 });
    expect(states.merged()).toEqual({ set: { a: 1, d: 1, x: 2 }, unset: ['y'] });
  });

  it('merges a diamond whose sides leave the same, or different keys', () => {
    const states = stateOf(['', 'A', 'A', 'BC']);
    states.leave(0, setting({ x: 0 }));
    states.leave(2, setting({ c: 1, x: 1 }));
    states.leave(1, setting({ b: 1, x: 1 }));
    expect(states.entryOf(3, 'it').toObject()).toEqual({ x: 1, b: 1, c: 1 });
    states.check('it');
  });

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]]])(
    'names the first two that disagree, in dependency order, when they end as %j',
    (order) => {
      const states = stateOf(['', '', '', 'BC', 'A']);
      for (const place of order) states.leave(place, setting({ x: place, y: place }));
      expect(() => states.check('it')).toThrow(clash('x', 'A', 'B'));
      expect(() => states.entryOf(3, 'it')).toThrow(clash('x', 'B', 'C'));
      expect(states.entryOf(4, 'it').toObject()).toEqual({ x: 0, y: 0 });
    },
  );

  it('asks a merge function for those after which nobody changed it, in dependency order', () => {
    const states = stateOf(['', '', 'A', 'BC', ''], { x: 'e' }, (key, values, before) => [
      key,
      ...values.map((one) => one ?? null),
      before ?? null,
    ]);
    states.leave(4, setting({ x: 'e4' }));
    states.leave(1, setting({ x: 'b' }));
    states.leave(0, setting({ x: 'a' }));
    states.leave(2, { set: {}, unset: ['x'] });
    expect(states.entryOf(3, 'it').get('x')).toEqual(['x', 'b', null, 'e']);
    expect(states.merged()).toEqual({ set: { x: ['x', 'b', null, 'e4', 'e'] }, unset: [] });
    states.check('it');
  });

  it('goes through a chain of a thousand tasks', () => {
    const size = 1000;
    const tasks = Array.from({ length: size }, (_, n) => ({
      name: `t${n}`,
      node: doing('x'),
      after: n === 0 ? [] : [`t${n - 1}`],
      rule: 'all_done' as const,
    }));
    const { order } = graphNode(tasks);
    const states = new GraphState(
      new StateLayer(),
      order,
      tasks.map(({ name }) => name),
      undefined,
    );
    for (const place of order.sorted) {
      expect(states.entryOf(place, 'it').get('n')).toBe(place === 0 ? undefined : place - 1);
      states.leave(place, setting({ n: place, [`k${place}`]: place }));
    }
    expect(Object.keys(states.merged().set)).toHaveLength(size + 1);
  });
});

import { describe, expect, it } from 'vitest';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { untilNode } from '../../../src/core/nodes/until.js';
import type { State } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import { walkOnce } from '../../support/walk-once.js';

const count = changing('A', ({ n }) => ({ n: Number(n ?? 0) + 1 }));
const is = (n: number) => (state: State) => state.n === n;

describe('an until', () => {
  it.each<[string, () => Node, string]>([
    ['a value', () => untilNode(true as never, count), 'The until "until" takes a function of the state'],
    ['no loops', () => untilNode(is(1), count, { maxLoops: 0 }), 'The until "until" has maxLoops 0; write a whole number from 1.'],
    ['half a loop', () => untilNode(is(1), count, { name: 'Probe', maxLoops: 0.5 }), 'The until "Probe" has maxLoops 0.5'],
    ['a bad name', () => untilNode(is(1), count, { name: 'a#1' }), 'An until "a#1" contains "#"'],
  ])('is refused with %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it('goes on until its condition holds, once at least', async () => {
    expect(await walkOnce(untilNode(() => true, count))).toMatchObject({ kind: 'success', performed: ['until#1/A'], state: { n: 1 } });
    expect((await walkOnce(untilNode(is(3), count, { name: 'Probe' }))).performed).toEqual(['Probe#1/A', 'Probe#2/A', 'Probe#3/A']);
  });

  it('keeps one record of how far it has come, and covers each loop that is done', async () => {
    const root = untilNode(
      is(9),
      listNode([count, doing('B', { gives: ({ n }) => (n === 3 ? { kind: 'suspended', form: {} } : { kind: 'success', returned: {} }) })]),
    );
    const { runner } = await walkOnce(root, { start: { n: 0, x: 1 } });
    const live = [...runner.records.values()].filter(({ retired }) => !retired);
    expect(live.map(({ path }) => path).sort()).toEqual(['until', 'until#3/A', 'until#3/B']);
    expect(runner.record('until')?.decision).toEqual({ loop: 2, left: null, changes: { set: { n: 2 }, unset: [] } });
    runner.answer('until#3/B', { set: { n: 8 }, unset: ['x'] });
    expect(await walkOnce(root, { start: { n: 0, x: 1 }, text: runner.text })).toMatchObject({
      kind: 'success',
      performed: ['until#4/A', 'until#4/B'],
    });
  });

  it('fails after so many loops, keeps what they changed, and gets as many again from a retry', async () => {
    const root = untilNode(is(5), count, { maxLoops: 2 });
    let { runner, outcome, state, performed } = await walkOnce(root);
    expect(performed).toHaveLength(2);
    expect(state).toEqual({ n: 2 });
    expect(outcome).toMatchObject({
      failure: { code: 'max_loops', message: '"until" has gone through 2 loops, and its condition does not hold.', retryable: true },
    });
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ outcome, state, performed: [] });
    runner.clear('until');
    ({ runner, outcome, performed } = await walkOnce(root, { text: runner.text }));
    expect([outcome.kind, performed]).toEqual(['failed', ['until#3/A', 'until#4/A']]);
    runner.clear('until');
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'success', performed: ['until#5/A'], state: { n: 5 } });
  });

  it('fails where its condition throws, and asks it again after a retry, with no other loop', async () => {
    const throws = () => {
      throw new Error('no link');
    };
    const { runner, outcome } = await walkOnce(untilNode(throws, count));
    expect(outcome).toMatchObject({ failure: { code: 'predicate_threw', message: 'The condition of "until" failed: no link' } });
    runner.clear('until');
    expect(await walkOnce(untilNode(is(1), count), { text: runner.text })).toMatchObject({
      kind: 'success',
      performed: [],
      state: { n: 1 },
    });
  });
});

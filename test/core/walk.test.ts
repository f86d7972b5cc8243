import { describe, expect, it } from 'vitest';
import { conditionalNode } from '../../src/core/nodes/conditional.js';
import { listNode } from '../../src/core/nodes/list.js';
import { NO_CHANGES, type State } from '../../src/core/state.js';
import { changing, doing } from '../support/doing.js';
import type { Given } from '../support/journal-runner.js';
import { walkOnce } from '../support/walk-once.js';

const skipped: Given = { kind: 'skipped', reason: 'nothing to do' };
const asks: Given = { kind: 'suspended', form: {} };
const fails: Given = { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } };

describe('walk, of a step', () => {
  it.each<[string, Given, State]>([
    ['success', { kind: 'success', returned: { b: 2, a: undefined } }, { b: 2 }],
    ['complete', { kind: 'complete', returned: { b: 2 } }, { a: 1, b: 2 }],
    ['skipped', skipped, { a: 1 }],
    ['suspended', asks, { a: 1 }],
    ['waiting', { kind: 'waiting', until: 5, reason: 'later' }, { a: 1 }],
    ['awaiting_callback', { kind: 'awaiting_callback', tokenHash: 'x', changes: NO_CHANGES }, { a: 1 }],
    ['failed', fails, { a: 1 }],
    ['cancelled', { kind: 'cancelled', by: 'B' }, { a: 1 }],
    ['aborted', { kind: 'aborted', reason: 'no more' }, { a: 1 }],
  ])('gives %s, and the journal answers the same from then on', async (kind, gives, state) => {
    const step = doing('A', { gives });
    const first = await walkOnce(step, { start: { a: 1 } });
    expect(first).toMatchObject({ kind, state, performed: ['A'] });
    const second = await walkOnce(step, { start: { a: 1 }, text: first.text });
    expect(second).toMatchObject({ outcome: first.outcome, state, performed: [], text: first.text });
  });
});

describe('walk, of a list', () => {
  const three = (middle: Given) =>
    listNode([
      changing('A', () => ({ a: 1 })),
      listNode([doing('B', { gives: middle })], 'Middle'),
      changing('C', ({ a, b }) => ({ c: [a ?? null, b ?? null] })),
    ]);

  it('performs its nodes in order, each with what the ones before it changed', async () => {
    expect(await walkOnce(three({ kind: 'success', returned: { b: 2 } }))).toMatchObject({
      kind: 'success',
      performed: ['A', 'Middle/B', 'C'],
      state: { a: 1, b: 2, c: [1, 2] },
    });
  });

  it('goes on after a skipped step', async () => {
    expect(await walkOnce(three(skipped))).toMatchObject({ kind: 'success', performed: ['A', 'Middle/B', 'C'], state: { c: [1, null] } });
  });

  it('is skipped when every step was', async () => {
    expect(await walkOnce(listNode([doing('A', { gives: skipped }), doing('B', { gives: skipped })]))).toMatchObject({ kind: 'skipped' });
  });

  it.each<[Given]>([
    [asks],
    [fails],
    [{ kind: 'waiting', reason: 'later' }],
    [{ kind: 'awaiting_callback', tokenHash: 'x', changes: NO_CHANGES }],
  ])('stops at a step that gives %j, and does not perform it again by itself', async (gives) => {
    const first = await walkOnce(three(gives));
    expect(first).toMatchObject({ outcome: gives, performed: ['A', 'Middle/B'], state: { a: 1 } });
    expect(await walkOnce(three(gives), { text: first.text })).toMatchObject({ outcome: gives, performed: [], state: { a: 1 } });
  });

  it('goes on behind an answer, with what it changed', async () => {
    const { runner } = await walkOnce(three(asks));
    runner.answer('Middle/B', { set: { b: 'yes' }, unset: ['a'] });
    expect(await walkOnce(three(asks), { text: runner.text })).toMatchObject({
      kind: 'success',
      performed: ['C'],
      state: { b: 'yes', c: [null, 'yes'] },
    });
  });

  it('performs a cleared step again, as its next attempt', async () => {
    const root = listNode([
      doing('A'),
      doing('B', { gives: (_, attempt) => (attempt < 2 ? fails : { kind: 'success', returned: { attempt } }) }),
    ]);
    const { runner } = await walkOnce(root);
    runner.clear('B');
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'success', performed: ['B'], state: { attempt: 2 } });
  });

  it('ends everything at a step that completes, however deep it stands', async () => {
    const root = listNode([conditionalNode(() => true, three({ kind: 'complete', returned: { b: 2 } })), doing('D')]);
    const first = await walkOnce(root);
    expect(first).toMatchObject({ kind: 'complete', performed: ['A', 'Middle/B'], state: { a: 1, b: 2 } });
    expect(await walkOnce(root, { text: first.text })).toMatchObject({ kind: 'complete', performed: [], state: { a: 1, b: 2 } });
  });

  it.each([
    [0, [], []],
    [1, [], ['A']],
    [2, ['A'], ['A']],
    [3, ['A'], ['A']],
    [4, ['A'], ['A']],
    [6, ['A', 'Middle/B'], ['A', 'Middle/B']],
    [12, ['A', 'Middle/B', 'C'], ['A', 'Middle/B', 'C']],
  ])(
    'is halted by a cut after %d moments, and resumed without doing anything twice that is recorded',
    async (moments, performed, recorded) => {
      const root = three({ kind: 'success', returned: { b: 2 } });
      const cut = await walkOnce(root, { moments });
      expect(cut).toMatchObject({ kind: 'halted', performed });
      expect([...cut.runner.records.keys()]).toEqual(recorded);
      const done = recorded.filter((path) => cut.runner.record(path)?.outcome);
      const next = await walkOnce(root, { text: cut.text });
      expect(next).toMatchObject({ kind: 'success', state: { a: 1, b: 2, c: [1, 2] } });
      expect([...done, ...next.performed]).toEqual(['A', 'Middle/B', 'C']);
    },
  );
});

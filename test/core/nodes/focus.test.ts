import { describe, expect, it } from 'vitest';
import { focusNode } from '../../../src/core/nodes/focus.js';
import { listNode } from '../../../src/core/nodes/list.js';
import type { State } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

const asks: Given = { kind: 'suspended', form: {} };

describe('the walk of a focus', () => {
  it.each<[string, State, State]>([
    ['an object', { order: { a: 1, b: 2 }, z: 0 }, { order: { b: 3 }, z: 0 }],
    ['no value', { z: 0 }, { order: { b: 1 }, z: 0 }],
    ['null', { order: null }, { order: { b: 1 } }],
  ])('shows its steps %s as their whole state, and changes only that', async (_, start, state) => {
    const root = focusNode(
      'order',
      changing('A', ({ a, b, ...rest }) => ({ a: undefined, b: b === 2 ? 3 : Object.keys(rest).length + 1 })),
    );
    const first = await walkOnce(root, { start });
    expect(first).toMatchObject({ kind: 'success', performed: ['A'] });
    expect(first.state).toEqual(state);
    expect((await walkOnce(root, { start, text: first.text })).state).toEqual(state);
    expect(Object.isFrozen(first.state.order)).toBe(true);
  });

  it('sets no key when nothing changed', async () => {
    expect((await walkOnce(focusNode('order', doing('A')), { start: { z: 0 } })).state).toEqual({ z: 0 });
  });

  it('keeps what was changed before a step that stands', async () => {
    const root = focusNode('order', listNode([changing('A', () => ({ a: 1 })), doing('B', { gives: asks })]), 'Order');
    expect(await walkOnce(root)).toMatchObject({ kind: 'suspended', performed: ['Order/A', 'Order/B'], state: { order: { a: 1 } } });
  });

  it.each<[State[string], string]>([
    ['text', '"text"'],
    [0, '0'],
    [[1], '[1]'],
  ])('fails at its own path on %j, until it is cleared and finds an object', async (order, shown) => {
    const tree = (value: State[string]) =>
      listNode([
        doing('A'),
        focusNode(
          'order',
          changing('B', () => ({ b: value })),
        ),
      ]);
    const first = await walkOnce(tree(1), { start: { order } });
    expect(first).toMatchObject({ kind: 'failed', performed: ['A'] });
    expect(first.runner.record('B#focus')?.outcome).toEqual({
      kind: 'failed',
      failure: {
        code: 'focus_not_object',
        message: `focus("order") needs an object under the state key "order", which holds ${shown}.`,
        retryable: false,
      },
    });
    expect(await walkOnce(tree(1), { start: { order: {} }, text: first.text })).toMatchObject({ kind: 'failed', performed: [] });
    first.runner.clear('B#focus');
    expect(await walkOnce(tree(1), { start: { order: {} }, text: first.runner.text })).toMatchObject({
      performed: ['B'],
      state: { order: { b: 1 } },
    });
  });

  it('goes into the focus of a focus', async () => {
    const root = focusNode(
      'a',
      focusNode(
        'b',
        changing('A', ({ n }) => ({ n: Number(n) + 1 })),
      ),
    );
    expect((await walkOnce(root, { start: { a: { b: { n: 1 }, c: 2 } } })).state).toEqual({ a: { b: { n: 2 }, c: 2 } });
  });
});

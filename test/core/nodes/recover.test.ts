import { describe, expect, it } from 'vitest';
import { listNode } from '../../../src/core/nodes/list.js';
import { parallelNode } from '../../../src/core/nodes/parallel.js';
import { recoverNode } from '../../../src/core/nodes/recover.js';
import { NO_CHANGES } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

const fails: Given = { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } };
const asks: Given = { kind: 'suspended', form: {} };
const tries = listNode([changing('A', () => ({ a: 1 })), doing('B', { gives: fails }), doing('C')]);

describe('a recover', () => {
  it('is refused with a bad name', () => {
    expect(() => recoverNode(doing('A'), doing('B'), { name: 'a[1]' })).toThrow('A recover "a[1]" contains "["');
  });

  it.each<[string, Given]>([
    ['success', { kind: 'success', returned: { b: 1 } }],
    ['skipped', { kind: 'skipped', reason: 'no' }],
    ['suspended', asks],
    ['waiting', { kind: 'waiting', reason: 'later' }],
    ['awaiting_callback', { kind: 'awaiting_callback', tokenHash: 'x', changes: NO_CHANGES }],
    ['cancelled', { kind: 'cancelled', by: 'X' }],
    ['complete', { kind: 'complete', returned: { b: 1 } }],
  ])('leaves its handler alone where its body gives %s', async (kind, gives) => {
    expect(await walkOnce(recoverNode(doing('A', { gives }), doing('B')))).toMatchObject({ kind, performed: ['recover/A'] });
  });

  it('walks its handler after a failure, with what the body changed and the failure, which nobody after it sees', async () => {
    const handler = changing('H', ({ a, why }) => ({ h: [a ?? null, (why as { readonly message: string }).message] }));
    const root = listNode([
      recoverNode(tries, handler, { name: 'Try', as: 'why' }),
      changing('D', (state) => ({ d: Object.keys(state).sort() })),
    ]);
    const { runner, state, performed } = await walkOnce(root);
    expect(performed).toEqual(['Try/A', 'Try/B', 'Try[handler]/H', 'D']);
    expect(state).toEqual({ a: 1, h: [1, 'no route'], d: ['a', 'h'] });
    expect(runner.standing).toEqual([]);
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'success', performed: [], state });
  });

  it('does not walk its body again once it has called the handler, whatever becomes of that', async () => {
    const handler = (gives: Given) => recoverNode(tries, doing('H', { gives }));
    const { runner, outcome } = await walkOnce(handler({ kind: 'failed', failure: { code: 'x', message: 'nor this', retryable: true } }));
    expect(outcome).toEqual({
      kind: 'failed',
      failure: { code: 'x', message: 'nor this', retryable: true, cause: { code: 'step_threw', message: 'no route', retryable: true } },
    });
    expect(await walkOnce(handler(asks), { text: runner.text })).toMatchObject({ outcome, performed: [] });
    runner.clear('recover[handler]/H');
    const second = await walkOnce(handler(asks), { text: runner.text });
    expect(second).toMatchObject({ kind: 'suspended', performed: ['recover[handler]/H'], state: { a: 1 } });
    second.runner.answer('recover[handler]/H', { set: { h: 1 }, unset: [] });
    expect(await walkOnce(handler(asks), { text: second.runner.text })).toMatchObject({ kind: 'success', state: { a: 1, h: 1 } });
  });

  it('covers what its body left open, a form among it', async () => {
    const body = parallelNode([doing('A', { gives: asks }), doing('B', { gives: fails })].map((node) => ({ name: undefined, node })));
    const { runner, kind } = await walkOnce(recoverNode(body, doing('H')));
    expect(kind).toBe('success');
    expect(runner.standing).toEqual([]);
    expect(runner.record('recover/parallel/A')?.retired).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { withLockNode } from '../../../src/core/nodes/with-lock.js';
import { changing, doing } from '../../support/doing.js';
import { walkOnce } from '../../support/walk-once.js';

describe('a withLock', () => {
  it.each<[string, () => Node, string, string]>([
    ['no list', () => withLockNode('r' as never, doing('A')), 'bad_locks', 'The locks gave r; give a list of names'],
    ['an empty key', () => withLockNode([''], doing('A'), 'wait', 'Lock'), 'bad_locks', 'The withLock "Lock" gave [""]'],
    [
      'an unknown policy',
      () => withLockNode(['r'], doing('A'), 'hope' as never),
      'definition',
      'The locks has the policy "hope"; write one of wait, refuse, supersede.',
    ],
    ['a bad name', () => withLockNode(['r'], doing('A'), 'wait', 'a/b'), 'definition', 'A withLock "a/b" contains "/"'],
  ])('is refused with %s', (_, build, code, message) => {
    expect(build).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it.each([
    [undefined, 'A#lock', 'A', ['A#lock', 'A']],
    ['Lock', 'Lock#lock', 'Lock/A', ['Lock']],
  ])('under the name %s records at %s what it holds, before the step at %s starts', async (name, own, path, left) => {
    const root = listNode([
      withLockNode(
        ['r', 's', 'r'],
        changing('A', () => ({ a: 1 })),
        'wait',
        name,
      ),
      doing('B'),
    ]);
    const cut = await walkOnce(root, { moments: 2 });
    expect([...cut.runner.records.values()]).toMatchObject([{ path: own, decision: ['r', 's'], outcome: { kind: 'success' } }, { path }]);
    const { runner, state } = await walkOnce(root, { text: cut.text });
    expect(state).toEqual({ a: 1 });
    expect([...runner.records.values()].filter(({ retired }) => !retired).map((record) => record.path)).toEqual([...left, 'B']);
  });

  it.each([
    ['busy', 'waiting'],
    ['taken', 'failed'],
  ])('gives what becomes of a lock that is %s, and asks for the same ones again', async (key, kind) => {
    const { runner, performed, kind: given } = await walkOnce(withLockNode(() => [key], doing('A')));
    expect([given, performed]).toEqual([kind, []]);
    const other = withLockNode(() => ['other'], doing('A'));
    expect(await walkOnce(other, { text: runner.text })).toMatchObject({ kind, performed: [] });
    runner.clear('A#lock');
    const second = await walkOnce(other, { text: runner.text });
    expect(second).toMatchObject({ kind: 'success', performed: ['A'] });
    expect(second.runner.record('A#lock')?.decision).toEqual([key]);
  });

  it('does not ask for what is held around it, for it would wait for itself', async () => {
    const root = withLockNode(['r'], withLockNode(['r', 's'], withLockNode(['s'], doing('A')), 'wait', 'Inner'), 'wait', 'Outer');
    const { runner } = await walkOnce(root, { moments: 3 });
    expect([...runner.records.values()].map(({ path, decision }) => [path, decision])).toEqual([
      ['Outer#lock', ['r']],
      ['Outer/Inner#lock', ['s']],
      ['Outer/Inner/A', undefined],
    ]);
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'success', performed: ['Outer/Inner/A'] });
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no router');
      },
      'The locks of "A#lock" failed: no router',
    ],
    ['gives no list', () => 5, 'The function of the locks gave 5; give a list of names'],
    ['is async', async () => ['r'], 'it returned a promise; return a list of names'],
  ])('fails at its own path where its function %s, and asks again after a retry', async (_, keys, message) => {
    const { runner, outcome } = await walkOnce(withLockNode(keys as never, doing('A')));
    expect(outcome).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining(message) } });
    runner.clear('A#lock');
    expect(
      (
        await walkOnce(
          withLockNode(() => ['r'], doing('A')),
          { text: runner.text },
        )
      ).performed,
    ).toEqual(['A']);
  });
});

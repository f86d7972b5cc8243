import { describe, expect, it } from 'vitest';
import { conditionalNode } from '../../../src/core/nodes/conditional.js';
import { listNode } from '../../../src/core/nodes/list.js';
import { doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

const asks: Given = { kind: 'suspended', form: {} };

describe('the walk of a conditional', () => {
  it('performs its node where the condition holds, and skips it where not', async () => {
    const root = conditionalNode((state) => state.go === true, doing('A'));
    expect(await walkOnce(root, { start: { go: true } })).toMatchObject({ kind: 'success', performed: ['A'] });
    expect(await walkOnce(root, { start: { go: false } })).toMatchObject({
      outcome: { kind: 'skipped', reason: 'the condition does not hold' },
      performed: [],
    });
  });

  it.each([
    [undefined, 'A#if', 'A'],
    ['Maybe', 'Maybe#if', 'Maybe/A'],
  ])('records under the name %s its decision at %s before the step at %s starts', async (name, own, path) => {
    const root = conditionalNode(() => true, doing('A'), name);
    const { runner } = await walkOnce(root, { moments: 1 });
    expect([...runner.records.values()]).toMatchObject([
      { path: own, decision: true, outcome: null },
      { path, outcome: null, attempt: 1 },
    ]);
  });

  it.each([true, false])('keeps the decision %s, whatever the state and the predicate say later', async (holds) => {
    const tree = (predicate: () => boolean) =>
      listNode([conditionalNode(predicate, doing('A', { gives: asks })), doing('B', { gives: asks })]);
    const { runner } = await walkOnce(tree(() => holds));
    for (const path of ['A', 'B']) if (runner.record(path)) runner.answer(path, { set: { [path]: 1 }, unset: [] });
    const refuses = () => {
      throw new Error('asked again');
    };
    const later = await walkOnce(tree(refuses), { text: runner.text });
    expect(later.performed).toEqual(holds ? ['B'] : []);
    expect(later.state).toEqual(holds ? { A: 1 } : { B: 1 });
  });

  const broken: readonly (readonly [string, () => unknown, string])[] = [
    [
      'throws',
      () => {
        throw new Error('no such thing');
      },
      'no such thing',
    ],
    ['returns nothing', () => undefined, 'it returned undefined; return true or false'],
    ['returns text', () => 'yes'.repeat(100), `it returned "${'yes'.repeat(26)}y; return true or false`],
    ['returns an object', () => ({ id: 1 }), 'it returned an object; return true or false'],
    ['returns a list', () => [], 'it returned []; return true or false'],
    ['is async', async () => true, 'it returned a promise; return true or false'],
    [
      'is async and throws',
      async () => {
        throw new Error('later');
      },
      'it returned a promise; return true or false',
    ],
  ];

  it.each(broken)('fails at its own path when the predicate %s', async (_, predicate, why) => {
    const root = listNode([conditionalNode(predicate as () => boolean, doing('A'), 'Maybe'), doing('B')]);
    const first = await walkOnce(root);
    expect(first).toMatchObject({ kind: 'failed', performed: [] });
    expect(first.runner.record('Maybe#if')?.outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'predicate_threw', message: `The condition at "Maybe#if" failed: ${why}` },
    });
    const mended = listNode([conditionalNode(() => true, doing('A'), 'Maybe'), doing('B')]);
    expect(await walkOnce(mended, { text: first.text })).toMatchObject({ kind: 'failed', performed: [] });
    first.runner.clear('Maybe#if');
    expect(await walkOnce(mended, { text: first.runner.text })).toMatchObject({ kind: 'success', performed: ['Maybe/A', 'B'] });
  });
});

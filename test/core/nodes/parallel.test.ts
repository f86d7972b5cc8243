import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.js';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { type ParallelOptions, parallelNode } from '../../../src/core/nodes/parallel.js';
import type { State } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

const asks: Given = { kind: 'suspended', form: {} };
const waits: Given = { kind: 'waiting', reason: 'later' };
const fails: Given = { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } };
const fine: Given = { kind: 'success', returned: undefined };

const parallel = (nodes: readonly Node[], options?: ParallelOptions) =>
  parallelNode(
    nodes.map((node) => ({ name: undefined, node })),
    options,
  );
const setting = (name: string, returned: State) => changing(name, () => returned);
const first = (given: Given) => (_: State, attempt: number) => (attempt === 1 ? given : fine);

describe('a parallel', () => {
  it.each<[string, () => Node, string]>([
    ['no branches', () => parallel([]), 'The parallel "parallel" has no branches; give it at least one.'],
    ['a bad name', () => parallel([doing('A')], { name: 'a/b' }), 'A parallel "a/b" contains "/"'],
    [
      'a bad name of a branch',
      () => parallelNode([{ name: 'a#1', node: doing('A') }]),
      'A branch of the parallel "parallel" "a#1" contains "#"',
    ],
    [
      'two branches of one name',
      () => parallelNode(['x', 'x'].map((name) => ({ name, node: doing('A') }))),
      'The parallel "parallel" has two branches named "x"; give one of them another name.',
    ],
    [
      'a branch named like a neighbour',
      () =>
        parallelNode([
          { name: 'A', node: doing('B') },
          { name: undefined, node: doing('A') },
        ]),
      'two branches named "A"',
    ],
    ['two steps of one name side by side', () => parallel([doing('A'), listNode([doing('A')])]), 'Two steps are named "A"'],
    [
      'no workers',
      () => parallel([doing('A')], { maxWorkers: 0 }),
      'The parallel "parallel" has maxWorkers 0; write a whole number from 1.',
    ],
    ['half a worker', () => parallel([doing('A')], { maxWorkers: 1.5 }), 'has maxWorkers 1.5'],
    ['no number of workers', () => parallel([doing('A')], { maxWorkers: Number.NaN }), 'has maxWorkers NaN'],
  ])('is refused with %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it('shows each branch the state at entry, and merges in declared order whatever ends first', async () => {
    const seen = (name: string) => changing(name, (state) => ({ [name]: Object.keys(state) }));
    const root = listNode([setting('X', { x: 1 }), parallel([listNode([seen('A'), seen('B')]), seen('C')]), seen('D')]);
    for (const late of [[], ['parallel/A'], ['parallel/C']]) {
      const { state, kind } = await walkOnce(root, { late });
      expect(kind).toBe('success');
      expect(state).toEqual({ x: 1, A: ['x'], B: ['x', 'A'], C: ['x'], D: ['x', 'A', 'B', 'C'] });
      expect(Object.keys(state)).toEqual(['x', 'A', 'B', 'C', 'D']);
    }
  });

  it.each<[string, State, State, State, Json]>([
    ['different values', {}, { x: 1 }, { x: 2 }, { key: 'x', branches: ['A', 'B'] }],
    ['a value and none', { x: 0 }, { x: undefined } as unknown as State, { x: 2 }, { key: 'x', branches: ['A', 'B'] }],
    ['two keys', {}, { z: 1, y: 1 }, { y: 2, z: 2 }, { key: 'y', branches: ['A', 'B'] }],
  ])('fails where branches leave %s, at its own path and whatever the timing', async (_, start, a, b, details) => {
    const root = parallel([setting('A', a), setting('B', b), setting('C', { c: 1 })]);
    for (const late of [[], ['parallel/A'], ['parallel/B', 'parallel/A']]) {
      const { runner, outcome, text } = await walkOnce(root, { start, late });
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'state_conflict', details } });
      expect(runner.standing.map(({ path }) => path)).toEqual(['parallel']);
      expect(await walkOnce(root, { start, text })).toMatchObject({ performed: [], outcome });
      runner.clear('parallel');
      const mended = parallel(
        root.branches.map(({ node }) => node),
        { merge: (key, values) => `${key}${values.length}` },
      );
      expect(await walkOnce(mended, { start, text: runner.text })).toMatchObject({ kind: 'success', performed: [], state: { c: 1 } });
    }
  });

  it('takes the same value from several branches, and asks its merge function only about different ones', async () => {
    const asked: unknown[] = [];
    const merge = (key: string, values: readonly (Json | undefined)[], before: Json | undefined) => {
      asked.push([key, values, before]);
      return undefined;
    };
    const root = parallel([setting('A', { x: 1, y: 1 }), setting('B', { x: 1, y: 2 }), setting('C', { z: 1 })], { merge });
    expect((await walkOnce(root, { start: { y: 0 }, late: ['parallel/A'] })).state).toEqual({ x: 1, z: 1 });
    expect(asked).toEqual([['y', [1, 2], 0]]);
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
      'The merge function of "parallel" failed: no idea',
    ],
    ['is async', async () => 1, 'The merge function of "parallel" failed: it returned a promise; return a value'],
    ['gives no JSON', () => new Map(), 'merge() returned for "x" what is a Map'],
  ])('fails at its own path where its merge function %s', async (_, merge, message) => {
    const root = parallel([setting('A', { x: 1 }), setting('B', { x: 2 })], { merge: merge as never });
    expect((await walkOnce(root)).runner.record('parallel')?.outcome).toMatchObject({
      failure: { message: expect.stringContaining(message) },
    });
  });

  it('gives the worst of its branches, once every one that could go on has done so', async () => {
    const ending = (name: string, given: Given) => listNode([doing(name), doing(`${name}2`, { gives: given })]);
    const root = parallel([ending('A', asks), ending('B', waits), ending('C', fails), ending('D', fine)]);
    const { runner, kind, performed } = await walkOnce(root);
    expect(kind).toBe('failed');
    expect(performed).toHaveLength(8);
    expect(runner.standing.map(({ outcome }) => outcome?.kind)).toEqual(['suspended', 'waiting', 'failed']);
  });

  it('lets an answer move its own branch on, and performs nothing in another', async () => {
    const branch = (name: string) => listNode([doing(name, { gives: asks }), doing(`after ${name}`)]);
    const root = parallel([branch('A'), branch('B'), doing('C', { gives: first(fails) })]);
    const { runner } = await walkOnce(root);
    runner.answer('parallel/B', { set: { b: 1 }, unset: [] });
    const second = await walkOnce(root, { text: runner.text });
    expect(second).toMatchObject({ kind: 'failed', performed: ['parallel/after B'] });
    second.runner.clear('parallel/C');
    second.runner.answer('parallel/A', { set: {}, unset: [] });
    expect(await walkOnce(root, { text: second.runner.text })).toMatchObject({ kind: 'success', state: { b: 1 } });
  });

  it('makes a step that would complete everything a failure', async () => {
    const root = parallel([doing('A', { gives: { kind: 'complete', returned: undefined } }), doing('B')]);
    expect(await walkOnce(root)).toMatchObject({ outcome: { failure: { code: 'bad_result' } }, performed: ['parallel/A', 'parallel/B'] });
  });

  it('works on no more branches at once than it has workers, and one that waits is not worked on', async () => {
    const branch = (name: string, given: Given = fine) => listNode([doing(name, { gives: first(given) }), doing(`${name}2`)]);
    const root = parallel([branch('A', waits), branch('B'), parallel([doing('C1'), doing('C2')], { name: 'C' }), branch('D')], {
      maxWorkers: 2,
    });
    const { runner, kind } = await walkOnce(root);
    expect(kind).toBe('waiting');
    const branches = runner.bodies.together.map((paths) => new Set(paths.map((path) => path.split('/')[1]?.[0])).size);
    expect(Math.max(...branches)).toBe(2);
    expect(runner.performed).toHaveLength(7);
  });

  it('covers what is inside it once it has ended', async () => {
    const { runner, text } = await walkOnce(parallel([setting('A', { a: 1 }), setting('B', { b: 1 })]));
    expect([...runner.records.values()].map(({ path, retired }) => [path, retired])).toEqual([
      ['parallel/A', true],
      ['parallel/B', true],
      ['parallel', undefined],
    ]);
    expect(await walkOnce(parallel([doing('A')]), { text })).toMatchObject({ performed: [], state: { a: 1, b: 1 } });
  });

  it('keeps what was changed for a step that was skipped', async () => {
    const edit = {
      path: '#edit-1',
      outcome: { kind: 'success', changes: { set: { a: 1 }, unset: [] } },
      decision: { before: 'parallel/A' },
      attempt: 1,
      countsFrom: { attempt: 0, at: 0 },
      startedAt: 0,
    };
    const root = parallel([doing('A', { gives: { kind: 'skipped', reason: 'no' } })]);
    const one = await walkOnce(root, { text: JSON.stringify([edit]) });
    expect(one.state).toEqual({ a: 1 });
    expect(await walkOnce(root, { text: one.text })).toMatchObject({ state: { a: 1 }, performed: [] });
  });
});

describe('a parallel that fails fast', () => {
  it('tells running steps, starts no further one, and after a retry does what is left', async () => {
    const minds = doing('A', { gives: (_, attempt) => (attempt === 1 ? fails : fine) });
    const root = parallel([minds, doing('B', { gives: first(fails) }), listNode([doing('C'), doing('D')])], { failFast: true });
    const { runner, outcome, performed } = await walkOnce(root, { late: ['parallel/C', 'parallel/A'] });
    expect(outcome).toEqual(fails);
    expect(performed).toEqual(['parallel/A', 'parallel/B', 'parallel/C']);
    expect(runner.record('parallel/A')?.outcome).toEqual({ kind: 'cancelled', by: 'parallel/B' });
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ outcome: fails, performed: [] });
    for (const path of ['parallel/A', 'parallel/B']) runner.clear(path);
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({
      kind: 'success',
      performed: ['parallel/A', 'parallel/B', 'parallel/D'],
    });
  });

  it.each([1, 2, undefined])(
    'knows of a failure in a later branch before a step in an earlier one starts, with %s workers',
    async (maxWorkers) => {
      const root = parallel([doing('A', { gives: first(waits) }), doing('B', { gives: first(fails) })], {
        failFast: true,
        ...(maxWorkers ? { maxWorkers } : {}),
      });
      const { runner } = await walkOnce(root);
      runner.clear('parallel/A');
      const second = await walkOnce(root, { text: runner.text });
      expect(second).toMatchObject({ outcome: fails, performed: [] });
      second.runner.clear('parallel/B');
      expect(await walkOnce(root, { text: second.runner.text })).toMatchObject({
        kind: 'success',
        performed: ['parallel/A', 'parallel/B'],
      });
    },
  );

  it('knows of it through a branch that fails fast itself', async () => {
    const inner = parallel([doing('B', { gives: first(waits) }), doing('C', { gives: first(fails) })], { failFast: true, name: 'inner' });
    const root = parallel([doing('A', { gives: first(waits) }), inner], { failFast: true });
    const { runner } = await walkOnce(root);
    for (const path of ['parallel/A', 'parallel/inner/B']) runner.clear(path);
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ outcome: fails, performed: [] });
  });
});

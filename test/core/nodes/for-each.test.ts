import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.js';
import { type ForEachOptions, forEachNode, type Items } from '../../../src/core/nodes/for-each.js';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import type { State } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

const asks: Given = { kind: 'suspended', form: {} };
const fails: Given = { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } };
const fine: Given = { kind: 'success', returned: undefined };

/** A step that gives this for the item 1 at first. */
const atOne = (given: Given) => doing('A', { gives: ({ item }, attempt) => (item === 1 && attempt === 1 ? given : fine) });

describe('a forEach', () => {
  it.each<[string, () => Node, string]>([
    ['no key', () => forEachNode('', doing('A')), 'The forEach "forEach" takes the state key of its items, or a function'],
    ['what is no key', () => forEachNode(7 as never, doing('A')), 'takes the state key of its items'],
    ['a bad name', () => forEachNode('x', doing('A'), { name: 'a[0]' }), 'A forEach "a[0]" contains "["'],
    ['no concurrency', () => forEachNode('x', doing('A'), { concurrency: 0 }), 'has concurrency 0; write a whole number from 1.'],
    ['a reserved key', () => forEachNode('x', doing('A'), { as: 'ctx' }), 'The forEach "forEach" has as "ctx", which no state key can be'],
    ['an empty key', () => forEachNode('x', doing('A'), { keyAs: '' }), 'has keyAs ""'],
    ['the prototype', () => forEachNode('x', doing('A'), { collect: '__proto__' }), 'has collect "__proto__"'],
  ])('is refused with %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it.each<[string, Items, readonly string[], State]>([
    [
      'a list',
      ['a', null, 2],
      ['Ports[0]/A', 'Ports[1]/A', 'Ports[2]/A'],
      {
        seen: [
          ['a', 0],
          [null, 1],
          [2, 2],
        ],
      },
    ],
    [
      'a map',
      { 'ge-0/0': 1, x: [] },
      ['Ports[ge-0%2F0]/A', 'Ports[x]/A'],
      {
        seen: [
          [1, 'ge-0/0'],
          [[], 'x'],
        ],
      },
    ],
    ['nothing in a list', [], [], { seen: [] }],
    ['nothing in a map', {}, [], { seen: [] }],
  ])('goes through %s, from a key or a function, and collects what each item left', async (_, items, performed, state) => {
    const body = changing('A', ({ port, at }) => ({ seen: [port ?? null, at ?? null], other: 1 }));
    for (const from of ['ports', ({ ports }: State) => ports as Items]) {
      const root = forEachNode(from, body, { name: 'Ports', as: 'port', keyAs: 'at', collect: 'seen' });
      const one = await walkOnce(root, { start: { ports: items } });
      expect(one).toMatchObject({ kind: 'success', performed });
      expect(one.state).toEqual({ ports: items, ...state });
      expect((await walkOnce(root, { start: { ports: items }, text: one.text })).state).toEqual(one.state);
    }
  });

  it('collects null where an item left nothing, even if all were skipped', async () => {
    const root = forEachNode(() => [1, 2], doing('A', { gives: { kind: 'skipped', reason: 'no' } }), { collect: 'constructor' });
    const one = await walkOnce(root, { start: {} });
    expect(one.state).toEqual({ constructor: [null, null] });
    expect((await walkOnce(root, { text: one.text })).state).toEqual(one.state);
  });

  it('merges what items changed, in their order whatever ends first, each key once', async () => {
    const asked: unknown[] = [];
    const merge = (key: string, values: readonly (Json | undefined)[], before: Json | undefined) => {
      asked.push([key, values, before]);
      return key === 'gone' ? undefined : values.length;
    };
    const body = changing('A', ({ item }) => ({
      all: item,
      ...(item === 1 ? { gone: undefined } : {}),
      ...(item === 2 ? { two: 2 } : {}),
    }));
    const root = forEachNode(() => [0, 1, 2], body, { merge, concurrency: 3 });
    const { state } = await walkOnce(root, { start: { gone: 5 }, late: ['forEach[0]/A'] });
    expect(asked).toEqual([
      ['all', [0, 1, 2], undefined],
      ['gone', [undefined], 5],
      ['two', [2], undefined],
    ]);
    expect(state).toEqual({ all: 3, two: 1 });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'comes from a function, which gave nothing'],
    ['text', 'x', 'gave "x"; it must be a list, or an object of items by key.'],
    ['a promise', Promise.resolve([]), 'it returned a promise; return a list, or an object'],
    ['no JSON', [new Map()], "which can't be kept in the state as JSON"],
    ['half a surrogate pair', { '\ud83d': 1 }, "which can't stand in a path"],
  ])('fails at its own path where a function gives %s, and asks again after a retry', async (_, given, message) => {
    const first = await walkOnce(forEachNode(() => given as Items, doing('A')));
    expect(first.outcome).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining(message.replace('comes', 'come')) },
    });
    const mended = forEachNode(() => [1], doing('A'));
    expect(await walkOnce(mended, { text: first.text })).toMatchObject({ kind: 'failed', performed: [] });
    first.runner.clear('forEach');
    expect(await walkOnce(mended, { text: first.runner.text })).toMatchObject({ kind: 'success', performed: ['forEach[0]/A'] });
  });

  it.each<[Json | undefined, string]>([
    [undefined, 'which holds nothing'],
    [5, 'which holds 5'],
    [null, 'which holds null'],
  ])('fails where its key holds %j', async (items, message) => {
    const { outcome } = await walkOnce(forEachNode('ports', doing('A')), { start: items === undefined ? {} : { ports: items } });
    expect(outcome).toMatchObject({ failure: { code: 'bad_items', message: expect.stringContaining(message) } });
  });

  it('records what a function gave before the first step starts, and does not ask again', async () => {
    const { runner } = await walkOnce(
      forEachNode(() => ['a', 'b'], doing('A')),
      { moments: 1 },
    );
    expect([...runner.records.values()]).toMatchObject([{ path: 'forEach#items', decision: ['a', 'b'] }, { path: 'forEach[0]/A' }]);
    const other = forEachNode(() => ['c'], doing('A'));
    expect((await walkOnce(other, { text: runner.text })).performed).toEqual(['forEach[0]/A', 'forEach[1]/A']);
  });

  it('covers its items once it has ended', async () => {
    const { runner } = await walkOnce(forEachNode(() => [1], doing('A')));
    expect([...runner.records.values()].filter(({ retired }) => !retired).map(({ path }) => path)).toEqual(['forEach']);
  });

  it.each<[string, ForEachOptions, Given, readonly number[]]>([
    ['one that waits keeps its place', { concurrency: 1 }, asks, [0, 1]],
    ['two at once: one that waits keeps its place', { concurrency: 2 }, asks, [0, 1, 2, 3]],
    ['a failed one stops all', {}, fails, [0, 1]],
    ['a failed one makes room, unless it fails fast', { failFast: false }, fails, [0, 1, 2, 3]],
  ])('has so many items in progress: %s', async (_, options, given, reached) => {
    const root = forEachNode(() => [0, 1, 2, 3], atOne(given), options);
    const { runner, performed } = await walkOnce(root);
    expect(performed).toEqual(reached.map((item) => `forEach[${item}]/A`));
    expect((await walkOnce(root, { text: runner.text })).performed).toEqual([]);
    if (given === asks) runner.answer('forEach[1]/A', { set: {}, unset: [] });
    else runner.clear('forEach[1]/A');
    const rest = [0, 1, 2, 3].filter((item) => !reached.includes(item)).map((item) => `forEach[${item}]/A`);
    const expected = [...(given === asks ? [] : ['forEach[1]/A']), ...rest];
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'success', performed: expected });
  });

  it('begins no other item where a cancelled one is met before the failure', async () => {
    const minds = doing('A', { gives: ({ item }, attempt) => (Number(item) < 2 && attempt === 1 ? fails : fine) });
    const root = forEachNode(() => [0, 1, 2], listNode([minds, doing('B')]), { concurrency: 2 });
    const { runner } = await walkOnce(root, { late: ['forEach[0]/A'] });
    expect(runner.record('forEach[0]/A')?.outcome).toEqual({ kind: 'cancelled', by: 'forEach[1]' });
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ kind: 'failed', performed: [], text: runner.text });
  });
});

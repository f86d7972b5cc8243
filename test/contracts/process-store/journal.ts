import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessFact } from '../../../src/core/event.js';
import type { StepRecord } from '../../../src/core/journal.js';
import type { Json, JsonObject } from '../../../src/core/json.js';
import type { Outcome } from '../../../src/core/outcome.js';
import { commit, create, creating, formWait, NOW, stepRecord, success } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

/** JSON that a store may bend, if it does anything with it but keep it. */
const TRICKY: Readonly<Record<string, Json>> = {
  'scripts beyond ASCII': 'Zürich 上海 🚀 e\u0301 \u202e',
  'NUL and other control characters': '\u0000 a\u0000b \u0001 \u001f \u007f \r\n\t',
  'lone surrogates': '\ud800 \udfff',
  'quotes and escapes': `' " \\ \\u0000 \${x} %s ? $1 :name -- ;`,
  'the empty text': '',
  'texts that look like something else': ['null', 'true', '0', '{"a":1}', '2026-01-01T00:00:00.000Z', ' '],
  'numbers at the ends of their range': [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1.7976931348623157e308, 5e-324, 2 ** 63, 1e21],
  fractions: [0.1, 1 / 3, -1.5e-7, 100.00000000000001],
  'values that are falsy': [null, false, 0, ''],
  'empty lists and objects': [[], {}, [[]], [{}]],
  'keys that objects have anyway': { constructor: 1, toString: 2, hasOwnProperty: 3, '': 4, ' ': 5, 'a.b': 6, '0': 7, 'a"b': 8 },
};

const FACTS: readonly ProcessFact[] = [
  { type: 'process_created', at: NOW },
  { type: 'step_ended', path: 'Deploy/eu/Push config', at: NOW - 5, data: { outcome: 'success', attempt: 1 } },
  { type: 'process_status', at: NOW + 1, data: null },
  { type: 'step_cleared', path: 'Zürich 🚀', at: NOW, data: false },
];

function nested(depth: number): Json {
  return depth === 0 ? 'bottom' : { in: [nested(depth - 1)] };
}

export function journalContract(open: OpenStore): void {
  describe('records', () => {
    const stores = eachOpen(open);

    it.each<Outcome>([
      success(),
      success({ circuit: 'c-1', ports: [0, 1], gone: null }, ['order', 'Zürich']),
      { kind: 'skipped', reason: 'nothing to do' },
      { kind: 'suspended', form: { type: 'object', properties: {} } },
      { kind: 'suspended', form: null, assignee: 'NOC' },
      { kind: 'waiting', reason: 'a lock' },
      { kind: 'waiting', until: NOW + 60_000, reason: 'attempt 1 failed', failure: { code: 'step_threw', message: 'x', retryable: true } },
      { kind: 'waiting', child: '0b9d7c1e-1a52-4a55-8c1b-5e8a1f6f3c77', reason: 'another process is at work' },
      { kind: 'awaiting_callback', tokenHash: 'abc', changes: { set: {}, unset: [] } },
      { kind: 'awaiting_callback', tokenHash: 'abc', expiresAt: NOW, changes: { set: { order: 7 }, unset: ['a'] } },
      {
        kind: 'failed',
        failure: { code: 'step_threw', message: 'x', cause: { code: 'y', message: '', retryable: false }, retryable: false },
      },
      { kind: 'cancelled', by: 'east' },
      { kind: 'aborted', reason: '' },
      { kind: 'complete', changes: { set: { done: true }, unset: [] } },
    ])('keep the outcome %j', async (outcome) => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: [stepRecord('Step', { outcome })] }));
      expect(await store.records('p-1')).toStrictEqual([stepRecord('Step', { outcome })]);
    });

    it.each<Json>([false, null, 0, '', true, [], {}, { case: 'copper' }, ['a', 0, null]])('keep the decision %j', async (decision) => {
      const { store } = stores();
      const record = stepRecord('Step#if', { outcome: null, decision });
      await commit(store, creating('p-1', {}, { records: [record] }));
      expect(await store.records('p-1')).toStrictEqual([record]);
    });

    it.each<[string, StepRecord]>([
      ['all of its fields', { ...FULL_RECORD }],
      ['no more fields than it has', { path: 'Step', outcome: null, attempt: 1, countsFrom: { attempt: 0, at: NOW }, startedAt: NOW }],
      ['a path of every script', stepRecord(`#start/Zürich 🚀/Ports[ge-0%2F0%2F1]/${'long '.repeat(100)}`)],
    ])('keep %s', async (_, record) => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: [record] }));
      expect(await store.records('p-1')).toStrictEqual([record]);
    });

    it('take the place of the one at their path, whole', async () => {
      const { store } = stores();
      const again: StepRecord = {
        path: FULL_RECORD.path,
        outcome: null,
        attempt: 4,
        countsFrom: { attempt: 3, at: NOW + 9 },
        startedAt: NOW + 9,
      };
      await commit(store, creating('p-1', {}, { records: [FULL_RECORD] }));
      await commit(store, { process: 'p-1', records: [again] });
      expect(await store.records('p-1')).toStrictEqual([again]);
      await commit(store, { process: 'p-1', records: [FULL_RECORD] });
      expect(await store.records('p-1')).toStrictEqual([FULL_RECORD]);
    });

    it('come in the order in which their paths were first stored', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: ['C', 'A'].map((path) => stepRecord(path)) }));
      await commit(store, {
        process: 'p-1',
        records: ['B', 'A', 'C', 'D'].map((path) => stepRecord(path, { attempt: 2, startedAt: NOW - 1 })),
      });
      expect((await store.records('p-1')).map((record) => `${record.path}${record.attempt}`)).toEqual(['C2', 'A2', 'B2', 'D2']);
    });

    it('of paths that differ in case, accents or spaces are apart, as are those of other processes', async () => {
      const { store } = stores();
      const paths = ['Cafe', 'cafe', 'Caf\u00e9', 'Cafe\u0301', 'Cafe '];
      await create(store, 'p-1', 'P-1');
      await store.commit([
        { process: 'p-1', records: paths.map((path) => stepRecord(path)) },
        { process: 'P-1', records: [stepRecord('cafe', { attempt: 7 })] },
      ]);
      expect((await store.records('p-1')).map((record) => record.path)).toEqual(paths);
      expect(await store.records('P-1')).toStrictEqual([stepRecord('cafe', { attempt: 7 })]);
    });

    it('may be thousands in one write', async () => {
      const { store } = stores();
      const records = Array.from({ length: 3000 }, (_, index) => stepRecord(`Ports[${index}]/Enable`, { outcome: success({ index }) }));
      await commit(store, creating('p-1', {}, { records }));
      expect(await store.records('p-1')).toStrictEqual(records);
    });
  });

  describe('retired records', () => {
    const stores = eachOpen(open);

    /** The paths of all records of `p-1`, and of those that are live. */
    async function paths(): Promise<readonly (readonly string[])[]> {
      const { store } = stores();
      const found = [await store.records('p-1'), await store.liveRecords('p-1')];
      return found.map((records) => records.map(({ path, retired }) => (retired ? `${path}, retired` : path)));
    }

    it('are kept whole, and left out of those that are live', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: [stepRecord('A'), FULL_RECORD, stepRecord('B')] }));
      expect(await store.liveRecords('p-1')).toStrictEqual(await store.records('p-1'));
      await commit(store, { process: 'p-1', retire: [FULL_RECORD.path] });
      expect(await store.records('p-1')).toStrictEqual([stepRecord('A'), { ...FULL_RECORD, retired: true }, stepRecord('B')]);
      expect(await store.liveRecords('p-1')).toStrictEqual([stepRecord('A'), stepRecord('B')]);
    });

    it('may be among those that the same write stores', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: ['A', 'B', 'C'].map((path) => stepRecord(path)), retire: ['A', 'C'] }));
      expect(await paths()).toEqual([['A, retired', 'B', 'C, retired'], ['B']]);
    });

    it('are live again, at the same place, once they are written again, whatever they say of themselves', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { records: ['A', 'B', 'C', 'D'].map((path) => stepRecord(path)), retire: ['B', 'C', 'D'] }));
      const [, b] = await store.records('p-1');
      await commit(store, { process: 'p-1', records: [b!, stepRecord('C', { attempt: 2 })] });
      expect(await paths()).toEqual([
        ['A', 'B', 'C', 'D, retired'],
        ['A', 'B', 'C'],
      ]);
      await commit(store, { process: 'p-1', retire: ['C'] });
      expect(await paths()).toEqual([
        ['A', 'B', 'C, retired', 'D, retired'],
        ['A', 'B'],
      ]);
    });

    it('are at these paths of this process only, and a path without a record is no matter', async () => {
      const { store } = stores();
      await create(store, 'p-2');
      await commit(store, { process: 'p-2', records: [stepRecord('A')] });
      await commit(store, creating('p-1', {}, { records: ['A', 'A/B', 'B'].map((path) => stepRecord(path)) }));
      await commit(store, { process: 'p-1', retire: [] });
      await commit(store, { process: 'p-1', retire: ['A', 'X', 'A'] });
      expect(await paths()).toEqual([
        ['A, retired', 'A/B', 'B'],
        ['A/B', 'B'],
      ]);
      expect(await store.liveRecords('p-2')).toStrictEqual([stepRecord('A')]);
    });

    it('keep a decision of null apart from none', async () => {
      const { store } = stores();
      const decided = stepRecord('A', { outcome: null, decision: null });
      await commit(store, creating('p-1', {}, { records: [decided, stepRecord('B')], retire: ['A'] }));
      await commit(store, { process: 'p-1', records: [stepRecord('C', { outcome: null, decision: null })] });
      expect((await store.records('p-1')).map((record) => record.decision)).toStrictEqual([null, undefined, null]);
      expect((await store.liveRecords('p-1')).map((record) => 'decision' in record)).toEqual([false, true]);
    });
  });

  describe('JSON', () => {
    const stores = eachOpen(open);

    /** Stores a value everywhere where JSON can stand, and gives it back from there. */
    async function roundTrip(id: string, value: Json): Promise<readonly unknown[]> {
      const { store } = stores();
      const outcome = success({ value });
      await commit(
        store,
        creating(
          id,
          {},
          {
            records: [
              stepRecord('Step', { outcome, decision: value, failure: { code: 'x', message: '', details: value, retryable: false } }),
            ],
            openWaits: [formWait('Step', { form: value, progress: value })],
            facts: [{ type: 'step_ended', at: NOW, data: value }],
            snapshot: { value },
          },
        ),
      );
      const [[record], [wait], [fact], snapshot] = await Promise.all([
        store.records(id),
        store.waits(id),
        store.facts(id),
        store.snapshot(id),
      ]);
      const changed = record?.outcome?.kind === 'success' ? record.outcome.changes.set.value : undefined;
      return [changed, record?.decision, record?.failure?.details, wait?.form, wait?.progress, fact?.data, snapshot?.value];
    }

    it.each(Object.entries(TRICKY))('comes back exactly: %s', async (_, value) => {
      expect(await roundTrip('p-1', value)).toStrictEqual(Array(7).fill(value));
    });

    it('comes back exactly, nested 200 deep', async () => {
      const value = nested(100);
      expect(await roundTrip('p-1', value)).toStrictEqual(Array(7).fill(value));
    });

    it('comes back exactly, a million characters long', async () => {
      const value = 'ä🚀 '.repeat(250_000);
      for (const returned of await roundTrip('p-1', value)) expect(returned === value).toBe(true);
    });

    it('has one zero', async () => {
      for (const returned of await roundTrip('p-1', -0)) expect(returned === 0).toBe(true);
    });

    it('comes back exactly, whatever it is', async () => {
      let count = 0;
      const values = fc.json({ stringUnit: 'binary', maxDepth: 4 }).filter((text) => !text.includes('__proto__'));
      await fc.assert(
        fc.asyncProperty(values, async (text) => {
          const value = JSON.parse(text) as Json;
          expect(await roundTrip(`p-${count++}`, value)).toStrictEqual(Array(7).fill(value));
        }),
        { numRuns: 40 },
      );
    });

    it('is out of the reach of who gave it and of who reads it', async () => {
      const { store } = stores();
      const set = { list: [1] };
      const record = stepRecord('Step', { outcome: success(set) });
      await commit(store, creating('p-1', {}, { records: [record], snapshot: set }));
      set.list.push(2);
      const kept = stepRecord('Step', { outcome: success({ list: [1] }) });
      const [read] = await store.records('p-1');
      expect(read).toStrictEqual(kept);
      const readSnapshot = (await store.snapshot('p-1')) as { list: number[] };
      if (!Object.isFrozen(readSnapshot.list)) readSnapshot.list.push(3);
      expect(await store.records('p-1')).toStrictEqual([kept]);
      expect(await store.snapshot('p-1')).toStrictEqual({ list: [1] });
    });
  });

  describe('the snapshot', () => {
    const stores = eachOpen(open);

    it('is the latest one, whole; there is none at first', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      expect(await store.snapshot('p-1')).toBeUndefined();
      const states: readonly JsonObject[] = [{ a: 1, b: { c: 2 } }, { b: { d: 3 } }, {}];
      for (const snapshot of states) {
        await commit(store, { process: 'p-1', snapshot });
        await commit(store, { process: 'p-1', change: { updatedAt: NOW } });
        expect(await store.snapshot('p-1')).toStrictEqual(snapshot);
      }
      expect(await store.snapshot('p-2')).toBeUndefined();
    });
  });

  describe('facts', () => {
    const stores = eachOpen(open);

    it('come back as they were, in the order in which they were stored', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { facts: FACTS.slice(0, 2) }));
      await commit(store, { process: 'p-1', facts: FACTS.slice(2) });
      const stored = await store.facts('p-1');
      expect(stored).toStrictEqual(FACTS.map((fact, index) => ({ ...fact, id: stored[index]?.id, process: 'p-1' })));
    });

    it('can be read from one on', async () => {
      const { store } = stores();
      await store.commit([creating('p-1', {}, { facts: FACTS }), creating('p-2', {}, { facts: FACTS })]);
      const all = await store.facts('p-1');
      expect(await store.facts('p-1', all[1]!.id)).toStrictEqual(all.slice(2));
      expect(await store.facts('p-1', 0)).toStrictEqual(all);
      expect(await store.facts('p-1', all.at(-1)!.id)).toEqual([]);
    });

    it('have ids that grow, over all processes', async () => {
      const { store } = stores();
      const facts = FACTS.slice(0, 2);
      await store.commit([creating('p-1', {}, { facts }), creating('p-2', {}, { facts })]);
      await store.commit([{ process: 'p-2', facts }]);
      await store.commit([{ process: 'p-1', facts }]);
      const [one, two] = [await store.facts('p-1'), await store.facts('p-2')].map((stored) => stored.map((fact) => fact.id));
      const inOrder = [...one!.slice(0, 2), ...two!, ...one!.slice(2)];
      expect(inOrder).toEqual([...new Set(inOrder)].sort((a, b) => a - b));
      expect(inOrder).toHaveLength(8);
    });
  });
}

const FULL_RECORD: StepRecord = {
  path: 'Deploy/eu/Push config',
  outcome: { kind: 'waiting', until: NOW + 60_000, reason: 'attempt 3 failed' },
  decision: { loop: 3 },
  attempt: 3,
  failure: { code: 'step_threw', message: 'timed out', details: { code: 'ETIMEDOUT' }, retryable: true },
  countsFrom: { attempt: 1, at: NOW - 1000 },
  startedAt: NOW - 5,
  endedAt: NOW,
  by: 'noc@example.org',
  from: '7d0f3a52-9f4e-4a0c-8f0e-2f6f3b1c9a11',
};

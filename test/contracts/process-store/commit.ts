import { describe, expect, it } from 'vitest';
import type { ProcessRow, ProcessStore, ProcessWrite } from '../../../src/ports/process-store.js';
import { commit, create, creating, formWait, NOW, processRow, STORED, stepRecord } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

const CHANGED = { stored: false, why: 'changed' };

/** Every part that a write to a process can have, besides `change`. */
const PARTS: Partial<ProcessWrite> = {
  records: [stepRecord('Added')],
  openWaits: [formWait('Added')],
  facts: [{ type: 'step_ended', path: 'Added', at: NOW }],
  snapshot: { added: true },
};

/** All that is stored of a process. */
async function everything(store: ProcessStore, id: string) {
  const [row, records, waits, facts, snapshot] = await Promise.all([
    store.process(id),
    store.records(id),
    store.waits(id),
    store.facts(id),
    store.snapshot(id),
  ]);
  return { row, records, waits, facts, snapshot };
}

const NOTHING = { row: undefined, records: [], waits: [], facts: [], snapshot: undefined };

export function commitContract(open: OpenStore): void {
  describe('a new process', () => {
    const stores = eachOpen(open);

    it.each<[string, ProcessRow]>([
      ['with every field', FULL],
      ['with no optional field', processRow('p-1')],
      [
        'with texts of every script',
        processRow('p-1', { workflow: 'Zürich 上海 🚀', createdBy: 'O\'Hara "x" \\ %_ ;--', idempotencyKey: 'é 🗝️' }),
      ],
      ['with a failure of causes', processRow('p-1', { status: 'failed', failure: NESTED_FAILURE })],
    ])('comes back as it was, %s', async (_, row) => {
      const { store } = stores();
      expect(await commit(store, { process: row.id, create: row })).toEqual(STORED);
      expect(await store.process(row.id)).toStrictEqual(row);
    });

    it('is stored with its records, waits, facts and snapshot', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, PARTS));
      const stored = await everything(store, 'p-1');
      expect(stored).toMatchObject({ records: PARTS.records, waits: PARTS.openWaits, facts: PARTS.facts, snapshot: PARTS.snapshot });
    });

    it('is refused where its id is there, and leaves what is there as it is', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      expect(await commit(store, creating('p-1', { workflow: 'other' }, PARTS))).toEqual({ stored: false, why: 'exists', process: 'p-1' });
      expect(await everything(store, 'p-1')).toEqual({ ...NOTHING, row: processRow('p-1') });
    });

    it('is refused where its idempotency key is there, naming the process that has it', async () => {
      const { store } = stores();
      await create(store, processRow('p-1', { idempotencyKey: 'key' }));
      const second = creating('p-2', { idempotencyKey: 'key' }, PARTS);
      expect(await commit(store, second)).toEqual({ stored: false, why: 'exists', process: 'p-1' });
      expect(await everything(store, 'p-2')).toEqual(NOTHING);
      expect(await store.processByKey('key')).toStrictEqual(processRow('p-1', { idempotencyKey: 'key' }));
    });

    it('is refused where the same batch has stored its idempotency key', async () => {
      const { store } = stores();
      const results = await store.commit(
        ['p-1', 'p-2', 'p-3'].map((id) => creating(id, { idempotencyKey: id === 'p-3' ? 'other' : 'key' })),
      );
      expect(results).toEqual([STORED, { stored: false, why: 'exists', process: 'p-1' }, STORED]);
    });

    it('of one idempotency key is stored once, however many stores try at once', async () => {
      const { store, other = store } = stores();
      const writes = ['p-1', 'p-2', 'p-3', 'p-4'].map((id) => creating(id, { idempotencyKey: 'key' }));
      const results = await Promise.all(writes.map((write, index) => commit(index % 2 ? store : other, write)));
      const winner = writes[results.findIndex((result) => result.stored)]!.process;
      expect(results.filter((result) => result.stored)).toHaveLength(1);
      expect(results.filter((result) => !result.stored)).toEqual(Array(3).fill({ stored: false, why: 'exists', process: winner }));
    });

    it('without an idempotency key is no other process', async () => {
      const { store } = stores();
      expect(await store.commit([creating('p-1'), creating('p-2')])).toEqual([STORED, STORED]);
      expect(await store.processByKey('')).toBeUndefined();
    });
  });

  describe('a change', () => {
    const stores = eachOpen(open);

    it.each<[string, NonNullable<ProcessWrite['expect']>, boolean]>([
      ['nothing in particular', {}, true],
      ['the epoch that it has', { epoch: 3 }, true],
      ['the revision that it has', { revision: 5 }, true],
      ['the epoch and revision that it has', { epoch: 3, revision: 5 }, true],
      ['an older epoch', { epoch: 2 }, false],
      ['a newer epoch', { epoch: 4 }, false],
      ['epoch 0', { epoch: 0 }, false],
      ['an older revision', { revision: 4 }, false],
      ['revision 0', { revision: 0 }, false],
      ['the epoch, but another revision', { epoch: 3, revision: 6 }, false],
      ['the revision, but another epoch', { epoch: 2, revision: 5 }, false],
    ])('that expects %s is stored whole or not at all', async (_, expected, stored) => {
      const { store } = stores();
      const row = processRow('p-1', { epoch: 3, revision: 5, status: 'running' });
      await create(store, row);
      const change = { updatedAt: NOW + 1, status: 'failed', revision: 6 } as const;
      expect(await commit(store, { process: 'p-1', expect: expected, change, ...PARTS })).toEqual(stored ? STORED : CHANGED);
      const after = await everything(store, 'p-1');
      if (stored)
        expect(after).toMatchObject({
          row: { ...row, ...change },
          records: PARTS.records,
          waits: PARTS.openWaits,
          snapshot: PARTS.snapshot,
        });
      else expect(after).toEqual({ ...NOTHING, row });
    });

    it('to a process that is not there is refused, and leaves nothing', async () => {
      const { store } = stores();
      const change = { updatedAt: NOW };
      const writes = [{ change }, { expect: { epoch: 0 }, change }, {}].map((parts) => ({ process: 'p-1', ...PARTS, ...parts }));
      expect(await store.commit(writes)).toEqual([CHANGED, CHANGED, CHANGED]);
      expect(await everything(store, 'p-1')).toEqual(NOTHING);
    });

    it('leaves every field that it does not name', async () => {
      const { store } = stores();
      await create(store, FULL);
      await commit(store, { process: FULL.id, change: { updatedAt: NOW + 7 } });
      expect(await store.process(FULL.id)).toStrictEqual({ ...FULL, updatedAt: NOW + 7 });
    });

    it('can be left out', async () => {
      const { store } = stores();
      await create(store, FULL);
      expect(await commit(store, { process: FULL.id, expect: { epoch: FULL.epoch }, ...PARTS })).toEqual(STORED);
      expect(await everything(store, FULL.id)).toMatchObject({ row: FULL, records: PARTS.records });
    });

    it('sets every field that it names', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const change = {
        updatedAt: NOW + 1,
        status: 'aborted',
        revision: 2,
        epoch: 9,
        endedAt: NOW + 2,
        claimedBy: 'r-2',
        failure: NESTED_FAILURE,
      } as const;
      await commit(store, { process: 'p-1', change });
      expect(await store.process('p-1')).toStrictEqual({ ...processRow('p-1'), ...change });
    });

    it('clears the runner and the failure by null', async () => {
      const { store } = stores();
      await create(store, FULL);
      await commit(store, { process: FULL.id, change: { updatedAt: NOW, claimedBy: null, failure: null } });
      const { claimedBy: _claimedBy, failure: _failure, ...rest } = FULL;
      expect(await store.process(FULL.id)).toStrictEqual({ ...rest, updatedAt: NOW });
    });
  });

  describe('a batch', () => {
    const stores = eachOpen(open);

    it('of nothing gives no results', async () => {
      expect(await stores().store.commit([])).toEqual([]);
    });

    it('gives one result each, and what is refused takes nothing along', async () => {
      const { store } = stores();
      const results = await store.commit([
        creating('p-1'),
        creating('p-1', { workflow: 'other' }),
        { process: 'p-9', change: { updatedAt: NOW } },
        creating('p-2', {}, PARTS),
        { process: 'p-2', expect: { revision: 1 }, change: { updatedAt: NOW, status: 'failed' } },
        { process: 'p-1', expect: { revision: 0 }, change: { updatedAt: NOW, status: 'running' } },
      ]);
      expect(results).toEqual([STORED, { stored: false, why: 'exists', process: 'p-1' }, CHANGED, STORED, CHANGED, STORED]);
      expect(await store.process('p-1')).toMatchObject({ workflow: 'order', status: 'running' });
      expect(await store.process('p-2')).toMatchObject({ status: 'created' });
    });

    it('is stored in order: a write finds what the one before it left', async () => {
      const { store } = stores();
      const step = (revision: number): ProcessWrite => ({
        process: 'p-1',
        expect: { revision },
        change: { updatedAt: NOW + revision, revision: revision + 1 },
        records: [stepRecord('Step', { attempt: revision + 1 })],
        facts: [{ type: 'step_ended', path: 'Step', at: NOW + revision }],
        snapshot: { revision },
      });
      expect(await store.commit([creating('p-1'), step(0), step(1), step(1), step(2)])).toEqual([STORED, STORED, STORED, CHANGED, STORED]);
      expect(await everything(store, 'p-1')).toMatchObject({
        row: { revision: 3, updatedAt: NOW + 2 },
        records: [{ attempt: 3 }],
        facts: [{ at: NOW }, { at: NOW + 1 }, { at: NOW + 2 }],
        snapshot: { revision: 2 },
      });
    });

    it('may be of hundreds of processes', async () => {
      const { store } = stores();
      const ids = Array.from({ length: 300 }, (_, index) => `p-${index}`);
      expect(await store.commit(ids.map((id) => creating(id, {}, PARTS)))).toEqual(ids.map(() => STORED));
      const change = { updatedAt: NOW + 1, status: 'running' } as const;
      const results = await store.commit(ids.map((process, index) => ({ process, expect: { epoch: index % 2 }, change })));
      expect(results.map((result) => result.stored)).toEqual(ids.map((_, index) => index % 2 === 0));
      expect((await store.list({ status: ['running'], limit: 1000 })).length).toBe(150);
    });

    it('can come while another is stored', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const once = { process: 'p-1', expect: { revision: 0 }, change: { updatedAt: NOW, revision: 1 } };
      const results = await Promise.all([commit(store, once), commit(store, once), commit(store, creating('p-2')), commit(store, once)]);
      expect(results.filter((result) => result.stored)).toHaveLength(2);
      expect(results[2]).toEqual(STORED);
    });
  });

  describe('a process that is not there', () => {
    const stores = eachOpen(open);

    it('has nothing', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      expect(await everything(store, 'p-2')).toEqual(NOTHING);
      expect(await store.processByKey('key')).toBeUndefined();
    });
  });
}

const NESTED_FAILURE = {
  code: 'attempts_exhausted',
  message: 'gave up after 3 attempts: \u0000 “größer” 🔥 \ud800',
  details: { port: 0, tries: [1, null, false, ''], at: { x: -1.5e-7 } },
  stack: 'Error: x\n    at file.ts:1:1',
  cause: { code: 'step_threw', message: '', cause: { code: 'bad_value', message: 'root', retryable: true }, retryable: false },
  retryable: true,
} as const;

const FULL: ProcessRow = {
  id: '6f1f7f0a-0b5e-4f0e-9d3f-2f6f3b1c9a10',
  workflow: 'create_l2vpn',
  target: 'modify',
  product: 'L2Vpn',
  status: 'failed',
  revision: 12,
  epoch: 7,
  claimedBy: 'runner-1',
  idempotencyKey: 'order-4711',
  createdBy: 'noc@example.org',
  createdAt: NOW,
  updatedAt: NOW + 1,
  endedAt: NOW + 2,
  failure: NESTED_FAILURE,
};

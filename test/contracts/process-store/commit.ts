import { describe, expect, it } from 'vitest';
import type { ProcessRow, ProcessStore, ProcessWrite } from '../../../src/ports/process-store.js';
import { commit, create, creating, formWait, lockRequest, NOW, processRow, STORED, stepRecord } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

const CHANGED = { stored: false, why: 'changed' };

/** Every part that a write to a process can have, besides `change`. */
const PARTS: Partial<ProcessWrite> = {
  records: [stepRecord('Added')],
  openWaits: [formWait('Added')],
  links: [{ subscription: 's-added', model: 'Circuit' }],
  facts: [{ type: 'step_ended', path: 'Added', at: NOW }],
  snapshot: { added: true },
};

/** All that is stored of a process, and all locks. */
async function everything(store: ProcessStore, id: string) {
  const [row, records, waits, links, locks, facts, snapshot] = await Promise.all([
    store.process(id),
    store.records(id),
    store.waits(id),
    store.links(id),
    store.lockRequests(),
    store.facts(id),
    store.snapshot(id),
  ]);
  return { row, records, waits, links, locks, facts, snapshot };
}

const NOTHING = { row: undefined, records: [], waits: [], links: [], locks: [], facts: [], snapshot: undefined };

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

    it('is stored with its records, waits, locks, links, facts and snapshot', async () => {
      const { store } = stores();
      const requestLocks = [lockRequest('a', 'p-1')];
      await commit(store, creating('p-1', {}, { ...PARTS, requestLocks }));
      const { records, openWaits: waits, links, facts, snapshot } = PARTS;
      expect(await everything(store, 'p-1')).toMatchObject({ records, waits, links, locks: requestLocks, facts, snapshot });
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
      const requestLocks = [lockRequest('a', 'p-1')];
      expect(await commit(store, { process: 'p-1', expect: expected, change, ...PARTS, requestLocks })).toEqual(stored ? STORED : CHANGED);
      const after = await everything(store, 'p-1');
      if (stored)
        expect(after).toMatchObject({
          row: { ...row, ...change },
          records: PARTS.records,
          waits: PARTS.openWaits,
          links: PARTS.links,
          locks: requestLocks,
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

    it('may have tens of thousands of each part', async () => {
      const { store } = stores();
      const paths = Array.from({ length: 33_000 }, (_, index) => `Ports[${index}]/Enable`);
      const some = paths.filter((_, index) => index % 30 === 0);
      const requestLocks = some.map((path) => lockRequest(path, 'p-1', path));
      const links = some.map((subscription) => ({ subscription, model: 'Port' }));
      const records = some.map((path) => stepRecord(path));
      await commit(
        store,
        creating('p-1', {}, { records: [...records, stepRecord('Last')], openWaits: some.map((path) => formWait(path)) }),
      );
      await commit(store, { process: 'p-1', requestLocks, links });
      expect(await everything(store, 'p-1')).toMatchObject({ locks: requestLocks, links });
      expect(await store.lockRequests(paths)).toStrictEqual(requestLocks);
      expect(await commit(store, { process: 'p-1', retire: paths, closeWaits: paths, releaseLocks: paths })).toEqual(STORED);
      expect(await store.liveRecords('p-1')).toStrictEqual([stepRecord('Last')]);
      expect(await everything(store, 'p-1')).toMatchObject({ waits: [], locks: [] });
      expect(await store.records('p-1')).toHaveLength(some.length + 1);
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
  parent: { process: '0b9d7c1e-1a52-4a55-8c1b-5e8a1f6f3c77', path: `Sites[Zürich 🚀]/${'long '.repeat(60)}` },
  forkedFrom: '7d0f3a52-9f4e-4a0c-8f0e-2f6f3b1c9a11',
};

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  commit,
  create,
  creating,
  formWait,
  lockRequest,
  NOW,
  processRow,
  runner,
  STORED,
  stepRecord,
} from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

const REFUSAL = new Error('the disk is full');
const REFUSED = { stored: false, why: 'refused', error: REFUSAL };

const refuse = async () => {
  await setImmediate();
  throw REFUSAL;
};

export function joinedContract(open: OpenStore): void {
  describe('a joined write', () => {
    const stores = eachOpen(open);

    it("is given the store's transaction, and awaited", async () => {
      const { store } = stores();
      const given: unknown[] = [];
      const joined = async (transaction: unknown) => {
        await setImmediate();
        given.push(transaction);
      };
      expect(await commit(store, creating('p-1', {}, { joined }))).toEqual(STORED);
      expect(given).toEqual([expect.anything()]);
    });

    it('that fails refuses its write, and gives the error', async () => {
      const { store } = stores();
      expect(await commit(store, creating('p-1', {}, { joined: refuse }))).toStrictEqual(REFUSED);
      const throwAtOnce = () => {
        throw REFUSAL;
      };
      expect(await commit(store, creating('p-1', {}, { joined: throwAtOnce }))).toStrictEqual(REFUSED);
      expect(await store.process('p-1')).toBeUndefined();
    });

    it('that fails leaves nothing of its write', async () => {
      const { store } = stores();
      const row = processRow('p-1', { idempotencyKey: 'key' });
      await create(store, row);
      await commit(store, { process: 'p-1', openWaits: [formWait('Kept')], records: [stepRecord('Kept')], snapshot: { kept: true } });
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('kept', 'p-1')] });
      const result = await commit(store, {
        process: 'p-1',
        expect: { epoch: 0 },
        change: { updatedAt: NOW + 1, status: 'failed', revision: 1 },
        records: [stepRecord('Kept', { attempt: 2 }), stepRecord('Added')],
        retire: ['Kept'],
        requestLocks: [lockRequest('added', 'p-1')],
        releaseLocks: 'all',
        links: [{ subscription: 's-added', model: 'Circuit' }],
        closeWaits: 'all',
        openWaits: [formWait('Added')],
        facts: [{ type: 'step_ended', at: NOW }],
        snapshot: { kept: false },
        joined: refuse,
      });
      expect(result).toStrictEqual(REFUSED);
      expect(await store.process('p-1')).toStrictEqual(row);
      expect(await store.records('p-1')).toEqual([stepRecord('Kept')]);
      expect(await store.waits('p-1')).toEqual([formWait('Kept')]);
      expect(await store.lockRequests()).toEqual([lockRequest('kept', 'p-1')]);
      expect(await store.links('p-1')).toEqual([]);
      expect(await store.facts('p-1')).toEqual([]);
      expect(await store.snapshot('p-1')).toEqual({ kept: true });
    });

    it('that fails leaves the other writes of its batch as they are', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const change = { updatedAt: NOW + 1, revision: 1 };
      const results = await store.commit([
        creating('p-2', { idempotencyKey: 'key' }),
        { process: 'p-1', expect: { revision: 0 }, change, records: [stepRecord('Refused')], joined: refuse },
        creating('p-3', {}, { joined: refuse }),
        { process: 'p-1', expect: { revision: 0 }, change, records: [stepRecord('Stored')], joined: () => setImmediate() },
        creating('p-3', {}, { records: [stepRecord('Stored')] }),
        { process: 'p-2', records: [stepRecord('Stored')] },
      ]);
      expect(results).toStrictEqual([STORED, REFUSED, REFUSED, STORED, STORED, STORED]);
      for (const id of ['p-1', 'p-2', 'p-3']) expect(await store.records(id)).toEqual([stepRecord('Stored')]);
    });

    it('whose write is refused for another reason is no refusal of its own', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const results = await store.commit([
        creating('p-1', {}, { joined: () => setImmediate() }),
        { process: 'p-1', expect: { epoch: 1 }, joined: () => setImmediate() },
      ]);
      expect(results).toEqual([
        { stored: false, why: 'exists', process: 'p-1' },
        { stored: false, why: 'changed' },
      ]);
    });

    it('that takes its time hinders nothing that comes meanwhile', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      await store.keepAlive(runner('r-1'));
      const slow = async () => {
        for (let turn = 0; turn < 20; turn++) await setImmediate();
      };
      const [result, row, process] = await Promise.all([
        commit(store, creating('p-2', {}, { joined: slow })),
        store.claim('p-1', 'r-1', NOW),
        store.process('p-1'),
        store.keepAlive(runner('r-2')),
      ]);
      expect([result, row?.claimedBy, process?.id]).toEqual([STORED, 'r-1', 'p-1']);
      expect(await store.runners()).toEqual([runner('r-1'), runner('r-2')]);
    });
  });
}

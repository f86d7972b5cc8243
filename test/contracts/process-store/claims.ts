import { beforeEach, describe, expect, it } from 'vitest';
import { PROCESS_STATUSES, type ProcessStatus } from '../../../src/core/process.js';
import { commit, create, formWait, NOW, processRow, runner, STORED, timerWait } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

/** What a process becomes that is claimed; the others have no steps to walk. */
const TAKEN: Partial<Record<ProcessStatus, ProcessStatus>> = { created: 'running', running: 'running', undoing: 'undoing' };

const RUNNERS = ['r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6'];

export function claimContract(open: OpenStore): void {
  describe('a claim', () => {
    const stores = eachOpen(open);
    beforeEach(async () => {
      for (const id of RUNNERS) await stores().store.keepAlive(runner(id));
    });

    it.each(PROCESS_STATUSES)('of a process that is %s takes it, or leaves it as it is', async (status) => {
      const { store } = stores();
      const after = TAKEN[status];
      const row = processRow('p-1', { status, epoch: 4, revision: 2 });
      await create(store, row);
      const claimed = await store.claim('p-1', 'r-1', NOW + 50);
      if (after) expect(claimed).toStrictEqual({ ...row, status: after, epoch: 5, claimedBy: 'r-1', updatedAt: NOW + 50 });
      else expect(claimed).toBeUndefined();
      expect(await store.process('p-1')).toStrictEqual(claimed ?? row);
    });

    it('of what this runner has already raises the epoch again', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const claims = [await store.claim('p-1', 'r-1', NOW), await store.claim('p-1', 'r-1', NOW)];
      expect(claims.map((row) => row?.epoch)).toEqual([1, 2]);
    });

    it('of what another runner has fails, and changes nothing', async () => {
      const { store } = stores();
      const row = processRow('p-1', { status: 'running', claimedBy: 'r-2', epoch: 3 });
      await create(store, row);
      expect(await store.claim('p-1', 'r-1', NOW + 1)).toBeUndefined();
      expect(await store.process('p-1')).toStrictEqual(row);
    });

    it('of a process that is not there fails', async () => {
      expect(await stores().store.claim('p-1', 'r-1', NOW)).toBeUndefined();
    });

    it('of one that is being undone and waits for the next attempt fails, until it waits no more', async () => {
      const { store } = stores();
      const row = processRow('p-1', { status: 'undoing' });
      await create(store, row, 'p-2');
      await store.commit([
        { process: 'p-1', openWaits: [timerWait('A', NOW + 5)] },
        { process: 'p-2', openWaits: [formWait('A')] },
      ]);
      expect(await store.claim('p-1', 'r-1', NOW)).toBeUndefined();
      expect(await store.process('p-1')).toStrictEqual(row);
      expect(await store.claim('p-2', 'r-1', NOW)).toMatchObject({ status: 'running' });
      await commit(store, { process: 'p-1', closeWaits: ['A'] });
      expect(await store.claim('p-1', 'r-1', NOW)).toMatchObject({ status: 'undoing', epoch: 1 });
    });

    it('by a runner that is not known, or no longer, fails, and changes nothing', async () => {
      const { store } = stores();
      const own = processRow('p-2', { status: 'running', claimedBy: 'nobody' });
      await create(store, 'p-1', own);
      await store.removeRunner(runner('r-1'));
      for (const id of ['r-1', 'nobody']) expect(await store.claim('p-1', id, NOW + 1)).toBeUndefined();
      expect(await store.claim('p-2', 'nobody', NOW + 1)).toBeUndefined();
      expect([await store.process('p-1'), await store.process('p-2')]).toStrictEqual([processRow('p-1'), own]);
      await store.keepAlive(runner('r-1'));
      expect(await store.claim('p-1', 'r-1', NOW + 1)).toMatchObject({ claimedBy: 'r-1', epoch: 1 });
    });

    it('is won by one of those who try at once', async () => {
      const { store, other = store } = stores();
      await create(store, 'p-1', 'p-2');
      const claims = await Promise.all(RUNNERS.map((id, index) => (index % 2 ? store : other).claim('p-1', id, NOW)));
      const won = claims.filter((row) => row !== undefined);
      expect(won).toHaveLength(1);
      expect(await store.process('p-1')).toStrictEqual(won[0]);
      expect(await store.process('p-2')).toStrictEqual(processRow('p-2'));
    });

    it('refuses what an older claim stores late', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      const first = await store.claim('p-1', 'r-1', NOW);
      const write = { process: 'p-1', expect: { epoch: first!.epoch }, change: { updatedAt: NOW, claimedBy: null } };
      expect(await commit(store, write)).toEqual(STORED);
      const second = await store.claim('p-1', 'r-2', NOW);
      expect(second).toMatchObject({ epoch: 2, claimedBy: 'r-2' });
      expect(await commit(store, write)).toEqual({ stored: false, why: 'changed' });
      expect(await store.process('p-1')).toStrictEqual(second);
    });
  });
}

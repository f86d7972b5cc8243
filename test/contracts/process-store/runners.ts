import { describe, expect, it } from 'vitest';
import type { ProcessRow, Runner } from '../../../src/ports/process-store.js';
import { create, NOW, processRow, runner } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

const claimed = (id: string, claimedBy: string): ProcessRow => processRow(id, { status: 'running', claimedBy, epoch: 1 });

export function runnerContract(open: OpenStore): void {
  describe('runners', () => {
    const stores = eachOpen(open);

    /** The runners by id. */
    async function known(): Promise<readonly Runner[]> {
      return (await stores().store.runners()).toSorted((a, b) => a.id.localeCompare(b.id));
    }

    it('are known from their first sign of life on, each as it says it is', async () => {
      const { store } = stores();
      expect(await known()).toEqual([]);
      const bare = { hostname: '', bootId: '', pidNamespace: '', pid: 0, startedAt: '' };
      await store.keepAlive(runner('r-1'));
      await store.keepAlive({ id: 'r-2', aliveUntil: NOW + 5, host: bare });
      expect(await known()).toStrictEqual([runner('r-1'), { id: 'r-2', aliveUntil: NOW + 5, host: bare }]);
    });

    it('are alive until the latest time that they have said', async () => {
      const { store } = stores();
      for (const time of [NOW, NOW + 10_000]) await store.keepAlive(runner('r-1', time));
      expect(await known()).toStrictEqual([runner('r-1', NOW + 10_000)]);
    });

    it('that are removed are forgotten, and what they had is free', async () => {
      const { store } = stores();
      await create(
        store,
        claimed('p-1', 'r-1'),
        claimed('p-2', 'r-2'),
        claimed('p-3', 'r-1'),
        processRow('p-4', { status: 'failed', claimedBy: 'r-1' }),
      );
      for (const id of ['r-1', 'r-2', 'r-3']) await store.keepAlive(runner(id));
      await store.removeRunner(runner('r-1'));
      expect(await known()).toEqual([runner('r-2'), runner('r-3')]);
      const { claimedBy: _claimedBy, ...free } = claimed('p-1', 'r-1');
      expect(await store.process('p-1')).toStrictEqual(free);
      expect(await store.process('p-2')).toStrictEqual(claimed('p-2', 'r-2'));
      expect(await store.process('p-4')).not.toHaveProperty('claimedBy');
      expect(await store.unclaimed('r-3')).toHaveLength(2);
      expect(await store.claim('p-1', 'r-3', NOW)).toMatchObject({ claimedBy: 'r-3', epoch: 2 });
    });

    it('that have been heard of since are not removed', async () => {
      const { store } = stores();
      await create(store, claimed('p-1', 'r-1'));
      const seen = runner('r-1', NOW);
      await store.keepAlive(seen);
      await store.keepAlive(runner('r-1', NOW + 1));
      await store.removeRunner(seen);
      expect(await known()).toEqual([runner('r-1', NOW + 1)]);
      expect(await store.process('p-1')).toStrictEqual(claimed('p-1', 'r-1'));
    });

    it('can be removed whatever they have said, and more than once', async () => {
      const { store } = stores();
      await create(store, claimed('p-1', 'r-1'));
      await store.keepAlive(runner('r-1', NOW + 10_000));
      for (let times = 0; times < 2; times++) await store.removeRunner(runner('r-1', Number.MAX_SAFE_INTEGER));
      expect(await known()).toEqual([]);
      expect(await store.unclaimed('r-2')).toEqual(['p-1']);
    });

    it('that are not known can be removed, and what they had is free', async () => {
      const { store } = stores();
      await create(store, claimed('p-1', 'nobody'), claimed('p-2', 'r-1'));
      await store.keepAlive(runner('r-1'));
      await store.removeRunner(runner('nobody'));
      expect(await known()).toEqual([runner('r-1')]);
      expect(await store.process('p-1')).not.toHaveProperty('claimedBy');
      expect(await store.process('p-2')).toStrictEqual(claimed('p-2', 'r-1'));
    });

    it('can come back after they were removed', async () => {
      const { store } = stores();
      await store.keepAlive(runner('r-1', NOW + 10_000));
      await store.removeRunner(runner('r-1', NOW + 10_000));
      await store.keepAlive(runner('r-1', NOW + 20_000));
      expect(await known()).toEqual([runner('r-1', NOW + 20_000)]);
    });
  });
}

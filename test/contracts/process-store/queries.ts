import { describe, expect, it } from 'vitest';
import { PROCESS_STATUSES } from '../../../src/core/process.js';
import type { ProcessFilter } from '../../../src/ports/process-store.js';
import { commit, create, creating, formWait, NOW, processRow, timerWait } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function queryContract(open: OpenStore): void {
  describe('the list of processes', () => {
    const stores = eachOpen(open);

    it('has the newest first, each as it is', async () => {
      const { store } = stores();
      const rows = [5, 3, 9, 1, 7].map((age) => processRow(`p-${age}`, { createdAt: NOW - age, updatedAt: NOW + age }));
      await create(store, ...rows);
      expect(await store.list({})).toStrictEqual(rows.toSorted((a, b) => b.createdAt - a.createdAt));
    });

    it.each<[ProcessFilter, readonly string[]]>([
      [{}, ['p-5', 'p-4', 'p-3', 'p-2', 'p-1']],
      [{ status: ['failed'] }, ['p-4', 'p-2']],
      [{ status: ['failed', 'created', 'undone'] }, ['p-4', 'p-2', 'p-1']],
      [{ status: [] }, []],
      [{ status: [], idPrefix: 'p-', workflow: 'ship' }, []],
      [{ workflow: 'ship' }, ['p-5', 'p-4', 'p-3']],
      [{ workflow: 'Ship' }, []],
      [{ workflow: 'sh%' }, []],
      [{ status: ['failed'], workflow: 'ship' }, ['p-4']],
      [{ idPrefix: 'p-4' }, ['p-4']],
      [{ idPrefix: 'p-', limit: 2 }, ['p-5', 'p-4']],
      [{ idPrefix: '' }, ['p-5', 'p-4', 'p-3', 'p-2', 'p-1']],
      [{ idPrefix: 'P-' }, []],
      [{ idPrefix: 'p_' }, []],
      [{ idPrefix: '%4' }, []],
      [{ idPrefix: '-4' }, []],
      [{ idPrefix: 'p-4x' }, []],
      [{ idPrefix: 'p-', status: ['failed'], workflow: 'order' }, ['p-2']],
      [{ limit: 2 }, ['p-5', 'p-4']],
      [{ limit: 99 }, ['p-5', 'p-4', 'p-3', 'p-2', 'p-1']],
      [{ status: ['running'], limit: 1 }, ['p-5']],
    ])('is filtered by %j', async (filter, ids) => {
      const { store } = stores();
      const statuses = ['created', 'failed', 'running', 'failed', 'running'] as const;
      const workflow = (index: number) => (index < 2 ? 'order' : 'ship');
      await create(
        store,
        ...statuses.map((status, index) => processRow(`p-${index + 1}`, { status, workflow: workflow(index), createdAt: NOW + index })),
      );
      expect((await store.list(filter)).map((row) => row.id)).toEqual(ids);
    });

    it.each<[ProcessFilter, readonly string[]]>([
      [{ parent: 'p-1' }, ['p-4', 'p-2']],
      [{ parent: 'p-1', status: ['failed'] }, ['p-4']],
      [{ parent: 'p-2' }, ['p-3']],
      [{ parent: 'P-1' }, []],
      [{ parent: '' }, []],
      [{ subscription: 's-1' }, ['p-4', 'p-3', 'p-1']],
      [{ subscription: 's-1', limit: 2 }, ['p-4', 'p-3']],
      [{ subscription: 's-1', workflow: 'order', idPrefix: 'p-', parent: 'p-2' }, ['p-3']],
      [{ subscription: 's-2' }, ['p-3']],
      [{ subscription: 'Circuit' }, []],
      [{ subscription: 's-1', parent: 'p-9' }, []],
    ])('is filtered by what started a process and what it works on: %j', async (filter, ids) => {
      const { store } = stores();
      const link = (subscription: string) => ({ subscription, model: 'Circuit' });
      const child = (process: string) => ({ parent: { process, path: 'Ship' } });
      await store.commit([
        creating('p-1', { createdAt: NOW }, { links: [link('s-1')] }),
        creating('p-2', { createdAt: NOW + 1, ...child('p-1') }),
        creating('p-3', { createdAt: NOW + 2, ...child('p-2') }, { links: [link('s-1'), link('s-2')] }),
        creating('p-4', { createdAt: NOW + 3, status: 'failed', ...child('p-1') }, { links: [link('s-1')] }),
      ]);
      expect((await store.list(filter)).map((row) => row.id)).toEqual(ids);
    });

    it('has at most 100, unless told otherwise', async () => {
      const { store } = stores();
      await store.commit(Array.from({ length: 103 }, (_, index) => creating(`p-${index}`, { createdAt: NOW + index })));
      const listed = await store.list({});
      expect([listed.length, listed[0]?.id, listed.at(-1)?.id]).toEqual([100, 'p-102', 'p-3']);
      expect(await store.list({ limit: 102 })).toHaveLength(102);
    });
  });

  describe('what no runner has', () => {
    const stores = eachOpen(open);

    it('is what has steps to walk', async () => {
      const { store } = stores();
      await create(store, ...PROCESS_STATUSES.map((status, index) => processRow(status, { status, createdAt: NOW + index })));
      expect(await store.unclaimed('r-1')).toEqual(['created', 'running', 'undoing']);
    });

    it('is the oldest first, with what this runner has itself', async () => {
      const { store } = stores();
      const claims = [undefined, 'r-1', 'r-2', undefined, 'r-1'];
      const rows = claims.map((claimedBy, index) =>
        processRow(`p-${index}`, { createdAt: NOW - index, status: 'running', ...(claimedBy ? { claimedBy } : {}) }),
      );
      await create(store, ...rows);
      expect(await store.unclaimed('r-1')).toEqual(['p-4', 'p-3', 'p-1', 'p-0']);
      expect(await store.unclaimed('r-2')).toEqual(['p-3', 'p-2', 'p-0']);
      expect(await store.unclaimed('r-3')).toEqual(['p-3', 'p-0']);
    });

    it('leaves out what is being undone and waits for the next attempt', async () => {
      const { store } = stores();
      const undoing = ['p-1', 'p-2', 'p-3'].map((id) =>
        processRow(id, { status: 'undoing', createdAt: NOW + Number(id.slice(2)), ...(id === 'p-3' ? { claimedBy: 'r-1' } : {}) }),
      );
      await create(store, ...undoing, processRow('p-4', { status: 'running', createdAt: NOW + 4 }));
      await store.commit([
        { process: 'p-1', openWaits: [timerWait('A', NOW + 5)] },
        { process: 'p-3', openWaits: [formWait('A')] },
        { process: 'p-4', openWaits: [timerWait('A', NOW + 5)] },
      ]);
      expect(await store.unclaimed('r-1')).toEqual(['p-2', 'p-4']);
      expect(await store.unclaimed('r-1', 'p-1')).toEqual([]);
      await commit(store, { process: 'p-1', closeWaits: 'all' });
      expect(await store.unclaimed('r-1')).toEqual(['p-1', 'p-2', 'p-4']);
    });

    it('is looked for in one process, if told so', async () => {
      const { store } = stores();
      await create(
        store,
        'p-1',
        'p-2',
        processRow('p-3', { status: 'running', claimedBy: 'r-2' }),
        processRow('p-4', { status: 'failed' }),
      );
      const found = await Promise.all(['p-2', 'p-3', 'p-4', 'p-9'].map((id) => store.unclaimed('r-1', id)));
      expect(found).toEqual([['p-2'], [], [], []]);
    });
  });
}

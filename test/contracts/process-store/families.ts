import { describe, expect, it } from 'vitest';
import { isEnded, PROCESS_STATUSES } from '../../../src/core/process.js';
import { create, NOW, processRow } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function familyContract(open: OpenStore): void {
  describe('an orphan', () => {
    const stores = eachOpen(open);
    const child = (process: string) => ({ parent: { process, path: 'Ship' } });

    it.each(PROCESS_STATUSES)('is a process that has not ended, or is none, where its parent is %s', async (status) => {
      const { store } = stores();
      const children = PROCESS_STATUSES.map((own, index) => processRow(own, { status: own, createdAt: NOW + index, ...child('above') }));
      await create(store, processRow('above', { status }), ...children, processRow('stranger', child('not-there')), 'alone');
      const orphaned = status === 'aborted' || status === 'undone';
      expect(await store.orphans()).toEqual(orphaned ? PROCESS_STATUSES.filter((own) => !isEnded(own)) : []);
    });

    it('is the child of its own parent only, the oldest first', async () => {
      const { store } = stores();
      await create(
        store,
        processRow('top', { status: 'aborted' }),
        processRow('p-2', { status: 'waiting', createdAt: NOW + 2, ...child('top') }),
        processRow('p-1', { status: 'failed', createdAt: NOW + 1, ...child('top') }),
        processRow('below', { status: 'running', ...child('p-1') }),
      );
      expect(await store.orphans()).toEqual(['p-1', 'p-2']);
    });
  });
}

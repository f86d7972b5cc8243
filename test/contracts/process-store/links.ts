import { describe, expect, it } from 'vitest';
import { commit, create, creating } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function linkContract(open: OpenStore): void {
  describe('the subscriptions that a process works on', () => {
    const stores = eachOpen(open);

    it('come in the order in which they were linked, each once', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      expect(await store.links('p-1')).toEqual([]);
      await commit(store, { process: 'p-1', links: [{ subscription: 's-2', model: 'Circuit' }] });
      await commit(store, {
        process: 'p-1',
        links: ['s-1', 's-2', 's-3', 's-1'].map((subscription) => ({ subscription, model: 'Port' })),
      });
      expect(await store.links('p-1')).toStrictEqual([
        { subscription: 's-2', model: 'Circuit' },
        { subscription: 's-1', model: 'Port' },
        { subscription: 's-3', model: 'Port' },
      ]);
    });

    it('may be those of other processes too', async () => {
      const { store } = stores();
      const links = [{ subscription: 's-1', model: 'Circuit' }];
      await store.commit([creating('p-1', {}, { links }), creating('p-2', {}, { links }), creating('p-3')]);
      expect(await Promise.all(['p-1', 'p-2', 'p-3'].map((id) => store.links(id)))).toStrictEqual([links, links, []]);
    });
  });
}

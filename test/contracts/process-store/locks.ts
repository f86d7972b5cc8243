import { describe, expect, it } from 'vitest';
import { commit, create, lockRequest, NOW, processRow } from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function lockContract(open: OpenStore): void {
  describe('locks', () => {
    const stores = eachOpen(open);

    /** The requests as `key: process path`. */
    async function requested(...keys: readonly string[]): Promise<readonly string[]> {
      const requests = await stores().store.lockRequests(keys.length > 0 ? keys : undefined);
      return requests.map(({ key, process, path }) => `${key}: ${process} ${path}`);
    }

    it('are asked for one behind the other, and come back as they were', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      const first = { key: `circuit ${'long '.repeat(60)} "Zürich" 🚀`, process: 'p-2', path: 'Deploy/eu', since: NOW };
      const second = { ...first, process: 'p-1', since: NOW - 1000 };
      await commit(store, { process: 'p-2', requestLocks: [first] });
      await commit(store, { process: 'p-1', requestLocks: [second] });
      expect(await store.lockRequests()).toStrictEqual([first, second]);
      expect(await store.lockRequests([first.key])).toStrictEqual([first, second]);
    });

    it('that the same path has asked for already stay where they are', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1')] });
      await commit(store, { process: 'p-2', requestLocks: [lockRequest('a', 'p-2')] });
      await commit(store, {
        process: 'p-1',
        requestLocks: [{ ...lockRequest('a', 'p-1'), since: NOW + 9 }, lockRequest('a', 'p-1', 'Other'), lockRequest('b', 'p-1')],
      });
      expect(await requested()).toEqual(['a: p-1 Step', 'a: p-2 Step', 'a: p-1 Other', 'b: p-1 Step']);
      expect((await store.lockRequests())[0]).toStrictEqual(lockRequest('a', 'p-1'));
    });

    it('are found by some of their keys, in the order in which they were asked for', async () => {
      const { store } = stores();
      await create(store, 'p-1');
      await commit(store, { process: 'p-1', requestLocks: ['c', 'a', 'b', 'A'].map((key) => lockRequest(key, 'p-1')) });
      await commit(store, { process: 'p-1', requestLocks: ['a', 'c'].map((key) => lockRequest(key, 'p-1', 'Other')) });
      expect(await requested('a', 'c', 'x', 'a')).toEqual(['c: p-1 Step', 'a: p-1 Step', 'a: p-1 Other', 'c: p-1 Other']);
      expect(await requested('x')).toEqual([]);
      expect(await store.lockRequests([])).toEqual([]);
    });

    it.each<[string, readonly string[] | 'all', readonly string[]]>([
      ['at these paths', ['A', 'B', 'X'], ['a: p-2 A', 'a: p-1 A/B']],
      ['at no path', [], ['a: p-1 A', 'b: p-1 A', 'a: p-2 A', 'a: p-1 A/B', 'b: p-1 B']],
      ['all of the process', 'all', ['a: p-2 A']],
    ])('end %s', async (_, releaseLocks, left) => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1', 'A'), lockRequest('b', 'p-1', 'A')] });
      await commit(store, { process: 'p-2', requestLocks: [lockRequest('a', 'p-2', 'A')] });
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1', 'A/B'), lockRequest('b', 'p-1', 'B')] });
      await commit(store, { process: 'p-1', releaseLocks });
      expect(await requested()).toEqual(left);
    });

    it.each<readonly string[] | 'all'>([['Step'], 'all'])('end before others are asked for (%j)', async (releaseLocks) => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      for (const id of ['p-1', 'p-2']) await commit(store, { process: id, requestLocks: [lockRequest('a', id)] });
      await commit(store, { process: 'p-1', releaseLocks, requestLocks: [lockRequest('a', 'p-1')] });
      expect(await requested('a')).toEqual(['a: p-2 Step', 'a: p-1 Step']);
    });

    it('of a write that is refused are neither asked for nor ended', async () => {
      const { store } = stores();
      await create(store, processRow('p-1', { epoch: 2 }));
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1')] });
      const late = { process: 'p-1', expect: { epoch: 1 }, releaseLocks: 'all', requestLocks: [lockRequest('b', 'p-1')] } as const;
      expect(await commit(store, late)).toEqual({ stored: false, why: 'changed' });
      expect(await requested()).toEqual(['a: p-1 Step']);
    });
  });
}

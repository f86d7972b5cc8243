import { describe, expect, it } from 'vitest';
import { isEnded, PROCESS_STATUSES } from '../../../src/core/process.js';
import {
  callbackWait,
  childWait,
  commit,
  create,
  creating,
  formWait,
  lockRequest,
  lockWait,
  NOW,
  processRow,
  timerWait,
} from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function freedContract(open: OpenStore): void {
  describe('a wait that is freed', () => {
    const stores = eachOpen(open);

    /** The places as `process path@attempt`, sorted. */
    async function freed(process?: string): Promise<readonly string[]> {
      return (await stores().store.freedWaits(process)).map(({ process, path, attempt }) => `${process} ${path}@${attempt}`).sort();
    }

    it('is one for a child that has ended or failed', async () => {
      const { store } = stores();
      await create(store, 'p-1', ...PROCESS_STATUSES.map((status) => processRow(`is-${status}`, { status })));
      await commit(store, { process: 'p-1', openWaits: PROCESS_STATUSES.map((status) => childWait(status, `is-${status}`)) });
      const stopped = PROCESS_STATUSES.filter((status) => isEnded(status) || status === 'failed');
      expect(await freed()).toEqual(stopped.map((status) => `p-1 ${status}@1`).sort());
      expect(stopped.toSorted()).toEqual(['aborted', 'completed', 'failed', 'undone']);
    });

    it('is one for a child that is not there', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { openWaits: [childWait('A', 'p-9', { attempt: 3 }), childWait('B', 'p-1')] }));
      expect(await store.freedWaits()).toStrictEqual([{ process: 'p-1', path: 'A', attempt: 3 }]);
    });

    it('is none that a person, a time or another system ends', async () => {
      const { store } = stores();
      const openWaits = [formWait('A'), timerWait('B', NOW - 5), callbackWait('C', 'a', { deadline: NOW - 5 })];
      await commit(store, creating('p-1', {}, { openWaits }));
      expect(await freed()).toEqual([]);
    });

    it('is one for a lock that nobody asked for before, as soon as that is so', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2', 'p-3');
      for (const id of ['p-2', 'p-1', 'p-3']) {
        await commit(store, { process: id, requestLocks: [lockRequest('a', id)], openWaits: [lockWait('Step')] });
      }
      expect(await freed()).toEqual(['p-2 Step@1']);
      await commit(store, { process: 'p-2', releaseLocks: 'all', closeWaits: 'all' });
      expect(await freed()).toEqual(['p-1 Step@1']);
      await commit(store, { process: 'p-1', releaseLocks: ['Step'] });
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1')] });
      expect(await freed()).toEqual(['p-3 Step@1']);
    });

    it('is one for several locks only when each of them is free', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2', 'p-3');
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1')] });
      await commit(store, { process: 'p-2', requestLocks: [lockRequest('b', 'p-2')] });
      await commit(store, {
        process: 'p-3',
        requestLocks: ['a', 'b', 'c'].map((key) => lockRequest(key, 'p-3')),
        openWaits: [lockWait('Step', { attempt: 2 })],
      });
      const seen: (readonly string[])[] = [await freed()];
      for (const id of ['p-1', 'p-2']) {
        await commit(store, { process: id, releaseLocks: 'all' });
        seen.push(await freed());
      }
      expect(seen).toEqual([[], [], ['p-3 Step@2']]);
    });

    it('looks at what its own path has asked for, and at nothing else of its process', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('a', 'p-1', 'A'), lockRequest('b', 'p-1', 'B')] });
      await commit(store, { process: 'p-2', requestLocks: [lockRequest('a', 'p-2', 'A'), lockRequest('c', 'p-2', 'C')] });
      await commit(store, { process: 'p-2', openWaits: ['A', 'C', 'D'].map((path) => lockWait(path)) });
      await commit(store, { process: 'p-1', requestLocks: [lockRequest('b', 'p-1', 'A')], openWaits: [lockWait('A'), lockWait('B')] });
      expect(await freed()).toEqual(['p-1 B@1', 'p-2 C@1', 'p-2 D@1']);
    });

    it('is looked for in one process, if told so', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      for (const id of ['p-1', 'p-2']) {
        await commit(store, { process: id, requestLocks: [lockRequest(id, id, 'L')], openWaits: [lockWait('L'), childWait('C', 'p-9')] });
      }
      expect(await freed('p-2')).toEqual(['p-2 C@1', 'p-2 L@1']);
      expect(await freed('p-3')).toEqual([]);
      expect(await freed()).toHaveLength(4);
    });
  });
}

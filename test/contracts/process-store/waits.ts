import { describe, expect, it } from 'vitest';
import type { OpenWait } from '../../../src/ports/process-store.js';
import {
  callbackWait,
  childWait,
  commit,
  create,
  creating,
  formWait,
  lockWait,
  NOW,
  processRow,
  STORED,
  timerWait,
} from '../../support/process-writes.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function waitContract(open: OpenStore): void {
  describe('open waits', () => {
    const stores = eachOpen(open);

    /** The waits of `p-1` as `path@attempt`, sorted. */
    async function openAt(): Promise<readonly string[]> {
      return (await stores().store.waits('p-1')).map(({ path, attempt }) => `${path}@${attempt}`).sort();
    }

    it.each<OpenWait>([
      formWait('Confirm'),
      formWait('Confirm', { assignee: 'NOC', form: { type: 'object', title: 'Größe', properties: { a: { const: null } } } }),
      formWait('Confirm', { form: null, assignee: '' }),
      timerWait('Deploy/eu/Push config', NOW + 60_000),
      timerWait('Push', NOW, { attempt: 12, reason: 'attempt 12 failed: 🔥 \u0000 "refused"' }),
      callbackWait('Order', 'a1b2', { deadline: NOW + 5 }),
      callbackWait('Order', '', { progress: { done: 3, of: 9, note: 'Größe' } }),
      callbackWait('Order', 'a1b2', { progress: null }),
      childWait('Sites[0]/Ship', '0b9d7c1e-1a52-4a55-8c1b-5e8a1f6f3c77'),
      lockWait('Configure', { deadline: NOW + 60_000 }),
    ])('come back as they were: %j', async (wait) => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { openWaits: [wait] }));
      expect(await store.waits('p-1')).toStrictEqual([wait]);
    });

    it('are several, each at its path', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      await commit(store, { process: 'p-1', openWaits: [formWait('A'), timerWait('B', NOW)] });
      await commit(store, { process: 'p-1', openWaits: [formWait('C')] });
      await commit(store, { process: 'p-2', openWaits: [formWait('A', { attempt: 5 })] });
      expect(await openAt()).toEqual(['A@1', 'B@1', 'C@1']);
      expect(await store.waits('p-2')).toEqual([formWait('A', { attempt: 5 })]);
    });

    it('take the place of the one at their path', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { openWaits: [timerWait('A', NOW)] }));
      for (const wait of [callbackWait('A', 'a1b2', { progress: 1 }), childWait('A', 'p-2'), formWait('A', { attempt: 2 })]) {
        await commit(store, { process: 'p-1', openWaits: [wait] });
        expect(await store.waits('p-1')).toStrictEqual([wait]);
      }
    });

    it.each<[string, readonly string[] | 'all', readonly string[]]>([
      ['at these paths', ['A', 'C'], ['A/B@1', 'B@1']],
      ['at no path', [], ['A/B@1', 'A@1', 'B@1', 'C@1']],
      ['at a path that has none', ['X', 'B'], ['A/B@1', 'A@1', 'C@1']],
      ['all', 'all', []],
    ])('end %s', async (_, closeWaits, left) => {
      const { store } = stores();
      await create(store, 'p-2');
      await commit(store, { process: 'p-2', openWaits: [formWait('A')] });
      await commit(store, creating('p-1', {}, { openWaits: ['A', 'A/B', 'B', 'C'].map((path) => formWait(path)) }));
      await commit(store, { process: 'p-1', closeWaits });
      expect(await openAt()).toEqual(left);
      expect(await store.waits('p-2')).toEqual([formWait('A')]);
    });

    it.each<readonly string[] | 'all'>([['A'], 'all'])('end before others open (%j)', async (closeWaits) => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { openWaits: [formWait('A')] }));
      await commit(store, { process: 'p-1', closeWaits, openWaits: [formWait('A', { attempt: 2 }), formWait('B')] });
      expect(await openAt()).toEqual(['A@2', 'B@1']);
    });
  });

  describe('a wait for a call back', () => {
    const stores = eachOpen(open);

    it('keeps what is told of how far the other system is, where it has this token', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      const [order, ship] = [callbackWait('Order', 'a1b2', { deadline: NOW + 5 }), callbackWait('Ship', 'c3d4')];
      await commit(store, { process: 'p-1', openWaits: [order, ship] });
      await commit(store, { process: 'p-2', openWaits: [callbackWait('Order', 'e5f6')] });
      for (const told of [{ percent: 40 }, null, 'Größe']) {
        expect(await commit(store, { process: 'p-1', progress: { path: 'Order', tokenHash: 'a1b2', told } })).toEqual(STORED);
        expect(await store.waits('p-1')).toStrictEqual([{ ...order, progress: told }, ship]);
      }
      const before = await store.waits('p-1');
      for (const [path, tokenHash] of [
        ['Order', 'c3d4'],
        ['Ship', 'a1b2'],
        ['Gone', 'a1b2'],
      ] as const)
        expect(await commit(store, { process: 'p-1', progress: { path, tokenHash, told: 1 } })).toEqual(STORED);
      expect(await store.waits('p-1')).toStrictEqual(before);
      expect(await store.waits('p-2')).toStrictEqual([callbackWait('Order', 'e5f6')]);
    });

    it('is found by the hash of its token, for as long as it is open', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      const wait = callbackWait('Order', 'a1b2', { progress: { percent: 40 } });
      await store.commit([
        { process: 'p-1', openWaits: [callbackWait('Order', 'A1B2'), formWait('Confirm')] },
        { process: 'p-2', openWaits: [wait, callbackWait('Ship', 'c3d4')] },
      ]);
      expect(await store.waitByToken('a1b2')).toStrictEqual({ process: 'p-2', wait });
      for (const unknown of ['', 'a1b', 'a1b23', '%', 'null']) expect(await store.waitByToken(unknown)).toBeUndefined();
      await commit(store, { process: 'p-2', closeWaits: ['Order'] });
      expect(await store.waitByToken('a1b2')).toBeUndefined();
      expect(await store.waitByToken('c3d4')).toMatchObject({ process: 'p-2', wait: { path: 'Ship' } });
    });

    it('is found by its latest token only', async () => {
      const { store } = stores();
      await commit(store, creating('p-1', {}, { openWaits: [callbackWait('Order', 'first')] }));
      await commit(store, { process: 'p-1', openWaits: [callbackWait('Order', 'second', { attempt: 2 })] });
      expect(await store.waitByToken('first')).toBeUndefined();
      expect(await store.waitByToken('second')).toMatchObject({ wait: { attempt: 2 } });
    });
  });

  describe('deadlines', () => {
    const stores = eachOpen(open);

    it('are due from their time on, the earliest first, whatever is waited for', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2');
      await store.commit([
        {
          process: 'p-1',
          openWaits: [timerWait('Last', NOW), timerWait('Later', NOW + 1), formWait('Form', { deadline: NOW - 9 }), formWait('Never')],
        },
        { process: 'p-2', openWaits: [timerWait('First', NOW - 70, { attempt: 4 }), callbackWait('Second', 'a', { deadline: NOW - 60 })] },
        { process: 'p-2', openWaits: [childWait('Child', 'p-1', { deadline: NOW + 1 }), lockWait('Lock', { deadline: NOW + 2 })] },
      ]);
      const all = [
        { process: 'p-2', path: 'First', attempt: 4 },
        { process: 'p-2', path: 'Second', attempt: 1 },
        { process: 'p-1', path: 'Form', attempt: 1 },
        { process: 'p-1', path: 'Last', attempt: 1 },
      ];
      expect(await store.dueTimers(NOW)).toStrictEqual(all);
      expect(await store.dueTimers(NOW, 'p-1')).toStrictEqual(all.slice(2));
      expect(await store.dueTimers(NOW - 60, 'p-2')).toStrictEqual(all.slice(0, 2));
      expect((await store.dueTimers(NOW + 2, 'p-2')).map(({ path }) => path)).toEqual(['First', 'Second', 'Child', 'Lock']);
      expect(await store.dueTimers(NOW - 71)).toEqual([]);
      expect(await store.dueTimers(NOW, 'p-3')).toEqual([]);
    });

    it('say which is next, whether that has passed or not', async () => {
      const { store } = stores();
      await create(store, 'p-1', 'p-2', 'p-3');
      expect(await store.nextTimer()).toBeUndefined();
      await store.commit([
        { process: 'p-1', openWaits: [timerWait('A', NOW + 20), timerWait('B', NOW + 10)] },
        { process: 'p-2', openWaits: [timerWait('A', NOW - 5), formWait('B')] },
        { process: 'p-3', openWaits: [formWait('A')] },
        { process: 'p-5', create: processRow('p-5'), openWaits: [callbackWait('A', 'a', { deadline: NOW + 15 })] },
      ]);
      expect(await store.nextTimer()).toBe(NOW - 5);
      expect(await store.nextTimer('p-5')).toBe(NOW + 15);
      expect(await Promise.all(['p-1', 'p-2', 'p-3', 'p-4'].map((id) => store.nextTimer(id)))).toEqual([
        NOW + 10,
        NOW - 5,
        undefined,
        undefined,
      ]);
      await commit(store, { process: 'p-2', closeWaits: ['A'] });
      expect(await store.nextTimer()).toBe(NOW + 10);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { StepwrightError } from '../../src/core/error.js';
import { WriteQueue } from '../../src/engine/write-queue.js';
import type { ProcessStore, ProcessWrite, WriteResult } from '../../src/ports/process-store.js';
import { MemoryProcessStore } from '../../src/testing/memory-process-store.js';
import { creating, STORED } from '../support/process-writes.js';
import { around } from './faults.js';
import { signal } from './signal.js';

const write = (process: string): ProcessWrite => creating(process, {}, { facts: [{ type: 'process_created', at: 1 }] });

/** A queue on a store whose commits wait while the gate is closed; the groups that were committed, and what was told. */
function queue(commit?: (batch: readonly ProcessWrite[], call: () => Promise<unknown>) => Promise<unknown>) {
  const groups: string[][] = [];
  const told: string[] = [];
  const store: ProcessStore = around(new MemoryProcessStore(), async (method, call, [batch]) => {
    if (method !== 'commit') return call();
    groups.push((batch as ProcessWrite[]).map(({ process }) => process));
    return commit ? commit(batch as ProcessWrite[], call) : call();
  });
  return { store, groups, told, queue: new WriteQueue(store, ({ process }) => told.push(process)) };
}

describe('WriteQueue', () => {
  it('stores a write at once when nothing else is being stored', async () => {
    const { queue: writes, groups, told } = queue();
    expect(await writes.submit(write('a'))).toEqual(STORED);
    expect(await writes.submit(write('b'))).toEqual(STORED);
    expect(groups).toEqual([['a'], ['b']]);
    expect(told).toEqual(['a', 'b']);
  });

  it('gathers what comes while a group is stored, and stores that as one, in order', async () => {
    const gate = signal();
    const {
      queue: writes,
      groups,
      told,
    } = queue(async (_batch, call) => {
      await gate.given;
      return call();
    });
    const settled: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map((name) => writes.submit(write(name)).then(() => settled.push(name)));
    await new Promise(setImmediate);
    expect(groups).toEqual([['a']]);
    gate.give();
    await Promise.all(all);
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
    expect(settled).toEqual(['a', 'b', 'c', 'd']);
    expect(told).toEqual(settled);
  });

  it('gives each write its own result, and tells only of what was stored', async () => {
    const { queue: writes, told } = queue();
    const refused = { ...write('c'), joined: () => Promise.reject(new Error('no')) };
    const lost: ProcessWrite = { process: 'nobody', expect: { epoch: 1 } };
    const results = await Promise.all([write('a'), write('a'), refused, lost, write('b')].map((one) => writes.submit(one)));
    expect(results).toEqual([
      STORED,
      { stored: false, why: 'exists', process: 'a' },
      { stored: false, why: 'refused', error: new Error('no') },
      { stored: false, why: 'changed' },
      STORED,
    ]);
    expect(told).toEqual(['a', 'b']);
  });

  it('takes a store that gives too few results for one that refuses the rest', async () => {
    const { queue: writes, told } = queue(async () => [] satisfies WriteResult[]);
    expect(await writes.submit(write('a'))).toEqual({ stored: false, why: 'changed' });
    expect(told).toEqual([]);
  });

  it('rejects what can not be stored, and goes on with what comes after', async () => {
    let broken = true;
    const { queue: writes, told } = queue(async (_batch, call) => {
      if (broken) throw new Error('the disk is gone');
      return call();
    });
    const failed = await Promise.allSettled(['a', 'b'].map((name) => writes.submit(write(name))));
    expect(failed).toMatchObject(Array(2).fill({ status: 'rejected', reason: { message: 'the disk is gone' } }));
    broken = false;
    expect(await writes.submit(write('c'))).toEqual(STORED);
    expect(told).toEqual(['c']);
  });

  it('does not let one write that the store can not take carry its neighbours along', async () => {
    const { queue: writes, told } = queue(async (batch, call) => {
      if (batch.some(({ process }) => process === 'poison')) throw new Error('too big');
      return call();
    });
    const results = await Promise.allSettled(['first', 'a', 'poison', 'b'].map((name) => writes.submit(write(name))));
    expect(results).toMatchObject([{ value: STORED }, { value: STORED }, { reason: { message: 'too big' } }, { value: STORED }]);
    expect(told).toEqual(['first', 'a', 'b']);
  });

  it('offers a group once to a store that can not be used', async () => {
    let broken = true;
    const { queue: writes, groups } = queue(async (_batch, call) => {
      if (broken) throw new StepwrightError('store_unavailable', 'locked', { retryable: true });
      return call();
    });
    const failed = await Promise.allSettled(['first', 'a', 'b'].map((name) => writes.submit(write(name))));
    expect(failed).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: 'store_unavailable' } }));
    expect(groups).toEqual([['first'], ['a', 'b']]);
    broken = false;
    expect(await writes.submit(write('c'))).toEqual(STORED);
  });

  it('loses nothing that is submitted from within what a stored write sets off', async () => {
    const store = new MemoryProcessStore();
    const later: Promise<WriteResult>[] = [];
    const writes: WriteQueue = new WriteQueue(store, ({ process }) => {
      if (process === 'a') later.push(writes.submit(write('b')));
    });
    await writes.submit(write('a')).then(() => later.push(writes.submit(write('c'))));
    expect(await Promise.all(later)).toEqual([STORED, STORED]);
    expect((await store.list({})).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  });
});

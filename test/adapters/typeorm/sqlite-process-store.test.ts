import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource, openDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../../src/adapters/typeorm/sqlite-process-store.js';
import type { ProcessStore } from '../../../src/ports/process-store.js';
import { create, creating, NOW, runner, STORED } from '../../support/process-writes.js';

let folder: string;
const opened: { destroy(): Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
});
afterEach(async () => {
  for (const dataSource of opened.splice(0)) await dataSource.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function open(patience?: number) {
  const database = join(folder, 'a.db');
  const dataSource = createDataSource({ database });
  await openDataSource(dataSource);
  opened.push(dataSource);
  return { database, dataSource, store: new SqliteProcessStore(dataSource, new SqliteGate(dataSource.createQueryRunner(), patience)) };
}

const WRITES: readonly [string, (store: ProcessStore) => Promise<unknown>, object | undefined][] = [
  ['a commit', (store) => store.commit([creating('p-2'), creating('p-3', {}, { joined: async () => undefined })]), [STORED, STORED]],
  ['a claim', (store) => store.claim('p-1', 'r-1', NOW), { id: 'p-1', claimedBy: 'r-1', epoch: 1 }],
  ['a sign of life', (store) => store.keepAlive(runner('r-2')), undefined],
  ['the removal of a runner', (store) => store.removeRunner(runner('r-1')), undefined],
];

describe('A SQLite database that another program has locked', () => {
  it.each(WRITES)('takes %s when it is free, and nothing here stands still until then', async (_what, write, result) => {
    const { database, store } = await open();
    await create(store, 'p-1');
    await store.keepAlive(runner('r-1'));
    const other = new Database(database);
    other.exec('BEGIN IMMEDIATE');
    // Were the wait for the lock a standstill, the other program, which is this one, could never end it.
    const writing = write(store);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    other.exec('COMMIT');
    other.close();
    if (result === undefined) expect(await writing).toBeUndefined();
    else expect(await writing).toMatchObject(result);
  });

  it.each(WRITES)('is unavailable to %s when that takes too long, and goes on after it', async (_what, write) => {
    const { database, store } = await open(0);
    await create(store, 'p-1');
    await store.keepAlive(runner('r-1'));
    const other = new Database(database);
    other.exec('BEGIN IMMEDIATE');
    await expect(write(store)).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    expect((await store.list({})).map(({ id }) => id)).toEqual(['p-1']);
    other.exec('COMMIT');
    other.close();
    await write(store);
  });
});

describe('A transaction of the SQLite process store', () => {
  it('is rolled back where the removal of a runner fails, and others go on', async () => {
    const { dataSource, store } = await open();
    await store.keepAlive(runner('r-1'));
    await dataSource.query(`CREATE TRIGGER "no" BEFORE DELETE ON "runner" BEGIN SELECT RAISE(FAIL, 'not this one'); END`);
    await expect(store.removeRunner(runner('r-1'))).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_TRIGGER', message: 'not this one' });
    expect(await store.commit([creating('p-1')])).toEqual([STORED]);
    expect(await store.runners()).toEqual([runner('r-1')]);
  });

  it('that is rolled back takes no claim along that came just before', async () => {
    const { store } = await open();
    await create(store, 'p-1');
    await store.keepAlive(runner('r-1'));
    const unbindable = creating('p-2', { createdBy: (() => 1) as never });
    const [claim, group] = await Promise.allSettled([store.claim('p-1', 'r-1', NOW), store.commit([creating('p-3'), unbindable])]);
    expect(claim).toMatchObject({ status: 'fulfilled', value: { claimedBy: 'r-1' } });
    expect(group).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } });
    expect(await store.process('p-1')).toMatchObject({ claimedBy: 'r-1', epoch: 1 });
    expect(await store.process('p-3')).toBeUndefined();
  });

  it('fails as a whole where the database becomes unavailable to what joined it', async () => {
    const { dataSource, store } = await open();
    const [{ page_count: pages }] = (await dataSource.query('PRAGMA page_count')) as [{ page_count: number }];
    await dataSource.query(`PRAGMA max_page_count = ${pages}`);
    const joined = async () => {
      await dataSource.query('INSERT INTO "snapshot" VALUES (?, ?)', ['p-9', 'x'.repeat(1_000_000)]);
    };
    await expect(store.commit([creating('p-1'), creating('p-2', {}, { joined })])).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.list({})).toEqual([]);
    expect(await store.commit([creating('p-1')])).toEqual([STORED]);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import ormconfig from '../../../ormconfig.js';
import { createDataSource, openDataSource } from '../../../src/adapters/typeorm/data-source.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function opened(database: string) {
  const dataSource = createDataSource({ database });
  await openDataSource(dataSource);
  return dataSource;
}

describe('a database', () => {
  it('is made by its migrations just as the tables are described', async () => {
    const dataSource = ormconfig.setOptions({ database: ':memory:' } as object);
    await openDataSource(dataSource);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await dataSource.destroy();
  });

  it('can be opened again and again, and writes ahead with full durability', async () => {
    const database = join(folder, 'a.db');
    for (let time = 0; time < 2; time++) {
      const dataSource = createDataSource({ database });
      await openDataSource(dataSource);
      expect(await dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
      await dataSource.destroy();
    }
  });

  it.each<[string, (database: string) => Promise<unknown>]>([
    ['new', async () => undefined],
    ['there already', async (database) => (await opened(database)).destroy()],
  ])('that is %s can be opened while another program has it locked for a while', async (_what, before) => {
    const database = join(folder, 'a.db');
    await before(database);
    const other = new Database(database);
    other.exec('BEGIN EXCLUSIVE');
    const opening = opened(database);
    await setTimeout(100);
    other.exec('COMMIT');
    other.close();
    const dataSource = await opening;
    expect(await dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await dataSource.query('SELECT * FROM "process"')).toEqual([]);
    await dataSource.destroy();
  });

  it('may be less durable where that is asked for', async () => {
    const dataSource = createDataSource({ database: join(folder, 'a.db'), durability: 'normal' });
    await openDataSource(dataSource);
    expect(await dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: 1 }]);
    await dataSource.destroy();
  });

  it.each([
    ['in a folder that can not be made', () => join(folder, 'file', 'a.db')],
    ['that is a folder', () => folder],
  ])('%s is refused, with what to check', async (_what, database) => {
    writeFileSync(join(folder, 'file'), '');
    const opening = openDataSource(createDataSource({ database: database() }));
    await expect(opening).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(`"${database()}" can't be opened`),
    });
    await expect(opening).rejects.toThrow(/Check that you may write there/);
  });

  it('that is no SQLite file is refused, and left as it is', async () => {
    const database = join(folder, 'a.db');
    writeFileSync(database, 'no database at all, and certainly not SQLite\n'.repeat(100));
    const before = readFileSync(database, 'utf8');
    await expect(openDataSource(createDataSource({ database }))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(readFileSync(database, 'utf8')).toBe(before);
  });

  it('that a newer version made is refused, and left as it is', async () => {
    const database = join(folder, 'a.db');
    const first = createDataSource({ database });
    await openDataSource(first);
    await first.query(`INSERT INTO "migration" ("timestamp", "name") VALUES (1999999999999, 'FromTheFuture1999999999999')`);
    await first.destroy();
    const opening = openDataSource(createDataSource({ database }));
    await expect(opening).rejects.toMatchObject({ code: 'store_newer', message: expect.stringContaining('FromTheFuture1999999999999') });
    await expect(opening).rejects.toThrow(/Nothing was changed/);
  });
});

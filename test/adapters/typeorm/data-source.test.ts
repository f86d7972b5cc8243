import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import ormconfig from '../../../ormconfig.js';
import { createDataSource, openDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { TEST_ENTITIES, TestPort, testPort } from '../../support/models.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a database', () => {
  it('is made by its migrations just as the tables are described', async () => {
    const dataSource = ormconfig.setOptions({ database: ':memory:' } as object);
    await openDataSource(dataSource);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await dataSource.destroy();
  });

  it('goes back to nothing by its migrations', async () => {
    const dataSource = createDataSource({ database: ':memory:' });
    await openDataSource(dataSource);
    await dataSource.undoLastMigration();
    const tables = (await dataSource.query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)) as {
      name: string;
    }[];
    expect(tables.map(({ name }) => name)).toEqual(['migration']);
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

describe('the gate before a SQLite connection', () => {
  async function open() {
    const dataSource = createDataSource({ database: ':memory:', models: TEST_ENTITIES });
    await dataSource.initialize();
    await dataSource.synchronize();
    return { dataSource, gate: new SqliteGate(dataSource.createQueryRunner()) };
  }

  it('lets queries from outside wait until the open group has ended', async () => {
    const { dataSource, gate } = await open();
    const seen: unknown[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const group = gate.group(async () => {
      begin();
      await dataSource.query('BEGIN IMMEDIATE');
      await dataSource.query(`INSERT INTO "runner" VALUES ('r-2', 1, '{}')`);
      await new Promise(setImmediate);
      seen.push('group');
      await dataSource.query('ROLLBACK');
    });
    await begun;
    const outside = dataSource.query('SELECT * FROM "runner"').then((rows) => seen.push(rows));
    await Promise.all([group, outside]);
    expect(seen).toEqual(['group', []]);
    await dataSource.destroy();
  });

  it('refuses a transaction of somebody else, and says what to do', async () => {
    const { dataSource } = await open();
    await expect(dataSource.transaction(async () => undefined)).rejects.toMatchObject({ code: 'wrong_use' });
    await expect(dataSource.manager.save(testPort('ams-1'))).rejects.toThrow(/Return the model from a step/);
    await dataSource.manager.save(testPort('ams-1'), { transaction: false });
    expect(await dataSource.manager.count(TestPort)).toBe(1);
    await dataSource.destroy();
  });

  it('lets groups follow one another, also after one has failed', async () => {
    const { dataSource, gate } = await open();
    const order: string[] = [];
    const group = (name: string, fails = false) =>
      gate.group(async () => {
        order.push(`${name} begins`);
        await new Promise(setImmediate);
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([group('a'), group('b', true), group('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    await dataSource.destroy();
  });
});

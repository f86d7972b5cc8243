import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource, openDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { CreateEngineTables1764000000000 } from '../../../src/adapters/typeorm/migrations/create-engine-tables.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../../src/adapters/typeorm/sqlite-process-store.js';
import { childWait, commit, creating, formWait, lockRequest, NOW, processRow, STORED, stepRecord } from '../../support/process-writes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Migrations = NonNullable<DataSource['options']['migrations']>;

/** A database with only the migrations that are given. */
async function withOnly(database: string, migrations: Migrations): Promise<DataSource> {
  const dataSource = new DataSource({ type: 'better-sqlite3', database, migrations, migrationsTableName: 'migration' });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return dataSource;
}

async function current(database = ':memory:') {
  const dataSource = createDataSource({ database });
  await openDataSource(dataSource);
  return { dataSource, store: new SqliteProcessStore(dataSource, new SqliteGate(dataSource.createQueryRunner())) };
}

async function rows<T>(dataSource: DataSource, sql: string): Promise<readonly T[]> {
  return (await dataSource.query(sql)) as T[];
}

/** Without a transaction of its own, which the gate refuses. */
function undo(dataSource: DataSource): Promise<void> {
  return dataSource.undoLastMigration({ transaction: 'none' });
}

/** The tables and indexes, each as it was made, apart from how its columns came to be there. */
async function schema(dataSource: DataSource): Promise<readonly string[]> {
  const made = await rows<{ sql: string }>(
    dataSource,
    `SELECT "sql" FROM "sqlite_master" WHERE "sql" IS NOT NULL AND "name" <> 'migration'`,
  );
  return made.map(({ sql }) => sql.trim()).sort();
}

/** What the first version stored of a process: its texts are those of that version. */
const OLD_ROWS = [
  `INSERT INTO "process" ("id", "workflow", "target", "status", "revision", "epoch", "created_at", "updated_at") VALUES ('p-1', 'order', 'create', 'suspended', 3, 2, ${NOW}, ${NOW})`,
  `INSERT INTO "step_record" ("process_id", "path", "outcome", "changes", "attempt", "counts_from_attempt", "counts_from_at", "started_at", "ended_at") VALUES ('p-1', 'A', 'success', '{"set":{},"unset":[]}', 1, 0, ${NOW}, ${NOW}, ${NOW + 5})`,
  `INSERT INTO "step_record" ("process_id", "path", "decision", "attempt", "counts_from_attempt", "counts_from_at", "started_at") VALUES ('p-1', 'B', 'null', 1, 0, ${NOW}, ${NOW})`,
  `INSERT INTO "open_wait" ("process_id", "path", "kind", "attempt", "since", "reason") VALUES ('p-1', 'C', 'form', 1, ${NOW}, 'a person is asked')`,
  `INSERT INTO "event" ("process_id", "type", "at") VALUES ('p-1', 'process_created', ${NOW})`,
];
const OLD_ROW = processRow('p-1', { status: 'suspended', revision: 3, epoch: 2 });
const OLD_RECORDS = [
  stepRecord('A'),
  { path: 'B', outcome: null, decision: null, attempt: 1, countsFrom: { attempt: 0, at: NOW }, startedAt: NOW },
];

describe('the migrations', () => {
  it('bring a database of the first version up to date, with all that is in it', async () => {
    const database = join(folder, 'a.db');
    const old = await withOnly(database, [CreateEngineTables1764000000000]);
    for (const statement of OLD_ROWS) await old.query(statement);
    await old.destroy();
    const { dataSource, store } = await current(database);
    expect(await store.process('p-1')).toStrictEqual(OLD_ROW);
    expect(await store.records('p-1')).toStrictEqual(OLD_RECORDS);
    expect(await store.liveRecords('p-1')).toStrictEqual(OLD_RECORDS);
    expect(await store.waits('p-1')).toStrictEqual([formWait('C')]);
    expect(await store.facts('p-1')).toMatchObject([{ type: 'process_created', at: NOW }]);
    expect(await store.links('p-1')).toEqual([]);
    expect(await commit(store, { process: 'p-1', retire: ['A'], closeWaits: ['C'], openWaits: [childWait('D', 'p-9')] })).toEqual(STORED);
    expect(await store.liveRecords('p-1')).toStrictEqual(OLD_RECORDS.slice(1));
    await dataSource.destroy();
  });

  it('go back to the first version, with all that it knows of', async () => {
    const { dataSource, store } = await current(join(folder, 'a.db'));
    await commit(
      store,
      creating(
        'p-1',
        { parent: { process: 'p-9', path: 'Ship' }, forkedFrom: 'p-8' },
        {
          records: [stepRecord('A', { from: 'p-8' }), stepRecord('B')],
          retire: ['B'],
          openWaits: [formWait('C', { progress: 1 })],
          requestLocks: [lockRequest('a', 'p-1')],
          links: [{ subscription: 's-1', model: 'Port' }],
        },
      ),
    );
    await undo(dataSource);
    const first = await withOnly(':memory:', [CreateEngineTables1764000000000]);
    expect((await schema(dataSource)).map((sql) => sql.replaceAll(' ', ''))).toEqual(
      (await schema(first)).map((sql) => sql.replaceAll(' ', '')),
    );
    expect(await rows(dataSource, 'SELECT "id", "status" FROM "process"')).toEqual([{ id: 'p-1', status: 'created' }]);
    expect(await rows(dataSource, 'SELECT "path", "outcome" FROM "step_record"')).toEqual([
      { path: 'A', outcome: 'success' },
      { path: 'B', outcome: 'success' },
    ]);
    expect(await rows(dataSource, 'SELECT "path", "kind" FROM "open_wait"')).toEqual([{ path: 'C', kind: 'form' }]);
    await first.destroy();
    await dataSource.destroy();
  });

  it('go back to nothing', async () => {
    const { dataSource } = await current();
    for (let count = dataSource.migrations.length; count > 0; count--) await undo(dataSource);
    const tables = await rows<{ name: string }>(
      dataSource,
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(['migration']);
    await dataSource.destroy();
  });

  it('make the indexes that the tables are described with, conditions and all', async () => {
    const { dataSource: migrated } = await current();
    const described = createDataSource({ database: ':memory:' });
    await described.initialize();
    await described.synchronize();
    const indexes = async (dataSource: DataSource) => (await schema(dataSource)).filter((sql) => /^CREATE (UNIQUE )?INDEX/.test(sql));
    expect(await indexes(migrated)).toEqual(await indexes(described));
    await migrated.destroy();
    await described.destroy();
  });
});

import { DataSource, type MixedList } from 'typeorm';
import { StepwrightError } from '../../core/error.js';
import { AddChildrenLocksAndLinks1764200000000 } from './migrations/add-children-locks-and-links.js';
import { CreateEngineTables1764000000000 } from './migrations/create-engine-tables.js';
import { BLOCKING_WAIT, retryWhileBusy } from './retry-while-busy.js';
import { ENGINE_TABLES } from './tables.js';

/** Where processes and domain models are kept. */
export interface DatabaseOptions {
  /** The SQLite file, or `:memory:`. @default 'stepwright.db' */
  readonly database?: string;
  /** The classes of domain models and their blocks. */
  readonly models?: readonly Function[];
  /** The migrations of their tables, besides Stepwright's own. */
  readonly migrations?: readonly Function[];
  /**
   * How hard a commit is pressed onto the disk: `full` survives a loss of power, `normal` may lose the last commits then, though
   * never their order. @default 'full'
   */
  readonly durability?: 'full' | 'normal';
}

interface Pragmatic {
  pragma(text: string): unknown;
}

/** A TypeORM data source for an embedded SQLite database with Stepwright's tables and your models; not opened yet. */
export function createDataSource(options: DatabaseOptions = {}): DataSource {
  const { database = 'stepwright.db', models = [], migrations = [], durability = 'full' } = options;
  return new DataSource({
    type: 'better-sqlite3',
    database,
    timeout: BLOCKING_WAIT,
    prepareDatabase: (connection: Pragmatic) => prepare(connection, database, durability === 'full' ? 'FULL' : 'NORMAL'),
    entities: [...ENGINE_TABLES, ...models] as MixedList<Function>,
    migrations: [CreateEngineTables1764000000000, AddChildrenLocksAndLinks1764200000000, ...migrations],
    migrationsTableName: 'migration',
  });
}

/** Writing ahead is switched on here and not by TypeORM's `enableWAL`, which gives up where another program has the new file locked. */
function prepare(connection: Pragmatic, database: string, synchronous: string): Promise<void> {
  return retryWhileBusy(() => {
    connection.pragma(`synchronous = ${synchronous}`);
    if (database !== ':memory:') connection.pragma('journal_mode = WAL');
  });
}

/**
 * Opens a data source, and brings its tables up to date.
 * @throws StepwrightError `store_unavailable` when it can't be opened, `store_newer` when it has migrations that are not known here
 */
export async function openDataSource(dataSource: DataSource): Promise<void> {
  const name = String(dataSource.options.database);
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    if (await retryWhileBusy(() => isBehind(dataSource, name))) await migrate(dataSource, name);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    if (error instanceof StepwrightError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StepwrightError(
      'store_unavailable',
      `The database "${name}" can't be opened: ${reason}. Check that you may write there, and that the file is a SQLite database.`,
      { cause: error },
    );
  }
}

/**
 * Runs what is missing in one transaction that is closed to other programs from its first statement on, so that two which open a new
 * database at once do not both make its tables. Foreign keys can't be switched off inside it, and a table that is made anew must not take
 * along what refers to it.
 */
async function migrate(dataSource: DataSource, name: string): Promise<void> {
  await dataSource.query('PRAGMA foreign_keys = OFF');
  await retryWhileBusy(() => dataSource.query('BEGIN IMMEDIATE'));
  try {
    if (await isBehind(dataSource, name)) await dataSource.runMigrations({ transaction: 'none' });
    await dataSource.query('COMMIT');
  } catch (error) {
    await dataSource.query('ROLLBACK');
    throw error;
  }
  await dataSource.query('PRAGMA foreign_keys = ON');
}

/**
 * Whether migrations are missing.
 * @throws StepwrightError `store_newer` when there are some that are not known here
 */
async function isBehind(dataSource: DataSource, name: string): Promise<boolean> {
  const [table] = (await dataSource.query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migration'`)) as object[];
  const rows = table ? ((await dataSource.query(`SELECT "name" FROM "migration"`)) as { name: string }[]) : [];
  const done = new Set(rows.map((row) => row.name));
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const unknown = [...done].filter((one) => !known.includes(one));
  if (unknown.length > 0) {
    throw new StepwrightError(
      'store_newer',
      `The database "${name}" was made by a newer version, or by another project: it has ${unknown.join(', ')}, which this program does not know. ` +
        'Update Stepwright and your models, or use another database. Nothing was changed.',
    );
  }
  return known.some((one) => !done.has(one));
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Service, ServiceOptions } from '../../../app.js';
import type { Globals } from '../globals.js';
import { usage } from '../io.js';
import { importModule, orExplain } from './import-module.js';

type DataSource = Service['dataSource'];
type Database = NonNullable<ServiceOptions['database']>;

const CONFIG_FILES = ['ormconfig.ts', 'ormconfig.js'];
const DEFAULT_DATABASE = 'stepwright.db';

/**
 * The file whose default export is the data source: as given, or the one that lies there; undefined where there is none.
 * @throws StepwrightError `usage` when the file that was given is not there
 */
export function findConfig({ config }: Pick<Globals, 'config'>, cwd: string): string | undefined {
  if (config === undefined) return CONFIG_FILES.map((file) => resolve(cwd, file)).find((file) => existsSync(file));
  const path = resolve(cwd, config);
  if (!existsSync(path))
    throw usage(`There is no configuration ${config} in ${cwd}; name a file whose default export is a TypeORM DataSource.`);
  return path;
}

/**
 * Where processes are kept, from the configuration's data source, or from a file's name alone.
 * @param mustExist refuse a SQLite file that is not there, rather than make an empty one
 * @throws StepwrightError `usage`
 */
export async function loadDatabase(
  configFile: string | undefined,
  { database }: Globals,
  cwd: string,
  mustExist: boolean,
): Promise<Database> {
  if (configFile === undefined) {
    const file = toFile(database ?? DEFAULT_DATABASE, cwd);
    if (mustExist) checkExists(file);
    return { database: file };
  }
  const dataSource = await loadDataSource(configFile);
  const isSqlite = dataSource.options.type.includes('sqlite');
  if (database !== undefined)
    dataSource.setOptions({ database: isSqlite ? toFile(database, cwd) : database } as Partial<DataSource['options']>);
  if (mustExist && isSqlite) checkExists(String(dataSource.options.database));
  return dataSource;
}

async function loadDataSource(file: string): Promise<DataSource> {
  const module = await orExplain(file, () => importModule(file));
  const { default: value } = module;
  const inner = isDataSource(value) ? value : (value as { default?: unknown } | undefined)?.default;
  if (isDataSource(inner)) return inner;
  const found = value === undefined ? 'has no default export' : 'exports as default something that is no TypeORM DataSource';
  throw usage(`${file} ${found}; write: export default createDataSource({ database: 'stepwright.db', models: […], migrations: […] });`);
}

/** By its shape, for the project may have a TypeORM of its own. */
function isDataSource(value: unknown): value is DataSource {
  if (typeof value !== 'object' || value === null) return false;
  const { initialize, setOptions, createQueryRunner, options } = value as Partial<DataSource>;
  return [initialize, setOptions, createQueryRunner].every((method) => typeof method === 'function') && typeof options === 'object';
}

function toFile(database: string, cwd: string): string {
  return database === ':memory:' ? database : resolve(cwd, database);
}

function checkExists(file: string): void {
  if (file === ':memory:' || existsSync(file)) return;
  throw usage(`There is no database ${file}. Start a workflow first, or name the database with --database or --config.`);
}

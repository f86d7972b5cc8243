import { randomBytes } from 'node:crypto';
import type { DataSource, EntitySchema } from 'typeorm';
import { SystemClock } from './adapters/clock/system-clock.js';
import { NodeHost } from './adapters/host/node-host.js';
import { pinoLogger } from './adapters/logger/pino-logger.js';
import { SystemRandom } from './adapters/random/system-random.js';
import { HmacTokens } from './adapters/tokens/hmac-tokens.js';
import { readSecret } from './adapters/tokens/secret-file.js';
import { createDataSource, type DatabaseOptions, openDataSource } from './adapters/typeorm/data-source.js';
import { SqliteGate } from './adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from './adapters/typeorm/sqlite-process-store.js';
import { ENGINE_TABLES } from './adapters/typeorm/tables.js';
import { TypeOrmModelStore } from './adapters/typeorm/typeorm-model-store.js';
import { workflowOf } from './author/workflow.js';
import { StepwrightError } from './core/error.js';
import { didYouMean } from './core/nearest.js';
import type { Workflow } from './core/workflow.js';
import { Engine } from './engine/engine.js';
import type { EngineOptions } from './engine/heartbeat.js';
import type { Logger } from './ports/logger.js';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'];

/** What a service is made of. */
export interface ServiceOptions extends EngineOptions {
  /** Classes decorated with `@workflow`, and what `defineWorkflow` gave. */
  readonly workflows: readonly unknown[];
  /** Where processes and models are kept: a data source from `createDataSource()`, or what one is made of. @default the file stepwright.db */
  readonly database?: DataSource | DatabaseOptions;
  /**
   * Signs the tokens of calls back: at least 32 characters, the same for all services on this database.
   * @default $STEPWRIGHT_SECRET, else a file beside the database that is made on first use
   */
  readonly secret?: string;
  /** What is logged to standard error: `silent`, `error`, `warn`, `info` or `debug`. @default 'warn' */
  readonly logLevel?: string;
}

/** An engine on its database. */
export interface Service {
  readonly engine: Engine;
  readonly dataSource: DataSource;
  /**
   * Lets running steps finish, and closes the database, even where the first fails; a second call waits for the first.
   * @param options.grace how long to wait for steps, as `Engine.close` has it @default without end
   */
  close(options?: Parameters<Engine['close']>[0]): Promise<void>;
}

/**
 * Opens the database, brings its tables up to date, and makes an engine on it.
 * @throws StepwrightError `definition` for what is no workflow, two of one name, or a data source that can't keep processes; `wrong_use`
 * for a log level that there is not, or a secret that is too short; `store_unavailable`, `store_newer`. No database that it opened stays open then
 * @example
 * ```ts
 * const { engine, close } = await openService({ workflows: [CreateL2Vpn], database: { models: [Port, L2Vpn] } });
 * const { id } = await engine.start('create_l2vpn', [order, ports]);
 * console.log((await engine.settled(id)).status);
 * await close();
 * ```
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const workflows = options.workflows.map(toWorkflow);
  const logger = pinoLogger(checkLevel(options.logLevel ?? 'warn'));
  const { database = {} } = options;
  const dataSource = 'driver' in database ? checkDataSource(database) : createDataSource(database);
  await openDataSource(dataSource);
  try {
    const engine = makeEngine(dataSource, logger, workflows, options);
    let closing: Promise<void> | undefined;
    return {
      engine,
      dataSource,
      close(how) {
        closing ??= engine.close(how).finally(async () => {
          if (dataSource.isInitialized) await dataSource.destroy();
        });
        return closing;
      },
    };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

function makeEngine(dataSource: DataSource, logger: Logger, workflows: readonly Workflow[], options: ServiceOptions): Engine {
  const gate = new SqliteGate(dataSource.createQueryRunner());
  const secret = checkSecret(options.secret ?? process.env.STEPWRIGHT_SECRET);
  const ports = {
    store: new SqliteProcessStore(dataSource, gate),
    models: new TypeOrmModelStore(dataSource),
    clock: new SystemClock(),
    random: new SystemRandom(),
    logger,
    host: new NodeHost(),
    tokens: new HmacTokens(() => secret ?? keptSecret(dataSource)),
  };
  const publicUrl = options.publicUrl ?? process.env.STEPWRIGHT_PUBLIC_URL;
  return new Engine(ports, workflows, { ...options, ...(publicUrl === undefined ? {} : { publicUrl }) });
}

/** The secret in a file beside the database; for one in memory, a new one. */
function keptSecret(dataSource: DataSource): Buffer {
  const database = String(dataSource.options.database);
  return database === ':memory:' ? randomBytes(32) : readSecret(`${database}.secret`);
}

function checkSecret(secret: string | undefined): string | undefined {
  if (secret === undefined || secret.length >= 32) return secret;
  throw new StepwrightError(
    'wrong_use',
    'The secret (STEPWRIGHT_SECRET) is shorter than 32 characters; take a long random text, and keep it.',
  );
}

function checkLevel(level: string): string {
  if (LOG_LEVELS.includes(level)) return level;
  throw new StepwrightError(
    'wrong_use',
    `logLevel is ${JSON.stringify(level)}.${didYouMean(level, LOG_LEVELS)} Write one of ${LOG_LEVELS.join(', ')}.`,
  );
}

/** Tables are known by their names, for the project may have a TypeORM, or a Stepwright, of its own. */
function checkDataSource(dataSource: DataSource): DataSource {
  const { type, entities = [] } = dataSource.options;
  const known = new Set(Object.values(entities).map((entity) => (entity as Partial<EntitySchema>).options?.name));
  if (type === 'better-sqlite3' && ENGINE_TABLES.every((table) => known.has(table.options.name))) return dataSource;
  const lacks = type === 'better-sqlite3' ? "lacks the engine's tables" : `is for ${type}, not better-sqlite3`;
  throw new StepwrightError('definition', `The data source ${lacks}; make it with createDataSource().`);
}

function toWorkflow(value: unknown): Workflow {
  const workflow = workflowOf(value);
  if (workflow) return workflow;
  const name = typeof value === 'function' ? `The class ${value.name}` : String(value);
  throw new StepwrightError('definition', `${name} is no workflow; decorate it with @workflow('name'), or make it with defineWorkflow().`);
}

import type { DataSource } from 'typeorm';
import { SystemClock } from './adapters/clock/system-clock.js';
import { NodeHost } from './adapters/host/node-host.js';
import { pinoLogger } from './adapters/logger/pino-logger.js';
import { SystemRandom } from './adapters/random/system-random.js';
import { createDataSource, type DatabaseOptions, openDataSource } from './adapters/typeorm/data-source.js';
import { SqliteGate } from './adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from './adapters/typeorm/sqlite-process-store.js';
import { TypeOrmModelStore } from './adapters/typeorm/typeorm-model-store.js';
import { workflowOf } from './author/workflow.js';
import { StepwrightError } from './core/error.js';
import type { Workflow } from './core/workflow.js';
import { Engine } from './engine/engine.js';

/** What a service is made of. */
export interface ServiceOptions {
  /** Classes decorated with `@workflow`, and what `defineWorkflow` gave. */
  readonly workflows: readonly unknown[];
  /** Where processes and models are kept: a data source from `createDataSource()`, or what one is made of. @default the file stepwright.db */
  readonly database?: DataSource | DatabaseOptions;
  /** What is logged to standard error: `silent`, `error`, `warn`, `info` or `debug`. @default 'warn' */
  readonly logLevel?: string;
}

/** An engine on its database. */
export interface Service {
  readonly engine: Engine;
  readonly dataSource: DataSource;
  /** Lets running steps finish, and closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the database, brings its tables up to date, and makes an engine on it.
 * @throws StepwrightError `definition` for what is no workflow, `store_unavailable`, `store_newer`
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
  const { database = {} } = options;
  const dataSource = 'driver' in database ? database : createDataSource(database);
  await openDataSource(dataSource);
  const gate = new SqliteGate(dataSource.createQueryRunner());
  const ports = {
    store: new SqliteProcessStore(dataSource, gate),
    models: new TypeOrmModelStore(dataSource),
    clock: new SystemClock(),
    random: new SystemRandom(),
    logger: pinoLogger(options.logLevel ?? 'warn'),
    host: new NodeHost(),
  };
  const engine = new Engine(ports, workflows);
  return {
    engine,
    dataSource,
    async close() {
      await engine.close();
      await dataSource.destroy();
    },
  };
}

function toWorkflow(value: unknown): Workflow {
  const workflow = workflowOf(value);
  if (workflow) return workflow;
  const name = typeof value === 'function' ? `The class ${value.name}` : String(value);
  throw new StepwrightError('definition', `${name} is no workflow; decorate it with @workflow('name'), or make it with defineWorkflow().`);
}

import { IsBoolean, IsInt, Min } from 'class-validator';
import { afterEach, beforeEach, describe } from 'vitest';
import { createDataSource } from '../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../src/adapters/typeorm/sqlite-process-store.js';
import { TypeOrmModelStore } from '../../src/adapters/typeorm/typeorm-model-store.js';
import type { Workflow } from '../../src/core/workflow.js';
import { Engine } from '../../src/engine/engine.js';
import type { EngineOptions } from '../../src/engine/heartbeat.js';
import type { EnginePorts } from '../../src/engine/parts.js';
import type { Peers } from '../../src/engine/peers.js';
import type { ProcessStore } from '../../src/ports/process-store.js';
import { MemoryHost } from '../../src/testing/memory-host.js';
import { MemoryModelStore } from '../../src/testing/memory-model-store.js';
import { MemoryProcessStore } from '../../src/testing/memory-process-store.js';
import { PlainTokens } from '../../src/testing/plain-tokens.js';
import { SeededRandom } from '../../src/testing/seeded-random.js';
import { SilentLogger } from '../../src/testing/silent-logger.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import type { OpenStore, OpenStores } from '../contracts/stores.js';
import { TEST_ENTITIES } from '../support/models.js';
import { type Cut, dying } from './faults.js';

/** A form page with one question. */
export class Confirm {
  @IsBoolean()
  approved!: boolean;
}

/** A form page with a rule. */
export class Amount {
  @IsInt()
  @Min(1)
  amount!: number;
}

const openMemory: OpenStore = async () => ({
  store: new MemoryProcessStore(),
  models: new MemoryModelStore(),
  close: async () => undefined,
});

const openSqlite: OpenStore = async () => {
  const dataSource = createDataSource({ database: ':memory:', models: TEST_ENTITIES });
  await dataSource.initialize();
  await dataSource.synchronize();
  const gate = new SqliteGate(dataSource.createQueryRunner());
  return { store: new SqliteProcessStore(dataSource, gate), models: new TypeOrmModelStore(dataSource), close: () => dataSource.destroy() };
};

export const STORES: readonly (readonly [string, OpenStore])[] = [
  ['memory', openMemory],
  ['SQLite', openSqlite],
];

/** What processes that have nothing to do with one another may do to each other. */
export const NO_PEERS: Peers = {
  start: () => Promise.reject(new Error('no process is to be started here')),
  retry: () => Promise.reject(new Error('no process is to be retried here')),
  abort: () => Promise.reject(new Error('no process is to be aborted here')),
};

/** One store, and the engines that come and go on it; time stands still until a test moves it. */
export class World {
  readonly clock = new VirtualClock();
  readonly logger = new SilentLogger();
  readonly random = new SeededRandom();
  readonly host = new MemoryHost();
  readonly store: ProcessStore;
  readonly models: OpenStores['models'];
  readonly #stores: OpenStores;
  readonly #engines: Engine[] = [];

  constructor(stores: OpenStores) {
    this.#stores = stores;
    this.store = stores.store;
    this.models = stores.models;
  }

  /** What an engine is given here, with these ports in the place of the usual ones. */
  ports(ports: Partial<EnginePorts> = {}): EnginePorts {
    const { store, models, clock, random, logger } = this;
    return { store, models, clock, random, logger, host: this.host.spawn(), tokens: new PlainTokens(), ...ports };
  }

  /** Another engine on this store; it is closed after the test. Its lease is long, so that moving time costs no heartbeats. */
  engine(workflows: readonly Workflow[], ports: Partial<EnginePorts> = {}, options: EngineOptions = { lease: '30d' }): Engine {
    const engine = new Engine(this.ports(ports), workflows, options);
    this.#engines.push(engine);
    return engine;
  }

  /** An engine that dies at a cut; from then on it does nothing, and everybody knows that its process is gone. It is never closed. */
  mortal(workflows: readonly Workflow[], cut: Cut): { readonly engine: Engine; readonly died: Promise<void> } {
    const host = this.host.spawn();
    const { store, died } = dying(this.store, cut);
    const engine = new Engine(this.ports({ store, host }), workflows, { lease: '30d' });
    return { engine, died: died.then(() => host.declareGone()) };
  }

  /** The facts about a process in short, in order: `step_ended Push waiting`. */
  async facts(process: string): Promise<readonly string[]> {
    return (await this.store.facts(process)).map(({ type, path, data }) => {
      const { outcome, status, by } = (data ?? {}) as { outcome?: string; status?: string; by?: string };
      return [type, path, outcome ?? status, by].filter((part) => part !== undefined).join(' ');
    });
  }

  /** Everything that is stored of processes, or of this one. */
  async everything(process?: string): Promise<readonly unknown[]> {
    const rows = (await this.store.list({ limit: 1000 })).filter(({ id }) => process === undefined || id === process);
    return Promise.all(
      rows.map(async (row) => ({
        row,
        records: await this.store.records(row.id),
        waits: await this.store.waits(row.id),
        snapshot: await this.store.snapshot(row.id),
        facts: await this.store.facts(row.id),
      })),
    );
  }

  /** The errors and warnings that were logged. */
  get complaints(): readonly string[] {
    return this.logger.lines.filter(({ level }) => level === 'warn' || level === 'error').map(({ message }) => message);
  }

  async close(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.close()));
    await this.#stores.close();
  }
}

/** Opens a world before each test of the `describe` block around, and closes it after; `tests` get a way to the open one. */
export function onEachStore(name: string, tests: (world: () => World) => void): void {
  describe.each(STORES)(`${name}, on %s`, (_store, open) => {
    let world: World;
    beforeEach(async () => {
      world = new World(await open());
    });
    afterEach(() => world.close());
    tests(() => world);
  });
}

/** Gives a value back, so that the source of a step does not tell which keys it returns. */
export function opaque<T>(value: T): T {
  return value;
}

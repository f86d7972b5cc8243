import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FindOptionsWhere } from 'typeorm';
import { createDataSource, openDataSource } from '../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../src/adapters/typeorm/sqlite-process-store.js';
import type { StepRecord } from '../../src/core/journal.js';
import type { State } from '../../src/core/state.js';
import type { LockRequest, OpenWait, ProcessRow, ProcessStore, StoredFact } from '../../src/ports/process-store.js';
import { brokenFacts } from '../engine/broken-facts.js';
import { CrashPort, models } from './crashing.js';
import { EffectsFile } from './outside.js';
import type { Effect } from './protocol.js';

/** All that is known of a process, inside and outside. */
export interface Story {
  readonly row: ProcessRow;
  readonly state: State;
  readonly records: readonly StepRecord[];
  readonly facts: readonly StoredFact[];
  readonly waits: readonly OpenWait[];
  readonly children: readonly ProcessRow[];
  readonly effects: readonly Effect[];
  /** The ports that are its customer's. */
  readonly ports: readonly CrashPort[];
}

/** The database that workers are killed on, and their effects, looked at from outside. */
export class Scene {
  readonly #folder: string;
  readonly #effects: EffectsFile;

  constructor(folder: string) {
    this.#folder = folder;
    this.#effects = new EffectsFile(folder);
  }

  /** All processes. */
  ids(): Promise<readonly string[]> {
    return this.#look(async (store) => (await store.list({})).map(({ id }) => id));
  }

  /** The processes that have steps to walk, whoever has claimed them. */
  unfinished(): Promise<readonly string[]> {
    return this.#look(async (store) => (await store.list({ status: ['created', 'running', 'undoing'] })).map(({ id }) => id));
  }

  /** All processes, the oldest first, with all that is known of them. */
  stories(): Promise<readonly Story[]> {
    return this.#look(async (store, ports) => {
      const stories: Story[] = [];
      for (const row of (await store.list({})).toReversed()) {
        const { id } = row;
        stories.push({
          row,
          state: (await store.snapshot(id)) ?? {},
          records: await store.records(id),
          facts: await store.facts(id),
          waits: await store.waits(id),
          children: await store.list({ parent: id }),
          effects: this.#effects.of(id),
          ports: await ports({ customerId: id }),
        });
      }
      return stories;
    });
  }

  /** Every lock that is held or waited for. */
  locks(): Promise<readonly LockRequest[]> {
    return this.#look((store) => store.lockRequests());
  }

  /** What was done outside, in order. */
  get effects(): readonly Effect[] {
    return this.#effects.of();
  }

  /** What is wrong with a `crashing` process that should have come to its end. */
  faults(id: string): Promise<readonly unknown[]> {
    return this.#look(async (store, ports) => {
      const [row, records, facts] = [await store.process(id), await store.records(id), await store.facts(id)];
      const { port, ...state } = (await store.snapshot(id)) ?? {};
      const [stored] = await ports({ subscriptionId: (port as { id?: string } | undefined)?.id ?? '' });
      const reached = {
        status: row?.status,
        state,
        port: [stored?.uses, stored?.version],
        ends: records.map(({ path, decision, outcome }) => `${path} ${decision ?? outcome?.kind}`),
      };
      const meant = {
        status: 'completed',
        state: { product: 'port', customerId: 'acme', count: 5, approved: true, ended: true },
        port: [2, 2],
        ends: ['#start', 'A', 'B', 'Ask', 'C#if', 'C', 'D', 'E'].map((path) => `${path} ${path === 'C#if' ? true : 'success'}`),
      };
      const attempts = new Map(records.map(({ path, attempt }) => [path, attempt]));
      const wrongEffects = this.#effects.of(id).filter(({ key, path, attempt }, index, all) => {
        const isLate = attempt > (attempts.get(path) ?? 0);
        const isDoubled = all.slice(0, index).some((earlier) => earlier.path === path && earlier.attempt >= attempt);
        return isLate || isDoubled || key !== `${id}:${path}`;
      });
      return [...(isDeepStrictEqual(reached, meant) ? [] : [{ reached, meant }]), ...wrongEffects, ...brokenFacts(facts, records)];
    });
  }

  async #look<T>(
    look: (store: ProcessStore, ports: (where: FindOptionsWhere<CrashPort>) => Promise<CrashPort[]>) => Promise<T>,
  ): Promise<T> {
    const dataSource = createDataSource({ database: join(this.#folder, 'crash.db'), ...models });
    await openDataSource(dataSource);
    try {
      const store = new SqliteProcessStore(dataSource, new SqliteGate(dataSource.createQueryRunner()));
      return await look(store, (where) => dataSource.getRepository(CrashPort).findBy(where));
    } finally {
      await dataSource.destroy();
    }
  }
}

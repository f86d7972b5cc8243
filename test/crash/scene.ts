import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createDataSource, openDataSource } from '../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../src/adapters/typeorm/sqlite-process-store.js';
import type { ProcessStore } from '../../src/ports/process-store.js';
import { brokenFacts } from '../engine/broken-facts.js';
import { CrashPort, models } from './crashing.js';
import type { Effect } from './protocol.js';

/** The database that workers are killed on, and their effects, looked at from outside. */
export class Scene {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All processes. */
  ids(): Promise<readonly string[]> {
    return this.#look(async (store) => (await store.list({})).map(({ id }) => id));
  }

  /** The processes that have steps to walk, whoever has claimed them. */
  unfinished(): Promise<readonly string[]> {
    return this.#look(async (store) => (await store.list({ status: ['created', 'running'] })).map(({ id }) => id));
  }

  /** What is wrong with a process that should have come to its end. */
  faults(id: string): Promise<readonly unknown[]> {
    return this.#look(async (store, portOf) => {
      const [row, records, facts] = [await store.process(id), await store.records(id), await store.facts(id)];
      const { port, ...state } = (await store.snapshot(id)) ?? {};
      const stored = await portOf((port as { id?: string } | undefined)?.id ?? '');
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
      const wrongEffects = (await this.#effects(id)).filter(({ key, path, attempt }, index, all) => {
        const isLate = attempt > (attempts.get(path) ?? 0);
        const isDoubled = all.slice(0, index).some((earlier) => earlier.path === path && earlier.attempt >= attempt);
        return isLate || isDoubled || key !== `${id}:${path}`;
      });
      return [...(isDeepStrictEqual(reached, meant) ? [] : [{ reached, meant }]), ...wrongEffects, ...brokenFacts(facts, records)];
    });
  }

  /** What the steps of a process did, in order. */
  async #effects(id: string): Promise<readonly Effect[]> {
    const lines = (await readFile(join(this.#folder, 'effects.jsonl'), 'utf8')).trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as Effect | { readonly failed: string });
    return all.filter((line): line is Effect => 'key' in line && line.key.startsWith(`${id}:`));
  }

  async #look<T>(look: (store: ProcessStore, portOf: (id: string) => Promise<CrashPort | null>) => Promise<T>): Promise<T> {
    const dataSource = createDataSource({ database: join(this.#folder, 'crash.db'), ...models });
    await openDataSource(dataSource);
    try {
      const store = new SqliteProcessStore(dataSource, new SqliteGate(dataSource.createQueryRunner()));
      return await look(store, (id) => dataSource.getRepository(CrashPort).findOneBy({ subscriptionId: id }));
    } finally {
      await dataSource.destroy();
    }
  }
}

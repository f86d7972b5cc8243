import { list, type StepContext, step } from 'stepwright';
import { expect } from 'vitest';
import { type Signal, signal } from '../signal.js';
import type { World } from '../support.js';

/** Things that only one may use at a time; steps tell when they find somebody else there. */
export class Resources {
  readonly clashes: string[] = [];
  /** The processes, by name or id, in the order in which they came to use a resource. */
  readonly order: string[] = [];
  /** Workflows whose own branches may meet: a lock around them all is not taken again inside. */
  readonly together = new Set<string>();
  readonly #users = new Map<string, Map<string, string>>();
  readonly #gates = new Map<string, Signal>();
  readonly #came = new Map<string, Signal>();

  /** A step that uses resources, until its gate is opened where it has one. */
  use(name: string, ...keys: readonly string[]) {
    return step(name)(async (ctx: StepContext) => {
      const me = `${ctx.processId} ${ctx.path}`;
      for (const key of keys) this.#enter(key, me, ctx);
      this.order.push(ctx.processId);
      this.#signal(this.#came, name).give();
      await Promise.race([this.#gates.get(name)?.given, new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))]);
      for (const key of keys) this.#users.get(key)?.delete(me);
    });
  }

  /** Makes steps of this name stay until the result is called. */
  close(name: string): () => void {
    const gate = signal();
    this.#gates.set(name, gate);
    return gate.give;
  }

  /** Resolves when a step of this name has been begun with. */
  came(name: string): Promise<void> {
    return this.#signal(this.#came, name).given;
  }

  /** The engine is dead that ran the steps of a process. */
  forget(process: string): void {
    for (const users of this.#users.values()) for (const [me, who] of users) if (who === process) users.delete(me);
  }

  forgetAll(): void {
    this.#users.clear();
  }

  #enter(key: string, me: string, { processId, workflow }: StepContext): void {
    const users = this.#users.get(key) ?? new Map<string, string>();
    this.#users.set(key, users);
    users.delete(me);
    const met = [...users].filter(([, who]) => who !== processId || !this.together.has(workflow));
    if (met.length > 0) this.clashes.push(`${me} met ${met.map(([who]) => who).join()} at ${key}`);
    users.set(me, processId);
  }

  #signal(signals: Map<string, Signal>, name: string): Signal {
    const known = signals.get(name) ?? signal();
    signals.set(name, known);
    return known;
  }
}

/** What the lock table holds: `key process path`, in order. */
export async function locks(world: World, ...keys: readonly string[]): Promise<readonly string[]> {
  const requests = await world.store.lockRequests(keys.length > 0 ? keys : undefined);
  return requests.map(({ key, process, path }) => `${key} ${process} ${path}`);
}

/** Nobody met anybody, and no lock is left. */
export async function expectPeace(world: World, resources: Resources): Promise<void> {
  expect(resources.clashes).toEqual([]);
  expect(await locks(world)).toEqual([]);
}

/** Steps that do nothing, one after another. */
export const nothing = (...names: readonly string[]) => list(...names.map((name) => step(name)(() => undefined)));

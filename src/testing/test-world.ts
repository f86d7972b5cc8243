import { type Duration, toMilliseconds } from '../core/duration.js';
import type { Engine } from '../engine/engine.js';
import type { Tokens } from '../ports/tokens.js';
import type { MemoryProcessStore } from './memory-process-store.js';
import { TestRun } from './test-run.js';
import type { VirtualClock } from './virtual-clock.js';

/** The engine of one test, and every process in it that the test looks at. */
export class TestWorld {
  readonly engine: Engine;
  readonly tokens: Tokens;
  readonly #store: MemoryProcessStore;
  readonly #clock: VirtualClock;
  readonly #runs = new Map<string, TestRun>();

  constructor(engine: Engine, store: MemoryProcessStore, clock: VirtualClock, tokens: Tokens) {
    this.engine = engine;
    this.tokens = tokens;
    this.#store = store;
    this.#clock = clock;
  }

  /** Waits until a process, and all that the test knows, have stopped, and looks how they stand. */
  async stopped(process: string): Promise<TestRun> {
    for (const id of [process, ...this.#runs.keys()]) await this.engine.settled(id);
    for (const id of [process, ...this.#runs.keys()]) await this.#look(id);
    return this.run(process);
  }

  /** A process that was looked at. */
  run(id: string): TestRun {
    const run = this.#runs.get(id);
    if (!run) throw new TypeError(`process ${id} was not looked at`);
    return run;
  }

  /** Lets time pass: every timer due meanwhile fires, in order. */
  async advance(duration: Duration): Promise<void> {
    const until = this.#clock.now() + toMilliseconds(duration, 'The time to advance');
    for (let next = await this.#store.nextTimer(); next !== undefined && next <= until; next = await this.#store.nextTimer()) {
      await this.#clock.advanceTo(Math.max(next, this.#clock.now()));
      await this.engine.tick();
    }
    await this.#clock.advanceTo(until);
  }

  /** Looks how a process stands once it has stopped, and at those that it has started. */
  async #look(id: string): Promise<void> {
    const details = await this.engine.settled(id);
    const children = await this.engine.list({ parent: id, limit: Number.MAX_SAFE_INTEGER });
    const ids = children.map((child) => child.id).reverse();
    const run = this.#runs.get(id);
    if (run) run.look(details, ids);
    else this.#runs.set(id, new TestRun(this, details, ids));
    for (const child of ids) if (!this.#runs.has(child)) await this.#look(child);
  }
}

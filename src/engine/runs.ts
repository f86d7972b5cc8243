import type { ProcessRow } from '../ports/process-store.js';
import type { EngineParts } from './parts.js';
import type { Registry } from './registry.js';
import { ProcessRun } from './run/process-run.js';

interface Entry {
  run: ProcessRun | undefined;
  /** Something happened since the run last looked; it is looked at again before the entry goes. */
  again: boolean;
  done: Promise<void>;
}

/** The processes that this engine is moving: at most one run each. */
export class Runs {
  readonly #parts: EngineParts;
  readonly #registry: Registry;
  readonly #runner: string;
  readonly #register: () => Promise<void>;
  readonly #active = new Map<string, Entry>();
  #stopping = false;

  /** @param register makes this runner known again, where it was taken for dead: without that it can claim nothing */
  constructor(parts: EngineParts, registry: Registry, runner: string, register: () => Promise<void>) {
    this.#parts = parts;
    this.#registry = registry;
    this.#runner = runner;
    this.#register = register;
  }

  has(process: string): boolean {
    return this.#active.has(process);
  }

  /** Moves a process until it settles; one that is moving already looks at its journal again. */
  drive(process: string): void {
    if (this.#stopping) return;
    const active = this.#active.get(process);
    if (active) {
      active.again = true;
      active.run?.edited();
      return;
    }
    const entry: Entry = { run: undefined, again: true, done: Promise.resolve() };
    this.#active.set(process, entry);
    entry.done = this.#drive(process, entry);
    entry.done.catch((error: unknown) =>
      this.#parts.logger.error({ process, err: error }, 'the process could not be moved on; the next tick tries again'),
    );
  }

  /** Takes a process away from its run: its bodies are told to end, and nothing more of them is stored. */
  lose(process: string, reason: string): void {
    this.#active.get(process)?.run?.lose(reason);
  }

  /** Looks at every process that is moving as it now is in the store: others may have taken, aborted or edited it. */
  async compare(): Promise<void> {
    for (const [process, entry] of this.#active) {
      const { run } = entry;
      if (run) run.compare(await this.#parts.store.process(process));
    }
  }

  /** Resolves when this engine does not move the process any more; rejects when it broke, as when the database went away. */
  async settled(process: string): Promise<void> {
    for (let entry = this.#active.get(process); entry; entry = this.#active.get(process)) await entry.done;
  }

  /** Starts no further step anywhere, waits for running ones, and lets the processes go. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { run } of this.#active.values()) run?.stop();
    await Promise.allSettled([...this.#active.values()].map((entry) => entry.done));
  }

  /** Tells every running body to end, and stores nothing more. */
  abandon(): void {
    this.#stopping = true;
    for (const { run } of this.#active.values()) run?.lose('the engine was closed');
  }

  async #drive(process: string, entry: Entry): Promise<void> {
    try {
      while (entry.again && !this.#stopping) {
        entry.again = false;
        await this.#runOnce(process, entry);
        entry.run = undefined;
      }
    } finally {
      this.#active.delete(process);
    }
  }

  async #runOnce(process: string, entry: Entry): Promise<void> {
    const found = await this.#parts.store.process(process);
    const workflow = found && this.#registry.find(found.workflow);
    const row = workflow && (await this.#claim(found));
    if (!row) return;
    entry.run = new ProcessRun(this.#parts, workflow, () => this.#registry.instance(workflow), row);
    if (this.#stopping) entry.run.stop();
    await entry.run.run();
  }

  async #claim({ id, claimedBy }: ProcessRow): Promise<ProcessRow | undefined> {
    const { store, clock } = this.#parts;
    const claimed = await store.claim(id, this.#runner, clock.now());
    if (claimed || (claimedBy !== undefined && claimedBy !== this.#runner)) return claimed;
    await this.#register();
    return store.claim(id, this.#runner, clock.now());
  }
}

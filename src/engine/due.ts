import { hasCode } from '../core/error.js';
import type { WaitPlace } from '../ports/process-store.js';
import type { Editor } from './edits/editor.js';
import { abort, giveUpWaits } from './edits/endings.js';
import { wake } from './edits/retries.js';
import type { Heartbeat } from './heartbeat.js';
import type { EngineParts } from './parts.js';
import type { Registry } from './registry.js';
import type { Runs } from './runs.js';

/** The processes that can be moved on, and why another could not. */
interface Woken {
  readonly moved: readonly string[];
  readonly broken?: { readonly reason: unknown };
}

/**
 * Finds what can go on by itself, and has it moved: timers that have come, locks that are free, children that have ended, processes that
 * nobody moves, and children whose parent was ended.
 */
export class Due {
  readonly #parts: EngineParts;
  readonly #registry: Registry;
  readonly #editor: Editor;
  readonly #runs: Runs;
  readonly #heartbeat: Heartbeat;
  readonly #runner: string;
  /** The workflows that were met, and are not loaded. */
  readonly #unknown = new Set<string>();
  /** The search for what has become free, while it goes on; `again` where something was freed meanwhile. */
  #freeing: { done: Promise<void>; again: boolean } | undefined;
  #stopped = false;

  /** @param runner the id of this engine */
  constructor(editor: Editor, runs: Runs, heartbeat: Heartbeat, runner: string) {
    this.#parts = editor.parts;
    this.#registry = editor.registry;
    this.#editor = editor;
    this.#runs = runs;
    this.#heartbeat = heartbeat;
    this.#runner = runner;
  }

  /** Whether it is being found out what has become free. */
  get isFreeing(): boolean {
    return this.#freeing !== undefined;
  }

  /** Resolves when that is known. */
  async freed(): Promise<void> {
    await this.#freeing?.done;
  }

  /** Looks for nothing that has become free any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Starts moving what is due; resolves when it is known what that is. */
  async wake(process?: string): Promise<Woken> {
    await this.#heartbeat.start();
    await this.#heartbeat.reap();
    const { store, clock } = this.#parts;
    const woken = await this.#endWaits([...(await store.dueTimers(clock.now(), process)), ...(await store.freedWaits(process))]);
    const moved = new Set(woken.moved);
    if (process === undefined) await this.abortOrphans();
    // Its last runner may have died, or closed, before it knew that the process is to be taken back.
    for (const { id, claimedBy } of await store.list({ status: ['undoing'], idPrefix: process ?? '', limit: Number.MAX_SAFE_INTEGER }))
      if (claimedBy === undefined) await giveUpWaits(this.#editor, id);
    for (const id of await store.unclaimed(this.#runner, process)) if (!this.#runs.has(id) && (await this.#isKnown(id))) moved.add(id);
    for (const id of moved) this.#runs.drive(id);
    return { ...woken, moved: [...moved] };
  }

  /**
   * Ends waits whose time has come, or whose cause is gone. One process that can't be moved holds up no other; a store that can't be used
   * holds up all.
   */
  async #endWaits(waits: readonly WaitPlace[]): Promise<Woken> {
    const places = new Map<string, WaitPlace[]>();
    for (const wait of waits) {
      const others = places.get(wait.process);
      if (others) others.push(wait);
      else places.set(wait.process, [wait]);
    }
    const moved: string[] = [];
    let broken: Woken['broken'];
    for (const [process, due] of places) {
      try {
        if (!(await this.#isKnown(process))) continue;
        await wake(this.#editor, process, due);
        moved.push(process);
      } catch (reason) {
        if (hasCode(reason, 'store_unavailable')) throw reason;
        this.#parts.logger.error(
          { process, err: reason },
          'what the process waits for is over, and it was not told; the next tick tries again',
        );
        broken = { reason };
      }
    }
    return { moved, ...(broken ? { broken } : {}) };
  }

  /** Ends processes whose parent was ended, however long ago: it may have been right before a crash. */
  async abortOrphans(): Promise<void> {
    const { store } = this.#parts;
    const seen = new Set<string>();
    for (let fresh = await store.orphans(); fresh.length > 0; fresh = (await store.orphans()).filter((id) => !seen.has(id))) {
      for (const id of fresh) {
        seen.add(id);
        const reason = `its parent ${(await store.process(id))?.parent?.process} was ended`;
        try {
          await abort(this.#editor, id, reason, undefined);
          this.#runs.lose(id, reason);
        } catch (error) {
          if (!hasCode(error, 'wrong_status')) throw error; // it has ended by itself meanwhile, or is being taken back
        }
      }
    }
  }

  /** Lets processes go on whose child has ended, or whose locks are free; those that are missed are found by the next tick. */
  free(): void {
    if (this.#stopped) return;
    if (this.#freeing) {
      this.#freeing.again = true;
      return;
    }
    const search = { done: Promise.resolve(), again: true };
    this.#freeing = search;
    search.done = this.#freeAll(search).catch((error: unknown) =>
      this.#parts.logger.error({ err: error }, 'it could not be found out what has become free; the next tick tries again'),
    );
  }

  async #freeAll(search: { again: boolean }): Promise<void> {
    try {
      while (search.again) {
        search.again = false;
        const { moved } = await this.#endWaits(await this.#parts.store.freedWaits());
        for (const process of moved) this.#runs.drive(process);
      }
    } finally {
      this.#freeing = undefined;
    }
  }

  /** Whether a process's workflow is loaded here; where it is not, that is said once. */
  async #isKnown(process: string): Promise<boolean> {
    const row = await this.#parts.store.process(process);
    if (!row || this.#registry.find(row.workflow)) return row !== undefined;
    if (!this.#unknown.has(row.workflow)) {
      this.#parts.logger.warn({ process, workflow: row.workflow }, 'the workflow of this process is not loaded here');
      this.#unknown.add(row.workflow);
    }
    return false;
  }
}

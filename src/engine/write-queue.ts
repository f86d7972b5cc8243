import { hasCode } from '../core/error.js';
import type { ProcessStore, ProcessWrite, WriteResult } from '../ports/process-store.js';

interface Waiting {
  readonly write: ProcessWrite;
  readonly done: (result: WriteResult) => void;
  readonly gone: (error: unknown) => void;
}

/**
 * The one way into a store: whatever waits is committed as one group.
 *
 * While a group is being committed, further writes gather; together they share the next group's transaction and its fsync, so the more
 * processes run, the less each step pays. Writes are stored in the order in which they came.
 */
export class WriteQueue {
  readonly #store: ProcessStore;
  readonly #onStored: (write: ProcessWrite) => void;
  #waiting: Waiting[] = [];
  #draining = false;

  constructor(store: ProcessStore, onStored: (write: ProcessWrite) => void) {
    this.#store = store;
    this.#onStored = onStored;
  }

  /** Stores a write; settles when it is durable, or refused. */
  submit(write: ProcessWrite): Promise<WriteResult> {
    return new Promise((done, gone) => {
      this.#waiting.push({ write, done, gone });
      if (!this.#draining) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commit(group);
    }
    this.#draining = false;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    let results: readonly WriteResult[];
    try {
      results = await this.#store.commit(group.map((waiting) => waiting.write));
    } catch (error) {
      // One write that the store can't take must not carry its neighbours along; a store that can't be used takes none of them.
      if (group.length > 1 && !hasCode(error, 'store_unavailable')) for (const waiting of group) await this.#commit([waiting]);
      else for (const { gone } of group) gone(error);
      return;
    }
    group.forEach((waiting, index) => {
      const result = results[index] ?? { stored: false, why: 'changed' };
      if (result.stored) this.#onStored(waiting.write);
      waiting.done(result);
    });
  }
}

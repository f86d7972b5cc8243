import { StepwrightError } from '../core/error.js';

/**
 * The transaction of one process write in memory.
 *
 * What joins it says what is to happen when everything in it is stored, and what when nothing is; `MemoryProcessStore` does the one or
 * the other. Neither may throw.
 */
export class MemoryTransaction {
  readonly #onStored: (() => void)[] = [];
  readonly #onUndone: (() => void)[] = [];
  #ended = false;

  /** @throws StepwrightError `definition` when the transaction has ended already */
  onStored(call: () => void): void {
    this.#refuseEnded();
    this.#onStored.push(call);
  }

  /** @throws StepwrightError `definition` when the transaction has ended already */
  onUndone(call: () => void): void {
    this.#refuseEnded();
    this.#onUndone.push(call);
  }

  /** Ends it with everything stored. */
  store(): void {
    this.#ended = true;
    for (const call of this.#onStored) call();
  }

  /** Ends it with nothing stored. */
  undo(): void {
    this.#ended = true;
    for (const call of this.#onUndone.toReversed()) call();
  }

  #refuseEnded(): void {
    if (!this.#ended) return;
    throw new StepwrightError('definition', 'A joined write went on after it had settled, so it is not stored; await everything in it.');
  }
}

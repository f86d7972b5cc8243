import { StepwrightError } from '../error.js';
import type { Scope } from './node.js';

/**
 * Those who work on branches: a branch holds one from its first step until it has ended, or stands.
 *
 * What is recorded needs none, so that all of it is met however few there are: a failure in the last branch is known before a step of the
 * first one starts.
 */
export class Workers {
  #free: number;
  /** By branch: when it gets one. */
  readonly #holds = new Map<number, Promise<void>>();
  readonly #waiting = new Map<number, () => void>();

  constructor(limit: number) {
    this.#free = limit;
  }

  /** What the steps inside a branch wait for; a worker of what is around comes first. */
  scope(branch: number, around: Scope): Partial<Scope> {
    if (this.#free === Number.POSITIVE_INFINITY) return {};
    return {
      worker: async () => {
        await around.worker?.();
        await this.#take(branch);
      },
    };
  }

  /** Lets the one that has waited longest go on. */
  leave(branch: number): void {
    if (!this.#holds.delete(branch)) return;
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    const [waiting, start] = next;
    this.#waiting.delete(waiting);
    start();
  }

  #take(branch: number): Promise<void> {
    const held = this.#holds.get(branch);
    if (held) return held;
    const taken = this.#free > 0 ? Promise.resolve() : new Promise<void>((resolve) => this.#waiting.set(branch, resolve));
    if (this.#free > 0) this.#free--;
    this.#holds.set(branch, taken);
    return taken;
  }
}

/** @throws StepwrightError `definition` for what is no whole number from 1 */
export function checkWorkers(count: number, what: string, option: string): void {
  if (count >= 1 && (Number.isInteger(count) || count === Number.POSITIVE_INFINITY)) return;
  throw new StepwrightError('definition', `${what} has ${option} ${count}; write a whole number from 1.`);
}

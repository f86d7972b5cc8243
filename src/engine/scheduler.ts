import type { EngineParts } from './parts.js';

/** How often the scheduler looks for what other engines left, when no timer of its own is due sooner; in milliseconds. */
const POLL = 1000;

/**
 * Calls `wake` whenever a timer is due, and now and then for what others left, until it is stopped.
 *
 * Timers of its own engine are told to it by `expect`, so that they fire in time; those of others are found when it looks.
 */
export class Scheduler {
  readonly #parts: EngineParts;
  readonly #wake: () => Promise<unknown>;
  readonly #process: string | undefined;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  /** The earliest timer that it was told of since it last looked. */
  #expected = Number.POSITIVE_INFINITY;
  /** When it looks next; in the past while it is looking. */
  #planned = Number.NEGATIVE_INFINITY;

  /** @param process the one process to look after; every one when left out */
  constructor(parts: EngineParts, wake: () => Promise<unknown>, process?: string) {
    this.#parts = parts;
    this.#wake = wake;
    this.#process = process;
  }

  start(): void {
    this.#running = this.#round();
  }

  /** A timer has been stored for this time. */
  expect(time: number): void {
    this.#expected = Math.min(this.#expected, time);
    if (this.#expected < this.#planned) this.#plan(this.#expected);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #round(): Promise<void> {
    const { clock, store, logger } = this.#parts;
    this.#planned = Number.NEGATIVE_INFINITY;
    this.#expected = Number.POSITIVE_INFINITY;
    let next = clock.now() + POLL;
    try {
      await this.#wake();
      const timer = await store.nextTimer(this.#process);
      // One that is still due now belongs to a workflow that is not loaded here.
      if (timer !== undefined && timer > clock.now()) next = Math.min(next, timer);
    } catch (error) {
      logger.error({ err: error }, 'the scheduler could not look for what is due; it tries again');
    }
    this.#plan(Math.min(next, this.#expected));
  }

  #plan(time: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    this.#planned = time;
    this.#cancel = this.#parts.clock.at(time, () => this.start());
  }
}

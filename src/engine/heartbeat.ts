import { type Duration, toMilliseconds } from '../core/duration.js';
import { StepwrightError } from '../core/error.js';
import type { EngineParts } from './parts.js';

/** How an engine works. */
export interface EngineOptions {
  /**
   * How long this engine counts as alive after it was last heard of; then others take over what it had claimed. It is heard of three
   * times as often. @default '10s'
   */
  readonly lease?: Duration;
  /** Where this service is reached over HTTP, such as `https://flows.example.org`; calls back go to `/callbacks/…` below it. @default none */
  readonly publicUrl?: string;
}

/** @throws StepwrightError `definition` for a lease that is too short */
export function leaseOf({ lease = '10s' }: EngineOptions): number {
  const milliseconds = toMilliseconds(lease, 'The lease');
  if (milliseconds >= 100) return milliseconds;
  throw new StepwrightError(
    'definition',
    `The lease is ${milliseconds} ms, and an engine could not be heard of in time; make it 100 ms or more.`,
  );
}

/** Keeps this engine's runner row alive, and takes leave of runners that are dead, so that their processes are found. */
export class Heartbeat {
  readonly #parts: EngineParts;
  readonly #id: string;
  readonly #lease: number;
  readonly #onBeat: () => Promise<void>;
  #cancel: (() => void) | undefined;
  #beating: Promise<void> = Promise.resolve();
  #stopped = false;

  /**
   * @param lease how long a runner counts as alive after it was last heard of, in milliseconds
   * @param onBeat called after each beat, to look at what others did meanwhile
   */
  constructor(parts: EngineParts, id: string, lease: number, onBeat: () => Promise<void>) {
    this.#parts = parts;
    this.#id = id;
    this.#lease = lease;
    this.#onBeat = onBeat;
  }

  /** Registers this runner, and renews that until `stop`; does nothing when it beats already, or was stopped. */
  async start(): Promise<void> {
    if (!this.#cancel && !this.#stopped) {
      this.#schedule();
      this.#beating = this.#beat().catch((error: unknown) => {
        // The next call tries anew, instead of being told of this failure until the next beat.
        this.#cancel?.();
        this.#cancel = undefined;
        throw error;
      });
    }
    await this.#beating;
  }

  /** Registers this runner again, where another engine has taken it for dead. */
  register(): Promise<void> {
    return this.#stopped ? Promise.resolve() : this.#beat();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = undefined;
    await this.#beating.catch(() => undefined);
    await this.#parts.store.removeRunner({ id: this.#id, aliveUntil: Number.MAX_SAFE_INTEGER, host: this.#parts.host.self() });
  }

  /**
   * Releases what dead runners had claimed: those not heard of within their lease, and those known to be gone.
   *
   * A runner that was itself taken for dead registers again, for nobody would notice the next death of one that has no row.
   */
  async reap(): Promise<void> {
    const { store, clock, host } = this.#parts;
    const runners = await store.runners();
    if (this.#cancel && !runners.some(({ id }) => id === this.#id)) await this.#beat();
    for (const runner of runners) {
      if (runner.id !== this.#id && (runner.aliveUntil < clock.now() || host.isGone(runner.host))) await store.removeRunner(runner);
    }
  }

  #schedule(): void {
    const { clock, logger } = this.#parts;
    this.#cancel = clock.at(clock.now() + this.#lease / 3, () => {
      this.#schedule();
      this.#beating = this.#beat()
        .then(() => this.#onBeat())
        .catch((error: unknown) => logger.error({ err: error }, 'the heartbeat could not be stored'));
    });
  }

  #beat(): Promise<void> {
    const { store, clock, host } = this.#parts;
    return store.keepAlive({ id: this.#id, aliveUntil: clock.now() + this.#lease, host: host.self() });
  }
}

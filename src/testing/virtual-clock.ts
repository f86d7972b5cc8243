import { setImmediate } from 'node:timers/promises';
import { type Duration, toMilliseconds } from '../core/duration.js';
import { StepwrightError } from '../core/error.js';
import type { Clock } from '../ports/clock.js';

interface Timer {
  readonly time: number;
  readonly call: () => void;
}

/** Turns of the event loop that what a timer started gets before the next one fires. */
const TURNS = 5;

/** More timers than this at one instant are a loop that sets itself again without end. */
const MAX_AT_ONCE = 10_000;

/**
 * A clock that stands still until a test moves it.
 *
 * Timers fire only while it is moved, in the order of their times, each at its own time. Between them promises and I/O get a few turns
 * of the event loop; what takes longer than that, such as a query over a network, is waited for by other means
 * (`engine.settled(process)`).
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** @param start the time at first, in milliseconds since 1970. @default the first instant of 2026, UTC */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Calls back when the clock is moved to this time or beyond; a time that has passed is due at the next move, even one of 0. */
  at(time: number, call: () => void): () => void {
    const timer = { time, call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers have not fired yet. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer fires; undefined when there is none. */
  get next(): number | undefined {
    return this.#first()?.time;
  }

  /** Moves on by this much, and fires what comes due on the way. */
  async advance(duration: Duration): Promise<void> {
    await this.advanceTo(this.#now + toMilliseconds(duration, 'The time to advance'));
  }

  /**
   * Moves on to this time (milliseconds since 1970), and fires what comes due on the way, timers set meanwhile included.
   * @throws StepwrightError `definition` for a time that has passed, and for timers that set each other at one instant without end
   */
  async advanceTo(time: number): Promise<void> {
    if (!(time >= this.#now)) {
      throw new StepwrightError('definition', `The clock stands at ${this.#now} and can't go back to ${time}; advance to a later time.`);
    }
    await settle();
    for (let fired = 0, timer = this.#first(); timer && timer.time <= time; timer = this.#first()) {
      fired = timer.time > this.#now ? 1 : fired + 1;
      if (fired > MAX_AT_ONCE) {
        throw new StepwrightError(
          'definition',
          `${MAX_AT_ONCE} timers fired at ${this.#now} and set others for the same time; set one later.`,
        );
      }
      await this.#fire(timer);
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Moves on to the next timer and fires it, with others of the same time; false when there is none. */
  async tick(): Promise<boolean> {
    await settle();
    const timer = this.#first();
    if (timer) await this.advanceTo(Math.max(this.#now, timer.time));
    return timer !== undefined;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.time);
    timer.call();
    await settle();
  }

  /** The earliest timer; of several, the one that was set first. */
  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (!first || timer.time < first.time) first = timer;
    return first;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}

import { EXIT } from '../exit-codes.js';
import type { CliIo } from '../io.js';

/** A launcher such as npm sends on what the terminal has sent already: signals so close together are one; in milliseconds. */
const ECHO = 100;

/** What Ctrl-C does the first and the second time; the third time the program ends at once. */
export interface Interruptible {
  /** Stop after what is running. */
  stop(): void;
  /** Give up what is running. */
  giveUp(): void;
}

/** Interruptions of a command by Ctrl-C or a signal. */
export interface Interrupts {
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  /** Does what the first Ctrl-C does; a prompt takes the key itself, and the signal never comes. */
  interrupt(): void;
  /** Signals have their usual effect again. */
  end(): void;
}

/** Turns signals into a durable stop. */
export function watchInterrupts(io: Pick<CliIo, 'onSignal' | 'exit'>, target: Interruptible): Interrupts {
  const controller = new AbortController();
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  const interrupt = () => {
    const now = performance.now();
    if (now - last < ECHO) return;
    last = now;
    count++;
    if (count === 1) {
      controller.abort();
      target.stop();
    } else if (count === 2) target.giveUp();
    else io.exit(EXIT.interrupted);
  };
  return { signal: controller.signal, interrupt, end: io.onSignal(interrupt) };
}

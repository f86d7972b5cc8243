import type { Clock } from '../../ports/clock.js';

/** Node calls back at once what is further away than this; in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  at(time: number, call: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = time - Date.now();
      timer = left > MAX_TIMEOUT ? setTimeout(wait, MAX_TIMEOUT) : setTimeout(call, Math.max(0, left));
    };
    wait();
    return () => clearTimeout(timer);
  }
}

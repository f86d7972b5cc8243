import { setTimeout } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.js';

/**
 * For how long SQLite itself waits for a lock, in milliseconds. The whole program stands still meanwhile, heartbeats included, so it is
 * just enough for another program's quick commit.
 */
export const BLOCKING_WAIT = 10;

/** For how long a statement is sent again while another program has the database locked, in milliseconds. */
const BUSY_PATIENCE = 10_000;

/** How long it is left in peace between two tries, in milliseconds. */
const PAUSE = 20;

/**
 * Repeats work while another connection has the database locked, and lets everything else of this program go on meanwhile.
 *
 * @param patience after how many milliseconds it gives up, and throws what the last try threw
 */
export async function retryWhileBusy<T>(work: () => T | Promise<T>, patience = BUSY_PATIENCE): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw error;
      await setTimeout(PAUSE);
    }
  }
}

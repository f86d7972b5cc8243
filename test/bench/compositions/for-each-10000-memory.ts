import { forEach, step } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** The memory of the same. */
export const bench = compositionsOf(
  (_, work) => forEach('items', step('Work')(work), { concurrency: 100, collect: 'n' }),
  10_000,
  'memory',
);

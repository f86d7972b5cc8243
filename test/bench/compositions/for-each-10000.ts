import { forEach, step } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** Ten thousand items, a hundred at once, each with one step. */
export const bench = compositionsOf((_, work) => forEach('items', step('Work')(work), { concurrency: 100, collect: 'n' }), 10_000, 'time');

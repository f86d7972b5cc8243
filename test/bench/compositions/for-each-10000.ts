import { forEach, step } from 'stepwright';
import { type Compose, compositionsOf } from '../compositions-of.js';

/** Ten thousand items, a hundred at once, each with one step. */
export const compose: Compose = (_, work) => forEach('items', step('Work')(work), { concurrency: 100, collect: 'n' });

export const COUNT = 10_000;

export const bench = compositionsOf(compose, COUNT, 'time');

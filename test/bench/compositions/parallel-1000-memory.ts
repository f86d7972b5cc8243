import { compositionsOf } from '../compositions-of.js';
import { COUNT, compose } from './parallel-1000.js';

/** The memory of the same. */
export const bench = compositionsOf(compose, COUNT, 'memory');

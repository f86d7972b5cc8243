import { compositionsOf } from '../compositions-of.js';
import { COUNT, compose } from './for-each-10000.js';

/** The memory of the same. */
export const bench = compositionsOf(compose, COUNT, 'memory');

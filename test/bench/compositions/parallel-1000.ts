import { parallel, step } from 'stepwright';
import { type Compose, compositionsOf } from '../compositions-of.js';

/** A thousand branches side by side, each of one step. */
export const compose: Compose = (count, work) =>
  parallel(Object.fromEntries(Array.from({ length: count }, (_, index) => [`b${index}`, step('Work')(work)])));

export const COUNT = 1000;

export const bench = compositionsOf(compose, COUNT, 'time');

import { parallel, step } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** The memory of the same. */
export const bench = compositionsOf(
  (count, work) => parallel(Object.fromEntries(Array.from({ length: count }, (_, index) => [`b${index}`, step('Work')(work)]))),
  1000,
  'memory',
);

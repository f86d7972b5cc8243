import { parallel, step } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** A thousand branches side by side, each of one step. */
export const bench = compositionsOf(
  (count, work) => parallel(Object.fromEntries(Array.from({ length: count }, (_, index) => [`b${index}`, step('Work')(work)]))),
  1000,
  'time',
);

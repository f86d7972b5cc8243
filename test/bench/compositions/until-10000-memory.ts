import { step, until } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** The memory of the same. */
export const bench = compositionsOf(
  (count, work) =>
    until(
      (state) => Number(state.n) >= count,
      step('Work')((n: number) => ({ n: n + work().n })),
    ),
  10_000,
  'memory',
);

import { step, until } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** Ten thousand loops of one step. */
export const bench = compositionsOf(
  (count, work) =>
    until(
      (state) => Number(state.n) >= count,
      step('Work')((n: number) => ({ n: n + work().n })),
    ),
  10_000,
  'time',
);

import { step, until } from 'stepwright';
import { type Compose, compositionsOf } from '../compositions-of.js';

/** Ten thousand loops of one step. */
export const compose: Compose = (count, work) =>
  until(
    (state) => Number(state.n) >= count,
    step('Work')((n: number) => ({ n: n + work().n })),
  );

export const COUNT = 10_000;

export const bench = compositionsOf(compose, COUNT, 'time');

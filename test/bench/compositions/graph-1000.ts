import { graph, step } from 'stepwright';
import { type Compose, compositionsOf } from '../compositions-of.js';

/** A graph of a thousand tasks, each after the two before it. */
export const compose: Compose = (count, work) =>
  graph(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `t${index}`,
        { run: step('Work')(work), after: [index - 1, index - 2].filter((one) => one >= 0).map((one) => `t${one}`) },
      ]),
    ),
  );

export const COUNT = 1000;

export const bench = compositionsOf(compose, COUNT, 'time');

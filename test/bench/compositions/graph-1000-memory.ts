import { graph, step } from 'stepwright';
import { compositionsOf } from '../compositions-of.js';

/** The memory of the same. */
export const bench = compositionsOf(
  (count, work) =>
    graph(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `t${index}`,
          { run: step('Work')(work), after: [index - 1, index - 2].filter((one) => one >= 0).map((one) => `t${one}`) },
        ]),
      ),
    ),
  1000,
  'memory',
);

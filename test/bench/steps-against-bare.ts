import { join } from 'node:path';
import { timeBareSteps } from './bare-sqlite.js';
import type { Bench } from './bench.js';
import { assertSameRows } from './same-rows.js';
import { type Load, perStep, timeSteps } from './time-steps.js';

/** Steps a second in SQLite, every commit pressed onto the disk, against the same rows written without Stepwright, a transaction per step. */
export function stepsAgainstBare(load: Load): Bench {
  return {
    unit: 'steps/s',
    against: 'bare better-sqlite3',
    async prepare(folder) {
      let count = 0;
      return {
        async run() {
          const [ours, bare] = [join(folder, `${++count}-ours.db`), join(folder, `${count}-bare.db`)];
          const pair = { ours: perStep(await timeSteps(ours, load)), other: perStep(await timeBareSteps(bare, load)) };
          assertSameRows(ours, bare);
          return pair;
        },
        value: (time) => 1000 / time,
      };
    },
  };
}

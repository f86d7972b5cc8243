import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { median } from '../measure.js';
import { timeSteps } from '../time-steps.js';

const STEPS = 10_000;

/**
 * What a step costs at the end of a process of 10,000 steps, against its beginning: the last 100 against steps 1,001 to 1,100.
 *
 * The very first hundreds would flatter: until SQLite has once moved what it writes ahead (1,000 pages) into the database, the file
 * for it grows, and such a commit costs more than a later one. As these moves fall into one hundred or the other by chance, it is the
 * median step of each that counts.
 */
export const bench: Bench = {
  unit: 'steps/s',
  against: 'its steps 1,001 to 1,100',
  async prepare(folder) {
    let count = 0;
    return {
      async run() {
        const { entered } = await timeSteps(join(folder, `${++count}.db`), { steps: STEPS });
        return { ours: medianStep(entered.slice(-101)), other: medianStep(entered.slice(1000, 1101)) };
      },
      value: (time) => 1000 / time,
    };
  },
};

function medianStep(entered: readonly number[]): number {
  return median(entered.slice(1).map((time, index) => time - (entered[index] ?? time)));
}

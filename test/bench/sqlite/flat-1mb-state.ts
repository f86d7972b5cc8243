import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { perStep, timeSteps } from '../time-steps.js';

const STEPS = 500;

/** Steps that each change one small key of a state of 1 MB, against the same steps with nothing else in the state. */
export const bench: Bench = {
  unit: 'steps/s',
  against: 'a small state',
  async prepare(folder) {
    const ballast = megabyte();
    let count = 0;
    return {
      async run() {
        const [big, small] = [join(folder, `${++count}-big.db`), join(folder, `${count}-small.db`)];
        return {
          ours: perStep(await timeSteps(big, { steps: STEPS, ballast })),
          other: perStep(await timeSteps(small, { steps: STEPS })),
        };
      },
      value: (time) => 1000 / time,
    };
  },
};

/** A hundred keys of 10 kB, each a list of a hundred objects. */
function megabyte(): object {
  const item = (index: number) => ({ name: `port ${index}`, description: 'x'.repeat(64) });
  const items = Array.from({ length: 100 }, (_, index) => item(index));
  return Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`ports${index}`, items]));
}

import { join } from 'node:path';
import { defineWorkflow, list, openService, step } from 'stepwright';
import type { Bench } from '../bench.js';
import { stepName } from '../time-steps.js';

const [MANY, FEW] = [10_000, 1000];

/**
 * How long it takes until a process goes on, from a person's retry to the call of the step's function, when 10,000 steps before it are
 * recorded; the ratio compares the time per record with that of 1,000 records.
 */
export const bench: Bench = {
  unit: 's',
  against: '1,000 records, per record',
  async prepare(folder) {
    const [many, few] = [await failAfter(MANY, folder), await failAfter(FEW, folder)];
    return {
      run: async () => ({ ours: (await many.resume()) / MANY, other: (await few.resume()) / FEW }),
      value: (time) => (time * MANY) / 1000,
      async close() {
        await many.close();
        await few.close();
      },
    };
  },
};

/** A process that has done so many steps, and fails in the next one whenever it is resumed. */
async function failAfter(steps: number, folder: string) {
  let reached = 0;
  const count = (n: number) => ({ n: n + 1 });
  const counted = Array.from({ length: steps - 1 }, (_, index) => step(stepName(index + 1))(count));
  const fail = () => {
    reached = performance.now();
    throw new Error('not yet');
  };
  const body = list(
    step('Load')(() => ({ n: 0 })),
    ...counted,
    step('Fail')(fail),
  );
  const database = { database: join(folder, `${steps}.db`), durability: 'normal' } as const;
  const { engine, close } = await openService({ workflows: [defineWorkflow('resume', {}, body)], database });
  const { id } = await engine.start('resume');
  await engine.settled(id);
  return {
    close,
    async resume() {
      const start = performance.now();
      await engine.retry(id);
      await engine.settled(id);
      return reached - start;
    },
  };
}

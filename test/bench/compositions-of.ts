import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defineWorkflow, list, openService, type Steppable, step } from 'stepwright';
import type { Bench } from './bench.js';

/** Makes a composition of so many steps, each of which calls `work`. */
export type Compose = (count: number, work: () => { readonly n: number }) => Steppable;

/** What a step of a large composition costs, against one of a tenth its size: its time, or the memory that is held when the last one runs. */
export function compositionsOf(compose: Compose, many: number, what: 'time' | 'memory'): Bench {
  const few = many / 10;
  const perStep = what === 'time' ? timePerStep : memoryPerStep;
  return {
    // Memory varies little from run to run.
    pairs: what === 'time' ? 3 : 1,
    unit: what === 'time' ? 'steps/s' : 'bytes/step',
    against: `the same with ${few.toLocaleString('en')}, per step`,
    async prepare(folder) {
      let count = 0;
      const run = (size: number) => perStep(compose, size, join(folder, `${++count}.db`));
      return {
        run: async () => ({ ours: await run(many), other: await run(few) }),
        value: (cost) => (what === 'time' ? 1000 / cost : cost),
      };
    },
  };
}

async function timePerStep(compose: Compose, count: number, database: string): Promise<number> {
  let start = 0;
  await runOnce(
    list(
      step('Ready')(() => {
        start = performance.now();
        return { items: Array.from({ length: count }, (_, index) => index), n: 0 };
      }),
      compose(count, () => ({ n: 1 })),
    ),
    database,
  );
  return (performance.now() - start) / count;
}

/** The heap that is in use when all steps but one have been called, less what was in use before them. */
async function memoryPerStep(compose: Compose, count: number, database: string): Promise<number> {
  let before = 0;
  let after = 0;
  let calls = 0;
  await runOnce(
    list(
      step('Ready')(() => {
        before = heap();
        return { items: Array.from({ length: count }, (_, index) => index), n: 0 };
      }),
      compose(count, () => {
        if (++calls === count) after = heap();
        return { n: 1 };
      }),
    ),
    database,
  );
  return (after - before) / count;
}

async function runOnce(body: Steppable, database: string): Promise<void> {
  const workflow = defineWorkflow('compose', {}, body);
  const { engine, close } = await openService({ workflows: [workflow], database: { database } });
  try {
    const { id } = await engine.start('compose');
    const { status, failure } = await engine.settled(id);
    if (status !== 'completed') throw new Error(`the process ended as ${status}: ${failure?.message}`);
  } finally {
    await close();
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

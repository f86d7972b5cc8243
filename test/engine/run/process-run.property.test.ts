/*
 * Random workflows, on an engine that dies again and again, must end as if it had not.
 *
 * STEPWRIGHT_PROPERTY_RUNS says how many trees the walk's laws are tried on (2000 unless it is set); a twentieth of that many are tried here.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { State } from '../../../src/core/state.js';
import { isExact } from '../../support/healing.js';
import { interpret } from '../../support/interpret.js';
import type { Plan } from '../../support/plan.js';
import { anyPlan, anyState } from '../../support/plans.js';
import type { Cut } from '../faults.js';
import { forOneProcess, RandomProcess } from '../random-process.js';
import { STORES, World } from '../support.js';

const numRuns = Math.ceil(Number(process.env.STEPWRIGHT_PROPERTY_RUNS ?? 2000) / 20);

const anyLuck = {
  start: anyState,
  cuts: fc.array(fc.record({ at: fc.integer({ min: 1, max: 15 }), stored: fc.boolean() }), { maxLength: 5 }),
  /** What is done next where several things can be; taken again from the start when used up. */
  chances: fc.array(fc.nat(30), { minLength: 1, maxLength: 10 }),
};

interface Scenario {
  readonly plan: Plan;
  readonly start: State;
  readonly cuts: readonly Cut[];
  readonly chances: readonly number[];
}

/** Where a workflow ends whose engine dies at these cuts, one after another, and everything that is wrong on the way. */
async function liveOn(world: World, { plan, start, cuts, chances }: Scenario) {
  const random = new RandomProcess(plan, start, world);
  let taken = 0;
  const chance = () => chances[taken++ % chances.length] ?? 0;
  for (const cut of cuts) {
    const { engine, died } = world.mortal([random.workflow], cut);
    await Promise.race([random.travel(engine, chance), died]);
  }
  const { id, status, state, failure } = await random.travel(world.engine([random.workflow]), chance);
  const records = await world.store.records(id);
  const meant = new Set(['#start', 'Begin', ...interpret(plan, start).paths]);
  const strange = records.filter(({ path, decision, outcome }) => !meant.has(path) && decision === undefined && outcome?.kind !== 'failed');
  return { end: { status, state, code: failure?.code }, wrong: [...strange, ...(await random.faults(id))] };
}

describe.each(STORES)('A random workflow of all kinds, whose engine dies at random moments, on %s', (_name, open) => {
  it(
    'ends in the state that it means, with nothing done twice and nothing untold',
    () =>
      fc.assert(
        fc.asyncProperty(anyPlan.map(forOneProcess).filter(isExact), fc.record(anyLuck), async (plan, luck) => {
          const world = new World(await open());
          try {
            const { kind, state, code } = interpret(plan, luck.start);
            const { end, wrong } = await liveOn(world, { plan, ...luck });
            const status = kind === 'failed' ? 'failed' : 'completed';
            // Of several failures it depends on the timing which comes first.
            const known = kind !== 'failed' || code !== undefined ? { code } : {};
            expect({ end, wrong }).toEqual({ end: { status, state, code: end.code, ...known }, wrong: [] });
          } finally {
            await world.close();
          }
        }),
        { numRuns },
      ),
    10_000 + numRuns * 1000,
  );
});

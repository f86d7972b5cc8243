/*
 * Random workflows, on an engine that dies again and again, must end as if it had not.
 *
 * STEPWRIGHT_PROPERTY_RUNS says how many trees the walk's laws are tried on (2000 unless it is set); a twentieth of that many are tried here.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { State } from '../../src/core/state.js';
import { interpret } from '../support/interpret.js';
import { anyPlan, anyState, type Plan } from '../support/plans.js';
import type { Cut } from './faults.js';
import { Witness } from './journey.js';
import { faultsOf, travel, workflowOf } from './random-process.js';
import { STORES, World } from './support.js';

const numRuns = Math.ceil(Number(process.env.STEPWRIGHT_PROPERTY_RUNS ?? 2000) / 20);

const anyCuts = fc.array(fc.record({ at: fc.integer({ min: 1, max: 12 }), stored: fc.boolean() }), { maxLength: 5 });

/** Where a workflow ends whose engine dies at these cuts, one after another, and everything that is wrong on the way. */
async function liveOn(world: World, plan: Plan, start: State, cuts: readonly Cut[]) {
  const witness = new Witness(world);
  const workflow = workflowOf(plan, start, witness);
  for (const cut of cuts) {
    const { engine, died } = world.mortal([workflow], cut);
    await Promise.race([travel(engine, world), died]);
  }
  const { id, status, state, failure } = await travel(world.engine([workflow]), world);
  const records = await world.store.records(id);
  const meant = new Set(['#start', 'Begin', ...interpret(plan, start).paths]);
  const strange = records.filter(({ path, decision, outcome }) => !meant.has(path) && decision === undefined && outcome?.kind !== 'failed');
  return { end: { status, state, code: failure?.code }, wrong: [...strange, ...(await faultsOf(world, id, witness))] };
}

describe.each(STORES)('A random workflow, whose engine dies at random moments, on %s', (_name, open) => {
  it(
    'ends in the state that it means, with nothing done twice and nothing untold',
    () =>
      fc.assert(
        fc.asyncProperty(anyPlan, anyState, anyCuts, async (plan, start, cuts) => {
          const world = new World(await open());
          try {
            const { kind, state, code } = interpret(plan, start);
            const status = kind === 'failed' ? 'failed' : 'completed';
            expect(await liveOn(world, plan, start, cuts)).toEqual({ end: { status, state, code }, wrong: [] });
          } finally {
            await world.close();
          }
        }),
        { numRuns },
      ),
    10_000 + numRuns * 300,
  );
});

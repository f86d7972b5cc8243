/*
 * Random trees whose steps end in any order, cut at random moments and resumed from the stored text, must end as if nothing had happened.
 *
 * STEPWRIGHT_PROPERTY_RUNS says how many trees the laws are tried on (2000 unless it is set).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExact } from '../support/healing.js';
import { live, type Scenario } from '../support/lifetime.js';
import { anyPlan, anySerialPlan, anyState } from '../support/plans.js';
import { Places } from './places.js';
import { LAWS, lookBack } from './walk-laws.js';

const numRuns = Number(process.env.STEPWRIGHT_PROPERTY_RUNS ?? 2000);

const anyLuck = {
  start: anyState,
  cuts: fc.array(fc.record({ moments: fc.nat({ max: 20 }), stops: fc.boolean() }), { maxLength: 12 }),
  idle: fc.array(fc.boolean(), { maxLength: 6 }),
  chances: fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
};

const SCENARIOS: readonly (readonly [string, fc.Arbitrary<Scenario>, number])[] = [
  ['of all kinds of nodes', fc.record({ plan: anyPlan, ...anyLuck }), 1],
  ['whose steps come one after another', fc.record({ plan: anySerialPlan, ...anyLuck }), 0.5],
];

describe('walk, cut at any moment and resumed', () => {
  it.each(SCENARIOS)(
    'keeps every law in any tree %s',
    (_, anyScenario, share) =>
      fc.assert(
        fc.asyncProperty(anyScenario, async (scenario) => {
          const life = await live(scenario);
          const places = new Places(life.root);
          const broken = Object.entries(LAWS).map(([sentence, law]) => [sentence, law(scenario, life, places)] as const);
          expect(Object.fromEntries(broken.filter(([, cases]) => cases.length > 0))).toEqual({});
          if (isExact(scenario.plan)) expect(await lookBack(scenario, life)).toEqual([]);
        }),
        { numRuns: Math.ceil(numRuns * share) },
      ),
    20_000 + numRuns * 100,
  );
});

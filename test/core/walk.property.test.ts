/*
 * Random trees, cut at random moments and resumed from the stored text, must end as if nothing had happened.
 *
 * STEPWRIGHT_PROPERTY_RUNS says how many trees the laws are tried on (2000 unless it is set).
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/core/nodes/kinds.js';
import { ownPath } from '../../src/core/nodes/names.js';
import type { Node } from '../../src/core/nodes/node.js';
import { join } from '../../src/core/path.js';
import { interpret } from '../support/interpret.js';
import { type Leg, live, type Scenario } from '../support/lifetime.js';
import { anyPlan, anyState, type Plan, toNode } from '../support/plans.js';

const numRuns = Number(process.env.STEPWRIGHT_PROPERTY_RUNS ?? 2000);

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  plan: anyPlan,
  start: anyState,
  cuts: fc.array(fc.nat({ max: 15 }), { maxLength: 12 }),
  idle: fc.array(fc.boolean(), { maxLength: 6 }),
});

/** What a scenario and its walks show that breaks a law; nothing when it holds. */
type Law = (scenario: Scenario, legs: readonly Leg[]) => readonly unknown[];

const DONE = ['success', 'skipped', 'complete'];

const LAWS: Readonly<Record<string, Law>> = {
  'it ends in the state and with the outcome that the plan means': ({ plan, start }, legs) => {
    const { kind, code, state } = interpret(plan, start);
    const { walked, state: reached } = legs.at(-1)!;
    const end = { kind: walked.kind, code: walked.kind === 'failed' ? walked.failure.code : undefined, state: reached };
    return isDeepStrictEqual(end, { kind, code, state }) ? [] : [{ end, meant: { kind, code, state } }];
  },

  'each walk performs the steps without an outcome, in their order, up to the first that stands': ({ plan, start }, legs) => {
    const { paths } = interpret(plan, start);
    return legs.filter(({ before, performed }) => {
      const next = paths.findIndex((path) => !before.get(path)?.outcome);
      return !isDeepStrictEqual(performed, next === -1 ? [] : paths.slice(next, next + performed.length));
    });
  },

  'what is recorded as done is never performed again': (_, legs) =>
    legs.flatMap(({ before, performed }) => performed.filter((path) => DONE.includes(before.get(path)?.outcome?.kind ?? ''))),

  'a stored outcome or decision never changes by walking': (_, legs) =>
    legs.flatMap(({ before, after }) =>
      [...before.values()].filter(({ path, outcome, decision }) => {
        const { outcome: now, decision: decided } = after.get(path) ?? {};
        return (outcome && !isDeepStrictEqual(now, outcome)) || (decision !== undefined && decided !== decision);
      }),
    ),

  'an edit lets only what comes after its path be performed or noted, and the path itself if it was cleared': ({ plan }, legs) => {
    const order = orderOf(plan);
    return legs.filter(({ edit, performed, noted }) => {
      if (!edit) return false;
      const from = order.indexOf(edit.path) + (edit.kind === 'answer' ? 1 : 0);
      return [...performed, ...noted].some((path) => order.indexOf(path) < from);
    });
  },

  'without an edit a stopped walk performs nothing, asks nothing, notes nothing, and gives the same': (_, legs) =>
    legs.filter(({ edit, performed, asked, noted, walked, state }, index) => {
      const last = legs[index - 1];
      if (edit || !last || last.walked.kind === 'halted' || walked.kind === 'halted') return false;
      return (
        performed.length + asked.length + noted.length > 0 ||
        !isDeepStrictEqual({ walked, state }, { walked: last.walked, state: last.state })
      );
    }),

  'a walk gives the outcome of the one record that stands, or none stands': (_, legs) =>
    legs.filter(({ after, walked }) => {
      const standing = [...after.values()].flatMap(({ outcome }) => (outcome && !DONE.includes(outcome.kind) ? [outcome] : []));
      if (walked.kind === 'halted') return standing.length > 1;
      return !isDeepStrictEqual(standing, DONE.includes(walked.kind) ? [] : [walked]);
    }),

  'a decision is stored before the next step starts, and is never evaluated again': (_, legs) => {
    const stored = new Set<number>();
    return legs.flatMap(({ asked, settled }) => {
      const again = asked.filter((id) => stored.has(id));
      for (const id of settled) stored.add(id);
      return again;
    });
  },

  'every step and every decision is recorded at a path of its own': ({ plan }, legs) => {
    const order = orderOf(plan);
    const known = new Set(order);
    return [
      ...order.filter((path, index) => order.indexOf(path) !== index),
      ...[...legs.at(-1)!.after.keys()].filter((path) => !known.has(path)),
    ];
  },
};

describe('walk, of any tree, cut at any moment and resumed', () => {
  it(
    'keeps every law',
    () =>
      fc.assert(
        fc.asyncProperty(anyScenario, async (scenario) => {
          const legs = await live(scenario);
          const broken = Object.entries(LAWS).map(([sentence, law]) => [sentence, law(scenario, legs)] as const);
          expect(Object.fromEntries(broken.filter(([, cases]) => cases.length > 0))).toEqual({});
        }),
        { numRuns },
      ),
    10_000 + numRuns * 20,
  );
});

/** Every path at which a tree can record something, in the order in which a walk meets them. */
function orderOf(plan: Plan): readonly string[] {
  const root = toNode(
    plan,
    () => () => undefined,
    () => true,
  );
  const visit = (node: Node, at: string): readonly string[] => [
    ...(node.kind === 'conditional' ? [ownPath(node, at, 'if')] : node.kind === 'focus' ? [ownPath(node, at, 'focus')] : []),
    ...(node.kind === 'step' ? [join(at, node.name)] : []),
    ...kindOf(node)
      .children(node, at)
      .flatMap((child) => visit(child.node, child.at)),
  ];
  return visit(root, '');
}

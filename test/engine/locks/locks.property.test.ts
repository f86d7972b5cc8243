import fc from 'fast-check';
import { defineWorkflow, forEach, list, named, parallel, sleep, type Workflow, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { onEachStore, type World } from '../support.js';
import { locks, Resources } from './resource.js';

const KEYS = ['a', 'b', 'c'] as const;

/** What a process does: it uses keys, sleeps in between, and does so side by side or one after another. */
type Plan =
  | { readonly kind: 'use'; readonly keys: readonly string[]; readonly sleeps: boolean }
  | { readonly kind: 'list' | 'parallel'; readonly plans: readonly Plan[] }
  | { readonly kind: 'items'; readonly keys: readonly string[]; readonly count: number };

const keys = fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 2 });
const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { maxDepth: 2 },
    fc.record({ kind: fc.constant('use' as const), keys, sleeps: fc.boolean() }),
    fc.record({ kind: fc.constant('items' as const), keys, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constantFrom('list' as const, 'parallel' as const),
      plans: fc.array(tie('plan'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** The same as nodes; each lock is taken at once with all others that it needs, so nobody can wait in a circle. */
function toNode(one: Plan, resources: Resources): Parameters<typeof list>[0] {
  switch (one.kind) {
    case 'use': {
      const use = resources.use('Use', ...one.keys);
      return withLock(one.keys, one.sleeps ? list(sleep('Sleep', '1m'), use) : use);
    }
    case 'items':
      return forEach(() => Array(one.count).fill(0), withLock(one.keys, resources.use('Use', ...one.keys)), { concurrency: 3 });
    case 'list':
      return list(...one.plans.map((inner, index) => named(`${index}`)(toNode(inner, resources))));
    case 'parallel':
      return parallel(Object.fromEntries(one.plans.map((inner, index) => [`b${index}`, toNode(inner, resources)])));
  }
}

/** Moves all processes to their ends. */
async function travel(world: World, engine: Engine, workflows: readonly Workflow[], key: string): Promise<void> {
  await engine.tick();
  const ids: string[] = [];
  for (const { name } of workflows) ids.push((await engine.start(name, undefined, { idempotencyKey: `${key} ${name}` })).id);
  for (let turns = 0; turns < 200; turns++) {
    const details = await Promise.all(ids.map((id) => engine.settled(id)));
    if (details.every(({ status }) => status === 'completed')) return;
    await world.clock.advance('1m');
    await engine.tick();
  }
  throw new Error('they never end');
}

onEachStore('Random processes with locks', (world) => {
  it('never meet, all end, and leave no lock, wherever their engines die', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ plan, whole: fc.option(keys) }), { minLength: 2, maxLength: 4 }),
        fc.array(fc.record({ at: fc.integer({ min: 1, max: 30 }), stored: fc.boolean() }), { maxLength: 3 }),
        async (plans, cuts) => {
          const key = `run ${runs++}`;
          const resources = new Resources();
          const workflows = plans.map(({ plan: one, whole }, index) => {
            const body = toNode(one, resources);
            if (whole !== null) resources.together.add(`w${index}`);
            // One lock around others could wait in a circle, so a process that holds some from its start has all it needs.
            return defineWorkflow(`w${index}`, whole === null ? {} : { locks: [...KEYS] }, body);
          });
          for (const cut of cuts) {
            const { engine, died } = world().mortal(workflows, cut);
            const whole = await Promise.race([travel(world(), engine, workflows, key).then(() => true), died]);
            if (whole) await Promise.race([engine.close(), died]);
            resources.forgetAll();
          }
          const last = world().engine(workflows);
          await travel(world(), last, workflows, key);
          await last.close();
          expect(resources.clashes).toEqual([]);
          expect(await locks(world())).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

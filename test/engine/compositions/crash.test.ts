import { callbackStep, defineWorkflow, forEach, list, parallel, retryStep, type StepContext, step, until } from 'stepwright';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import type { ProcessDetails } from '../../../src/engine/process-details.js';
import { brokenFacts } from '../broken-facts.js';
import { failingOnce } from '../faults.js';
import { Witness } from '../journey.js';
import { onEachStore, opaque, type World } from '../support.js';
import { form } from './deeds.js';

const TIMEOUT = 120_000;

/** Seven items, each with branches side by side: one asks, one is tried again, one goes through loops and is called back. */
function nested(witness: Witness, tokens: Record<string, string>) {
  const effect = (name: string, give: (ctx: StepContext, state: Record<string, number>) => object = () => ({})) =>
    step(name)(async (ctx: StepContext, state: object) => {
      await witness.effect(ctx);
      return opaque(give(ctx, state as Record<string, number>));
    });
  const push = retryStep('Push', { every: '1m' })(async (ctx: StepContext) => {
    if ((await witness.effect(ctx)) < 2) throw new Error('busy');
    return { pushed: true };
  });
  const order = callbackStep('Order', { resultKey: 'answer' })(async (ctx: StepContext) => {
    await witness.effect(ctx);
    tokens[ctx.path] = ctx.callbackToken;
  });
  const count = effect('Count', (_ctx, { n = 0 }) => ({ n: n + 1 }));
  const branches = {
    one: list(effect('Ask first'), form('Ask'), effect('Asked')),
    two: list(push, effect('Pushed')),
    three: list(
      until((state) => state.n === 2, count, { name: 'Loop' }),
      order,
      effect('Answered', (_ctx, { item = 0, n = 0 }) => ({ result: item * n })),
    ),
  };
  const items = forEach(() => [1, 2, 3, 4, 5, 6, 7], parallel(branches, { name: 'All' }), {
    name: 'Items',
    concurrency: 3,
    collect: 'result',
  });
  return defineWorkflow('nested', {}, list(effect('Begin'), items, effect('End')));
}

const END = { status: 'completed', waits: [], state: { result: [2, 4, 6, 8, 10, 12, 14] } };

/** Moves the process to its end, whatever state it is in. */
async function travel(engine: Engine, world: World, key: string, tokens: Record<string, string>): Promise<ProcessDetails> {
  await engine.tick();
  const { id } = await engine.start('nested', undefined, { idempotencyKey: key });
  for (let turns = 0; turns < 200; turns++) {
    const details = await engine.settled(id);
    if (details.status === 'completed') return details;
    // Not in the order in which they came: the latest first.
    const wait = details.waits.findLast(({ kind }) => kind !== 'timer');
    if (wait?.kind === 'form') await engine.resume(id, { approved: true }, { form: `${wait.path}@${wait.attempt}` });
    else if (wait?.kind === 'callback') await engine.answerCallback(tokens[wait.path]!, wait.path);
    else {
      await world.clock.advanceTo(Math.max(world.clock.now(), ...details.waits.map(({ deadline = 0 }) => deadline)));
      await engine.tick();
    }
  }
  throw new Error('the process does not end');
}

async function faultsOf(world: World, done: ProcessDetails, witness: Witness, performed: number) {
  expect(done).toMatchObject(END);
  const broken = brokenFacts(await world.store.facts(done.id), await world.store.records(done.id));
  expect(broken.filter((one) => !/callback|Order/.test(one))).toEqual([]);
  const side = witness.broken.filter((one) => !/ran though|before the end of/.test(one));
  expect(side).toEqual([]);
  // A body whose result was lost is performed again, and none but the few that ran at the moment of the cut.
  expect(witness.effects.length).toBeLessThanOrEqual(performed + 9);
}

/** Begin, End, and 1 + 1 + (2 + 1) + (2 + 1 + 1) of each item. */
const PERFORMED = 2 + 7 * 9;

onEachStore('A process with branches inside items', (world) => {
  it('goes to its end in one life', async () => {
    const [witness, tokens] = [new Witness(world()), {}];
    const done = await travel(world().engine([nested(witness, tokens)]), world(), 'whole', tokens);
    await faultsOf(world(), done, witness, PERFORMED);
    expect(witness.effects).toHaveLength(PERFORMED);
    expect(new Set((await world().store.liveRecords(done.id)).map(({ path }) => path))).toEqual(
      new Set(['#start', 'Begin', 'Items', 'End']),
    );
  });

  it('goes on exactly where it stood when its engine died, at any of its writes', { timeout: TIMEOUT }, async () => {
    let cuts = 0;
    for (let at = 3; ; at += 7) {
      const [witness, tokens] = [new Witness(world()), {}];
      const workflow = nested(witness, tokens);
      const { engine, died } = world().mortal([workflow], { at, stored: at % 2 === 0 });
      const whole = await Promise.race([travel(engine, world(), `${at}`, tokens), died]);
      const done = whole ?? (await travel(world().engine([workflow]), world(), `${at}`, tokens));
      await faultsOf(world(), done, witness, PERFORMED);
      if (whole) break;
      cuts++;
    }
    expect(cuts).toBeGreaterThan(5);
  });

  it('goes on exactly where it stood when its engine is closed and opened again and again', async () => {
    const [witness, tokens]: [Witness, Record<string, string>] = [new Witness(world()), {}];
    const workflow = nested(witness, tokens);
    const key = { idempotencyKey: 'again' };
    const first = world().engine([workflow]);
    const { id } = await first.start('nested', undefined, key);
    await first.close();
    for (let turns = 0; turns < 100; turns++) {
      const engine = world().engine([workflow]);
      await engine.tick();
      const details = await engine.settled(id);
      if (details.status === 'completed') break;
      const wait = details.waits.findLast(({ kind }) => kind !== 'timer');
      if (wait?.kind === 'form') await engine.resume(id, { approved: true }, { form: wait.path });
      else if (wait) await engine.answerCallback(tokens[wait.path]!, 1);
      else await world().clock.advance('1m');
      await engine.close();
    }
    const done = await world().engine([workflow]).get(id);
    await faultsOf(world(), done, witness, PERFORMED);
    expect(witness.effects).toHaveLength(PERFORMED);
  });

  it('goes on when the store fails at one commit', { timeout: TIMEOUT }, async () => {
    for (let at = 4; ; at += 13) {
      const [witness, tokens] = [new Witness(world()), {}];
      const workflow = nested(witness, tokens);
      const { store, failed } = failingOnce(world().store, at, at % 2 === 0 ? 'refused' : 'answer lost');
      const engine = world().engine([workflow], { store });
      const broke = await travel(engine, world(), `${at}`, tokens).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (!failed()) return;
      expect(['the disk is gone', undefined]).toContain(broke);
      await faultsOf(world(), await travel(engine, world(), `${at}`, tokens), witness, PERFORMED);
    }
  });
});

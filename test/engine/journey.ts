import { isDeepStrictEqual } from 'node:util';
import {
  ask,
  conditional,
  defineWorkflow,
  focus,
  inputStep,
  list,
  named,
  optional,
  retryStep,
  type StepContext,
  skip,
  step,
  type Workflow,
} from 'stepwright';
import type { Engine } from '../../src/engine/engine.js';
import type { ProcessDetails } from '../../src/engine/process-details.js';
import { TestPort } from '../support/models.js';
import { brokenFacts } from './broken-facts.js';
import { Amount, Confirm, opaque, type World } from './support.js';

/*
 * A process that meets everything: conditions, retries that wait, a failure that a person retries, forms, models, skipped steps and a
 * focus. It ends in one way only, whatever interrupts it; and its steps notice when they should not have run.
 */

const DONE = ['success', 'skipped', 'complete'];

/** The effects that steps had, and the rules that they saw broken. */
export class Witness {
  readonly effects: string[] = [];
  readonly broken: string[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A step's effect; gives how often it has happened. Its start and everything before must be stored by then, and its end must not. */
  async effect({ processId, path, attempt }: StepContext): Promise<number> {
    const records = await this.#world.store.records(processId);
    for (const record of records) {
      if (record.path === path) continue;
      if (record.outcome === null && record.decision === undefined)
        this.broken.push(`${path} ran before the end of ${record.path} was stored`);
      if (record.outcome && !DONE.includes(record.outcome.kind)) this.broken.push(`${path} ran though ${record.path} stands`);
    }
    const own = records.find((record) => record.path === path);
    if (own?.outcome !== null) this.broken.push(`${path} ran ${own ? 'again after its end was stored' : 'before its start was stored'}`);
    if (own && own.attempt !== attempt) this.broken.push(`${path} ran as attempt ${attempt}, and is stored as ${own.attempt}`);
    this.effects.push(path);
    return this.effects.filter((effect) => effect === path).length;
  }
}

export function journey(witness: Witness): Workflow {
  const port = { params: { port: TestPort } };
  return defineWorkflow(
    'journey',
    {
      product: 'port',
      initialForm: function* () {
        return { ...(yield* ask(Amount)) };
      },
    },
    list(
      step('Begin')(async (ctx: StepContext, amount: number) => {
        await witness.effect(ctx);
        return { customerId: 'acme', total: amount, part: { n: 1 } };
      }),
      conditional((state) => state.total === 2)(
        retryStep('Reserve', { every: '1m' })(async (ctx: StepContext) => {
          if ((await witness.effect(ctx)) < 3) throw new Error('busy');
          return opaque({ reserved: true, total: undefined });
        }),
      ),
      conditional((state) => state.total !== undefined)(step('Never')(() => ({ never: true }))),
      step(
        'Construct',
        port,
      )(async (ctx: StepContext, port: TestPort) => {
        await witness.effect(ctx);
        return { port: Object.assign(port, { subscriptionId: `port of ${ctx.processId}`, device: 'ams' }) };
      }),
      inputStep('Confirm', { assignee: 'NOC', params: { port: TestPort } })(function* (port: TestPort) {
        const { approved } = yield* ask(Confirm);
        return { approved, device: port.device };
      }),
      step('Check')(async (ctx: StepContext) => {
        if ((await witness.effect(ctx)) < 2) throw new Error('not yet');
        return skip('nothing to check');
      }),
      named('Group')(
        focus('part')(
          step('Count')(async (ctx: StepContext, n: number) => {
            await witness.effect(ctx);
            return { n: n + 1, ended: true };
          }),
          inputStep('Ask')(function* () {
            return { ...(yield* ask(Amount)) };
          }),
        ),
      ),
      step('Activate', { params: { port: TestPort, note: optional(String) } })(async (ctx: StepContext, port: TestPort, note?: string) => {
        await witness.effect(ctx);
        return { port: Object.assign(port, { speed: 7 }), note: note ?? 'none' };
      }),
      step('End')(async (ctx: StepContext) => {
        await witness.effect(ctx);
      }),
    ),
  );
}

const ANSWERS: Readonly<Record<string, { readonly [key: string]: number | boolean }>> = {
  Confirm: { approved: true },
  'Group/Ask': { amount: 5 },
};

/** Moves a journey to its end on one engine, whatever state it finds it in: answers, waits, retries. */
export async function travel(engine: Engine, world: World, key: string): Promise<ProcessDetails> {
  await engine.tick();
  const { id } = await engine.start('journey', { amount: 2 }, { idempotencyKey: key });
  for (let turns = 0; turns < 50; turns++) {
    const { status, waits, ...details } = await engine.settled(id);
    const [wait] = waits;
    if (status === 'completed') return { status, waits, ...details };
    if (status === 'failed') await engine.retry(id);
    else if (wait?.kind === 'form') await engine.resume(id, ANSWERS[wait.path]!);
    else {
      await world.clock.advanceTo(Math.max(world.clock.now(), wait?.deadline ?? 0));
      await engine.tick();
    }
  }
  throw new Error('the journey does not end');
}

/** What is wrong with the end of a journey; nothing when it is as it must be. */
export async function faultsOf(world: World, id: string, witness: Witness): Promise<readonly unknown[]> {
  const [row, records, waits, state] = await Promise.all([
    world.store.process(id),
    world.store.records(id),
    world.store.waits(id),
    world.store.snapshot(id),
  ]);
  const [port] = (await world.models.load([TestPort], [`port of ${id}`])) as (TestPort | undefined)[];
  const reached = {
    status: row?.status,
    claimedBy: row?.claimedBy,
    waits: waits.length,
    state,
    port: port && [port.device, port.speed, port.version],
    ends: Object.fromEntries(records.map(({ path, outcome, decision }) => [path, decision ?? outcome?.kind])),
  };
  const meant = {
    status: 'completed',
    claimedBy: undefined,
    waits: 0,
    state: {
      amount: 2,
      product: 'port',
      customerId: 'acme',
      part: { n: 2, ended: true, amount: 5 },
      reserved: true,
      port: { $model: 'TestPort', id: `port of ${id}` },
      approved: true,
      device: 'ams',
      note: 'none',
    },
    port: ['ams', 7, 2],
    ends: {
      '#start': 'success',
      Begin: 'success',
      'Reserve#if': true,
      Reserve: 'success',
      'Never#if': false,
      Construct: 'success',
      Confirm: 'success',
      Check: 'skipped',
      'Group/Count': 'success',
      'Group/Ask': 'success',
      Activate: 'success',
      End: 'success',
    },
  };
  const differs = isDeepStrictEqual(reached, meant) ? [] : [{ reached, meant }];
  return [...differs, ...witness.broken, ...brokenFacts(await world.store.facts(id), records)];
}

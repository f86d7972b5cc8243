import { ask, conditional, defineWorkflow, inputStep, list, retryStep, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import type { StepRecord } from '../../../src/core/journal.js';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { TestPort } from '../../support/models.js';
import { around, recorded } from '../faults.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore, opaque, type World } from '../support.js';

const NAMES = ['A', 'B', 'C', 'D', 'E'];

/** What of a record tells whether its step has started and ended. */
const brief = ({ path, attempt, outcome }: StepRecord) => `${path} ${attempt} ${outcome?.kind ?? 'started'}`;

onEachStore('A step body', (world) => {
  it('starts only when its own start, and everything before it, is stored', async () => {
    const seen: (readonly string[])[] = [];
    const look = async (ctx: StepContext) => void seen.push((await world().store.records(ctx.processId)).map(brief));
    const looking = NAMES.slice(0, 3).map((name) =>
      step(name)(async (ctx: StepContext) => {
        await look(ctx);
        return opaque({ [name]: ctx.attempt });
      }),
    );
    const slow = around(world().store, async (method, call) => {
      for (let turn = 0; turn < 3 && method === 'commit'; turn++) await new Promise(setImmediate);
      return call();
    });
    const engine = world().engine([defineWorkflow('look', {}, list(...looking))], { store: slow });
    await engine.settled((await engine.start('look')).id);
    expect(seen).toEqual([
      ['#start 1 success', 'A 1 started'],
      ['#start 1 success', 'A 1 success', 'B 1 started'],
      ['#start 1 success', 'A 1 success', 'B 1 success', 'C 1 started'],
    ]);
  });

  it('does not start when its start can not be stored', async () => {
    let performed = 0;
    const store = around(world().store, async (method, call, [batch]) => {
      const starts = method === 'commit' && (batch as ProcessWrite[]).some(({ records }) => records?.some(({ path }) => path === 'A'));
      return starts ? [{ stored: false, why: 'changed' }] : call();
    });
    const engine = world().engine(
      [
        defineWorkflow(
          'look',
          {},
          step('A')(() => void performed++),
        ),
      ],
      { store },
    );
    const { id } = await engine.start('look');
    expect(await engine.settled(id)).toMatchObject({ status: 'running', records: [{ path: '#start' }] });
    expect(performed).toBe(0);
  });

  it('costs one commit: the end of a step is stored with the start of the next', async () => {
    const { store, groups } = recorded(world().store);
    const steps = Array.from({ length: 30 }, (_, index) => step(`Step ${index}`)(() => opaque({ [`key${index % 3}`]: index })));
    const engine = world().engine([defineWorkflow('many', {}, list(...steps))], { store });
    const { id } = await engine.start('many');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(groups.map(([write, ...more]) => [write?.records?.map(brief), more.length])).toEqual([
      [['#start 1 success'], 0],
      [['Step 0 1 started'], 0],
      ...Array.from({ length: 29 }, (_, index) => [[`Step ${index} 1 success`, `Step ${index + 1} 1 started`], 0]),
      [['Step 29 1 success'], 0],
    ]);
  });

  it('has its context, whose idempotency key is the same on every attempt', async () => {
    const contexts: StepContext[] = [];
    const body = conditional(
      () => true,
      'Größe: 5%',
    )(
      retryStep('Push', { every: '1m' })((ctx: StepContext) => {
        contexts.push(ctx);
        ctx.log.warn({ extra: 1 }, 'pushing');
        if (ctx.attempt < 3) throw new Error('busy');
      }),
    );
    const engine = world().engine([defineWorkflow('push', {}, body)]);
    const { id } = await engine.start('push');
    for (let tries = 0; tries < 2; tries++) {
      await engine.settled(id);
      await world().clock.advance('1m');
      await engine.tick();
    }
    const key = `${id}:Gr%C3%B6%C3%9Fe%3A%205%25%2FPush`;
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (const context of contexts)
      expect(context).toMatchObject({ processId: id, workflow: 'push', path: 'Größe: 5%/Push', idempotencyKey: key });
    expect(contexts[2]?.now()).toBe(world().clock.now());
    expect(world().logger.lines.at(-1)).toMatchObject({ message: 'pushing', fields: { process: id, path: 'Größe: 5%/Push', extra: 1 } });
  });
});

onEachStore('An engine that closes', (world) => {
  /** An engine at work on a step that ends when the test says so. */
  async function atWork(world: World, more: Parameters<typeof list> = []) {
    const [running, end] = [signal(), signal()];
    let performed = 0;
    const long = step('Long')(async () => {
      performed++;
      running.give();
      await end.given;
      return { long: true };
    });
    const workflow = defineWorkflow('long', {}, list(long, ...more));
    const engine = world.engine([workflow]);
    const { id } = await engine.start('long');
    await running.given;
    return { engine, workflow, id, end, performed: () => performed };
  }
  const later = step('Later')((long = true) => ({ later: long }));

  it('waits for the running step, stores what it gave, and lets the process go on elsewhere', async () => {
    const { engine, workflow, id, end, performed } = await atWork(world(), [later]);
    let closed = false;
    const closing = engine.close().then(() => {
      closed = true;
    });
    await world().clock.advance('1m');
    expect(closed).toBe(false);
    end.give();
    await closing;
    const row = await world().store.process(id);
    expect(row).toMatchObject({ status: 'running' });
    expect(row).not.toHaveProperty('claimedBy');
    expect((await world().store.records(id)).map(brief)).toEqual(['#start 1 success', 'Long 1 success']);
    expect(await world().store.runners()).toEqual([]);
    const next = world().engine([workflow]);
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'completed', state: { long: true, later: true } });
    expect(performed()).toBe(1);
  });

  it('lets the process end where the running step was its last', async () => {
    const { engine, id, end } = await atWork(world());
    const closing = engine.close();
    end.give();
    await closing;
    expect(await world().store.process(id)).toMatchObject({ status: 'completed' });
  });

  it('saves the models that the running step gives', async () => {
    const [running, end] = [signal(), signal()];
    const port = Object.assign(new TestPort(), { product: 'port', customerId: 'acme', device: 'ams' });
    const long = step('Long')(async () => {
      running.give();
      await end.given;
      return { port };
    });
    const engine = world().engine([defineWorkflow('long', {}, list(long, later))]);
    const { id } = await engine.start('long');
    await running.given;
    const closing = engine.close();
    end.give();
    await closing;
    expect(await world().models.load([TestPort], [port.subscriptionId])).toMatchObject([{ device: 'ams' }]);
    expect((await world().store.records(id)).at(-1)).toMatchObject({ path: 'Long', outcome: { kind: 'success' } });
  });

  it('starts nothing more, and a process that is started late waits for another engine', async () => {
    const engine = world().engine([
      defineWorkflow(
        'long',
        {},
        list(
          step('Long')(() => ({ long: true })),
          later,
        ),
      ),
    ]);
    await engine.close();
    const { id } = await engine.start('long');
    await engine.tick();
    expect(await engine.settled(id)).toMatchObject({ status: 'created' });
    expect(world().clock.pending).toBe(0);
  });

  it('can be closed twice, and while nothing was ever started', async () => {
    const engine = world().engine([]);
    await engine.close();
    await engine.close();
    expect(world().clock.pending).toBe(0);
  });

  it('does not ask a person for what comes after the running step', async () => {
    const question = inputStep('Ask')(function* () {
      return { ...(yield* ask(Confirm)) };
    });
    const { engine, workflow, id, end } = await atWork(world(), [question]);
    const closing = engine.close();
    end.give();
    await closing;
    expect(await world().store.process(id)).toMatchObject({ status: 'running' });
    expect(await world().store.waits(id)).toEqual([]);
    const next = world().engine([workflow]);
    await next.tick();
    expect(await next.get(id)).toMatchObject({ status: 'suspended' });
  });
});

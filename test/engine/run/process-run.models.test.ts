import { complete, defineWorkflow, list, listOf, oneOf, optional, retryStep, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { save, storedPort } from '../../support/saved-models.js';
import { onEachStore, opaque, type World } from '../support.js';

const reference = (port: TestPort) => ({ $model: 'TestPort', id: port.subscriptionId });

/** Stores ports of these devices. */
async function ports(world: World, ...devices: readonly string[]): Promise<TestPort[]> {
  const made = devices.map((device) => testPort(device));
  await save({ ...world, close: async () => undefined }, ...made);
  return made;
}

/** Runs a workflow that begins with this state to where it stops. */
async function run(world: World, state: object, ...steps: Parameters<typeof list>) {
  const engine = world.engine([
    defineWorkflow(
      'models',
      {},
      list(
        step('Begin')(() => opaque(state)),
        ...steps,
      ),
    ),
  ]);
  return engine.settled((await engine.start('models')).id);
}

const one = { params: { port: TestPort } };

onEachStore('A domain model', (world) => {
  it('is made for a step that asks for it, saved when it is returned, and loaded by the next', async () => {
    const made = await run(
      world(),
      { product: 'port', customerId: 'acme' },
      step('Construct', one)((port: TestPort) => ({ port: Object.assign(port, { device: 'ams', speed: 100 }), id: port.subscriptionId })),
      step('Activate', one)((port: TestPort, ctx: StepContext) => ({ port: port.transition('active', new Date(ctx.now())) })),
      step('Read', one)((port: TestPort) => ({ read: [port.device, port.speed, port.status, port.version, port.customerId] })),
    );
    const id = String(made.state.id);
    expect(made).toMatchObject({
      status: 'completed',
      state: { port: { $model: 'TestPort', id }, read: ['ams', 100, 'active', 2, 'acme'] },
    });
    expect(await storedPort(world().models, id)).toMatchObject({ status: 'active', version: 2, startDate: new Date(world().clock.now()) });
  });

  it('that is changed and not returned is not saved', async () => {
    const [port] = await ports(world(), 'ams');
    await run(
      world(),
      { port: reference(port!) },
      step('Change', one)((port: TestPort) => void Object.assign(port, { device: 'changed' })),
    );
    expect(await storedPort(world().models, port!.subscriptionId)).toMatchObject({ device: 'ams', version: 1 });
  });

  it('is found at any depth of what is returned, whether it was injected or made in the step', async () => {
    const [known] = await ports(world(), 'ams');
    const fresh = testPort('fra');
    const details = await run(
      world(),
      { port: known!.subscriptionId },
      step('Give', one)((port: TestPort) => ({ deep: { list: [Object.assign(port, { speed: 1 }), { fresh }] }, again: port })),
    );
    expect(details.state).toEqual({
      port: known!.subscriptionId,
      deep: { list: [reference(known!), { fresh: reference(fresh) }] },
      again: reference(known!),
    });
    expect(await storedPort(world().models, known!.subscriptionId)).toMatchObject({ speed: 1, version: 2 });
    expect(await storedPort(world().models, fresh.subscriptionId)).toMatchObject({ device: 'fra', version: 1 });
  });

  it('comes in lists, as one of several classes, and optionally', async () => {
    const [a, b] = await ports(world(), 'a', 'b');
    const details = await run(
      world(),
      { ports: [b!.subscriptionId, reference(a!)], either: { subscriptionId: a!.subscriptionId, device: 'wrong' } },
      step('Look', { params: { ports: listOf(TestPort), either: oneOf(TestPort, TestCircuit), none: optional(TestPort) } })(
        (ports: TestPort[], either: TestPort | TestCircuit, none?: TestPort) => ({
          seen: [ports.map(({ device }) => device), either instanceof TestPort && either.device, none === undefined],
        }),
      ),
    );
    expect(details.state.seen).toEqual([['b', 'a'], 'a', true]);
  });

  it('that is not there fails the step, which is named with the id', async () => {
    const details = await run(
      world(),
      { port: 'p-9' },
      step('Look', one)((port: TestPort) => ({ device: port.device })),
    );
    expect(details).toMatchObject({
      status: 'failed',
      failure: {
        code: 'model_not_found',
        message: expect.stringMatching(/^Step "Look" of workflow "models" .*no TestPort with the id "p-9"/),
      },
    });
  });

  it('is not made twice: which of two is meant is unclear', async () => {
    const details = await run(
      world(),
      { product: 'port', customerId: 'acme' },
      step('Both', { params: { a: TestPort, b: TestPort } })((a: TestPort, b: TestPort) => ({ a, b })),
    );
    expect(details).toMatchObject({ status: 'failed', failure: { code: 'model_ambiguous' } });
  });

  it('that breaks its own rules fails the step, of which nothing else is stored', async () => {
    const [good] = await ports(world(), 'good');
    const bad = testPort('bad', { speed: 0.5 });
    const details = await run(
      world(),
      { port: good!.subscriptionId },
      step('Save', one)((port: TestPort) => ({ port: Object.assign(port, { device: 'better' }), bad, more: 1 })),
    );
    expect(details).toMatchObject({
      status: 'failed',
      state: { port: good!.subscriptionId },
      failure: { code: 'model_invalid', message: expect.stringContaining('speed') },
    });
    expect(details.state).not.toHaveProperty('more');
    expect(details.records.at(-1)).toMatchObject({ path: 'Save', attempt: 1, outcome: { kind: 'failed' } });
    expect(await storedPort(world().models, bad.subscriptionId)).toBeUndefined();
    expect(await storedPort(world().models, good!.subscriptionId)).toMatchObject({ device: 'good', version: 1 });
    expect((await world().facts(details.id)).slice(-3)).toEqual(['step_started Save', 'step_ended Save failed', 'process_status failed']);
  });

  it('that the database refuses fails the step, which a person may retry', async () => {
    let whole = false;
    const body = step('Save')(() => {
      const port = testPort('unsaved');
      const circuit = testCircuit([testEndpoint(port)], { subscriptionId: 'c-1' });
      return opaque(whole ? { port, circuit } : { circuit });
    });
    const engine = world().engine([defineWorkflow('models', {}, body)]);
    const { id } = await engine.start('models');
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'store_refused' }, state: {} });
    expect(await world().models.load([TestCircuit], ['c-1'])).toEqual([undefined]);
    whole = true;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { circuit: { id: 'c-1' } } });
  });

  it('is saved together with the changes that complete() brings', async () => {
    const port = testPort('last');
    const details = await run(
      world(),
      {},
      step('End')(() => complete({ port })),
      step('Never')(() => ({ never: true })),
    );
    expect(details).toMatchObject({ status: 'completed', state: { port: reference(port) } });
    expect(await storedPort(world().models, port.subscriptionId)).toMatchObject({ device: 'last' });
  });
});

onEachStore('A model that somebody else has saved meanwhile', (world) => {
  /** Changes a port that somebody else saves in the middle of its first attempts. */
  const rivalled = (rivals: number) => async (port: TestPort, ctx: StepContext) => {
    if (ctx.attempt <= rivals) {
      const rival = await storedPort(world().models, port.subscriptionId);
      await save({ ...world(), close: async () => undefined }, Object.assign(rival!, { device: `rival ${ctx.attempt}` }));
    }
    return { port: Object.assign(port, { speed: 1 }), tried: ctx.attempt };
  };

  it('fails a plain step, which a person may retry', async () => {
    const [port] = await ports(world(), 'ams');
    const engine = world().engine([
      defineWorkflow(
        'models',
        {},
        list(
          step('Begin')(() => opaque({ port: port!.subscriptionId })),
          step('Save', one)(rivalled(1)),
        ),
      ),
    ]);
    const { id } = await engine.start('models');
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'stale_model', retryable: true } });
    expect(failed.state).toEqual({ port: port!.subscriptionId });
    expect(await storedPort(world().models, port!.subscriptionId)).toMatchObject({ device: 'rival 1', speed: 10_000, version: 2 });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { tried: 2 } });
    expect(await storedPort(world().models, port!.subscriptionId)).toMatchObject({ device: 'rival 1', speed: 1, version: 3 });
  });

  it('makes a retry step wait, and is loaded anew by its next attempt', async () => {
    const [port] = await ports(world(), 'ams');
    const save = retryStep('Save', { every: '1m', ...one })(rivalled(2));
    const engine = world().engine([
      defineWorkflow(
        'models',
        {},
        list(
          step('Begin')(() => opaque({ port: port!.subscriptionId })),
          save,
        ),
      ),
    ]);
    const { id } = await engine.start('models');
    for (let attempt = 1; attempt <= 2; attempt++) {
      const waiting = await engine.settled(id);
      expect(waiting).toMatchObject({ status: 'waiting', waits: [{ path: 'Save', attempt, kind: 'timer' }] });
      expect(waiting.records.at(-1)).toMatchObject({ outcome: { kind: 'waiting', failure: { code: 'stale_model' } } });
      await world().clock.advance('1m');
      await engine.tick();
    }
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { tried: 3 } });
    expect(await storedPort(world().models, port!.subscriptionId)).toMatchObject({ device: 'rival 2', speed: 1, version: 4 });
  });
});

import { ask, defineWorkflow, type FormGenerator, step } from 'stepwright';
import { expect, it } from 'vitest';
import { TestPort } from '../support/models.js';
import { Amount, Confirm, onEachStore, opaque } from './support.js';

const plain = defineWorkflow(
  'plain',
  {},
  step('Count')(() => ({ counted: true })),
);
const other = defineWorkflow(
  'other',
  {},
  step('Count')(() => undefined),
);
const order = defineWorkflow(
  'order',
  {
    target: 'create',
    product: TestPort,
    initialForm: function* () {
      const { amount } = yield* ask(Amount);
      const { approved } = yield* ask(Confirm);
      return { amount, approved };
    },
  },
  step('Count')((amount: number) => ({ counted: amount })),
);
const ANSWERS = [{ amount: 2 }, { approved: true }];

onEachStore('A start', (world) => {
  it('puts what the form gave, and the product, into the first state', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order', ANSWERS);
    const details = await engine.settled(id);
    expect(details).toMatchObject({ target: 'create', product: 'TestPort', status: 'completed' });
    expect(details.state).toEqual({ amount: 2, approved: true, product: 'TestPort', counted: 2 });
    expect(details.records[0]).toMatchObject({
      path: '#start',
      outcome: { kind: 'success', changes: { set: { amount: 2, approved: true, product: 'TestPort' }, unset: [] } },
    });
  });

  it('leaves the product to a form that says it itself', async () => {
    const form = function* (): FormGenerator<object> {
      const { amount } = yield* ask(Amount);
      return { amount, product: `Port${amount}` };
    };
    const engine = world().engine([
      defineWorkflow(
        'choice',
        { product: 'Port', initialForm: form },
        step('Go')(() => undefined),
      ),
    ]);
    const { id } = await engine.start('choice', { amount: 7 });
    expect(await engine.settled(id)).toMatchObject({ product: 'Port', state: { amount: 7, product: 'Port7' } });
  });

  it.each([
    ['too few answers', undefined, /^The initial form of workflow "order" needs an answer to page 1; give one object per page\.$/],
    ['one page for two', { amount: 2 }, /needs an answer to page 2/],
    ['too many answers', [...ANSWERS, {}], /page 3: the form has 2 pages, but 3 answers came/],
    ['wrong answers', [{ amount: 'two' }, {}], /page 1, amount: /],
    ['no answer at all for a page', [null], /page 1: /],
  ])('with %s is refused, and stores nothing', async (_what, input, message) => {
    const engine = world().engine([order]);
    const start = engine.start('order', input, { idempotencyKey: 'k-1' });
    await expect(start).rejects.toMatchObject({ code: 'input_refused', message: expect.stringMatching(message) });
    expect(await world().everything()).toEqual([]);
    expect(await world().store.processByKey('k-1')).toBeUndefined();
    expect(await engine.start('order', ANSWERS, { idempotencyKey: 'k-1' })).toMatchObject({ existed: false });
  });

  it('of a workflow without a form takes no input, not even an empty object', async () => {
    const engine = world().engine([plain]);
    for (const input of [{}, { amount: 1 }, [null]]) {
      await expect(engine.start('plain', input)).rejects.toMatchObject({
        code: 'input_refused',
        message: expect.stringMatching(/^Workflow "plain" refused the answers:\n {2}page 1: it has no initial form, so it takes no input/),
      });
    }
    expect(await world().everything()).toEqual([]);
    expect(await engine.settled((await engine.start('plain', [])).id)).toMatchObject({ status: 'completed' });
  });

  it('can be tried first, which starts nothing', async () => {
    const engine = world().engine([order, plain]);
    expect(await engine.tryStart('order')).toMatchObject({ kind: 'page', page: { index: 0, schema: { type: 'object' } } });
    expect(await engine.tryStart('order', { amount: 2 })).toMatchObject({ kind: 'page', page: { index: 1 } });
    expect(await engine.tryStart('order', { amount: 0 })).toMatchObject({ kind: 'refused', errors: [{ page: 0, field: 'amount' }] });
    expect(await engine.tryStart('order', ANSWERS)).toEqual({ kind: 'done', value: { amount: 2, approved: true } });
    expect(await engine.tryStart('plain')).toEqual({ kind: 'done', value: undefined });
    expect(await engine.tryStart('plain', {})).toMatchObject({ kind: 'refused' });
    expect(await world().everything()).toEqual([]);
  });

  it.each([
    ['is no object', 5, 'bad_result'],
    ['is not JSON', { at: Number.NaN }, 'not_json'],
    ['sets a reserved key', { ctx: 1 }, 'bad_result'],
  ])('is refused where what the form gave %s', async (_what, value, code) => {
    const form = function* () {
      yield* ask(Amount);
      return opaque(value);
    };
    const engine = world().engine([
      defineWorkflow(
        'odd',
        { initialForm: form },
        step('Go')(() => undefined),
      ),
    ]);
    await expect(engine.start('odd', { amount: 1 })).rejects.toMatchObject({ code });
    expect(await world().everything()).toEqual([]);
  });

  it('saves the models that the form gave, or stores nothing where one is refused', async () => {
    const made: TestPort[] = [];
    const form = function* () {
      const { amount } = yield* ask(Amount);
      const port = Object.assign(new TestPort(), { product: 'port', customerId: 'acme', device: 'ams', speed: amount });
      if (amount === 13) port.speed = 0.5;
      made.push(port);
      return { port };
    };
    const body = step('Read', { params: { port: TestPort } })((port: TestPort) => ({ device: port.device, version: port.version }));
    const engine = world().engine([defineWorkflow('new-port', { initialForm: form }, body)]);
    const { id } = await engine.start('new-port', { amount: 100 });
    const { state } = await engine.settled(id);
    expect(state).toEqual({ port: { $model: 'TestPort', id: made[0]!.subscriptionId }, device: 'ams', version: 1 });
    await expect(engine.start('new-port', { amount: 13 })).rejects.toMatchObject({ code: 'model_invalid' });
    expect(await world().everything()).toHaveLength(1);
    expect(await world().models.load([TestPort], [made[1]!.subscriptionId])).toEqual([undefined]);
  });
});

onEachStore('An idempotency key', (world) => {
  it('starts one process, however often and from wherever it is used', async () => {
    const engines = [world().engine([plain]), world().engine([plain])];
    const starts = await Promise.all(
      Array.from({ length: 10 }, (_, index) => engines[index % 2]!.start('plain', undefined, { idempotencyKey: 'k-1', by: `p${index}` })),
    );
    expect(new Set(starts.map(({ id }) => id)).size).toBe(1);
    expect(starts.filter(({ existed }) => !existed)).toHaveLength(1);
    const id = starts[0]!.id;
    await Promise.all(engines.map((engine) => engine.settled(id)));
    const [only, ...more] = await world().store.list({});
    expect(more).toEqual([]);
    expect(only).toMatchObject({ id, status: 'completed', idempotencyKey: 'k-1' });
    expect((await world().facts(id)).filter((fact) => fact === 'step_started Count')).toHaveLength(1);
    expect(await engines[0]!.start('plain', undefined, { idempotencyKey: 'k-1' })).toEqual({ id, existed: true });
  });

  it('gives the first process whatever the second start says, for it was the same request', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order', ANSWERS, { idempotencyKey: 'k-1' });
    expect(await engine.start('order', [{ amount: 0 }], { idempotencyKey: 'k-1' })).toEqual({ id, existed: true });
    expect(await engine.settled(id)).toMatchObject({ state: { amount: 2 } });
  });

  it('of another workflow is refused, one after another and at once', async () => {
    const engine = world().engine([plain, other]);
    const { id } = await engine.start('plain', undefined, { idempotencyKey: 'k-1' });
    const refusal = {
      code: 'conflict',
      message: expect.stringMatching(/^The idempotency key "k-[12]" belongs to process .* of workflow "plain"/),
    };
    await expect(engine.start('other', undefined, { idempotencyKey: 'k-1' })).rejects.toMatchObject(refusal);
    const atOnce = await Promise.allSettled(['plain', 'other'].map((name) => engine.start(name, undefined, { idempotencyKey: 'k-2' })));
    expect(atOnce).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: refusal }]);
    expect(await world().store.list({})).toHaveLength(2);
    await engine.settled(id);
  });

  it('is not needed: starts without one are processes of their own', async () => {
    const engine = world().engine([plain]);
    const starts = await Promise.all([engine.start('plain'), engine.start('plain')]);
    expect(starts[0]!.id).not.toBe(starts[1]!.id);
    for (const { id } of starts) expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });

  it('does not hide that two processes have one id', async () => {
    const engine = world().engine([plain], { random: { number: () => 0, uuid: () => 'always-the-same' } });
    await engine.settled((await engine.start('plain')).id);
    await expect(engine.start('plain')).rejects.toMatchObject({ code: 'conflict', retryable: true });
  });
});

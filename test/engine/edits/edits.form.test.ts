import { ask, conditional, defineWorkflow, focus, inputStep, list, named, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { TestPort, testPort } from '../../support/models.js';
import { save } from '../../support/saved-models.js';
import { Amount, Confirm, onEachStore, opaque } from '../support.js';
import { confirm, order } from '../workflows.js';

const twoPages = defineWorkflow(
  'two-pages',
  {},
  inputStep('Ask')(function* () {
    const { amount } = yield* ask(Amount);
    const { approved } = yield* ask(Confirm);
    return { amount, approved };
  }),
);

onEachStore('A form step', (world) => {
  it('suspends the process, and shows what is asked of whom', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order');
    const suspended = await engine.settled(id);
    const form = { type: 'object', properties: { approved: { type: 'boolean' } }, required: ['approved'] };
    expect(suspended).toMatchObject({ status: 'suspended', state: { price: 5 } });
    expect(suspended.waits).toEqual([
      {
        path: 'Confirm',
        kind: 'form',
        attempt: 1,
        since: world().clock.now(),
        reason: 'a person is asked',
        assignee: 'NOC',
        form: expect.objectContaining(form),
      },
    ]);
    expect(suspended.records.at(-1)).toMatchObject({ path: 'Confirm', outcome: { kind: 'suspended', assignee: 'NOC', form } });
    await world().clock.advance('10d');
    expect(await engine.tick()).toEqual([]);
  });

  it('lets the process go on with its answer, and remembers who gave it', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order');
    await engine.settled(id);
    await engine.resume(id, { approved: true }, { by: 'ann' });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed', revision: 3, waits: [], state: { price: 5, approved: true, shipped: true } });
    expect(done.records.find(({ path }) => path === 'Confirm')).toMatchObject({ by: 'ann', attempt: 1, outcome: { kind: 'success' } });
    expect(await world().facts(id)).toEqual([
      'process_created',
      'step_started Prepare',
      'step_ended Prepare success',
      'step_ended Confirm suspended',
      'process_status suspended',
      'step_answered Confirm ann',
      'process_status running',
      'step_started Ship',
      'step_ended Ship success',
      'process_status completed',
    ]);
  });

  it.each([
    ['too few answers', [], 'needs an answer to page 1', { page: { index: 0 } }],
    ['a page too few', [{ amount: 3 }], 'needs an answer to page 2', { page: { index: 1 } }],
    [
      'a page too many',
      [{ amount: 3 }, { approved: true }, {}],
      'page 3: the form has 2 pages, but 3 answers came',
      { errors: [{ page: 2 }] },
    ],
    [
      'a wrong answer',
      [{ amount: 0 }, { approved: true }],
      'page 1, amount: amount must not be less than 1',
      { errors: [{ field: 'amount' }] },
    ],
    [
      'an unknown field',
      [{ amount: 3 }, { aproved: true }],
      'Did you mean "approved"?',
      { errors: [{ page: 1, field: 'aproved' }, { field: 'approved' }] },
    ],
  ])('refuses %s, and stores nothing', async (_what, answers, message, details) => {
    const engine = world().engine([twoPages]);
    const { id } = await engine.start('two-pages');
    await engine.settled(id);
    const before = await world().everything();
    const refusal = engine.resume(id, answers);
    await expect(refusal).rejects.toMatchObject({ code: 'input_refused', message: expect.stringContaining(message), details });
    await expect(refusal).rejects.toThrow(/^Step "Ask" of workflow "two-pages" \(.*edits\.form\.test\.ts:\d+\)/);
    expect(await world().everything()).toEqual(before);
    await engine.resume(id, [{ amount: 3 }, { approved: true }]);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { amount: 3, approved: true } });
  });

  it('says what it thinks of answers without storing them', async () => {
    const engine = world().engine([twoPages]);
    const { id } = await engine.start('two-pages');
    await engine.settled(id);
    const before = await world().everything();
    expect(await engine.tryAnswer(id)).toMatchObject({ kind: 'page', page: { index: 0 } });
    expect(await engine.tryAnswer(id, { amount: 3 }, { form: 'Ask@1' })).toMatchObject({ kind: 'page', page: { index: 1 } });
    expect(await engine.tryAnswer(id, { amount: 'x' })).toMatchObject({ kind: 'refused' });
    expect(await engine.tryAnswer(id, [{ amount: 3 }, { approved: true }])).toMatchObject({ kind: 'done' });
    expect(await world().everything()).toEqual(before);
  });

  it('refuses an answer that can not be kept', async () => {
    const odd = defineWorkflow(
      'odd',
      {},
      inputStep('Odd')(function* () {
        yield* ask(Confirm);
        return opaque({ at: Number.NaN });
      }),
    );
    const engine = world().engine([odd]);
    const { id } = await engine.start('odd');
    await engine.settled(id);
    await expect(engine.resume(id, { approved: true })).rejects.toMatchObject({ code: 'not_json' });
    expect(await engine.get(id)).toMatchObject({ status: 'suspended', revision: 1 });
  });

  it('refuses an answer whose model can not be stored, and stays open', async () => {
    const odd = defineWorkflow(
      'odd',
      {},
      inputStep('Odd')(function* () {
        const { amount } = yield* ask(Amount);
        return { port: testPort('ams', { subscriptionId: 'p-1', speed: amount / 2 }) };
      }),
    );
    const engine = world().engine([odd]);
    const { id } = await engine.start('odd');
    await engine.settled(id);
    const before = await world().everything();
    await expect(engine.resume(id, { amount: 3 })).rejects.toMatchObject({ code: 'model_invalid' });
    expect(await world().everything()).toEqual(before);
    await engine.resume(id, { amount: 4 });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { port: { id: 'p-1' } } });
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ speed: 2, version: 1 }]);
  });

  it('is not asked again when a later step is retried', async () => {
    let broken = true;
    const later = defineWorkflow(
      'later',
      {},
      list(
        confirm,
        step('Ship')((approved: boolean) => {
          if (broken) throw new Error('no truck');
          return { shipped: approved };
        }),
      ),
    );
    const engine = world().engine([later]);
    const { id } = await engine.start('later');
    await engine.settled(id);
    await engine.resume(id, { approved: false });
    expect(await engine.settled(id)).toMatchObject({ status: 'failed' });
    broken = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { approved: false, shipped: false } });
  });

  it('has parameters injected as any step, when it asks and when it is answered', async () => {
    const port = testPort('ams-1');
    await save({ ...world(), close: async () => undefined }, port);
    const seen: unknown[] = [];
    const injected = defineWorkflow(
      'injected',
      {},
      list(
        step('Load')(() => opaque({ port: port.subscriptionId, limit: 3, since: '2026-01-01T00:00:00.000Z' })),
        inputStep('Choose', { params: { port: TestPort, since: Date } })(function* (
          port: TestPort,
          since: Date,
          limit: number,
          ctx: StepContext,
          missing = 'none',
        ) {
          seen.push([port.device, since.getTime(), limit, missing, ctx.path, ctx.attempt, ctx.idempotencyKey, ctx.workflow]);
          const { amount } = yield* ask(Amount, { choices: { amount: [limit, limit + 1] } });
          port.speed = amount;
          return { port, amount };
        }),
      ),
    );
    const engine = world().engine([injected]);
    const { id } = await engine.start('injected');
    await engine.settled(id);
    await expect(engine.resume(id, { amount: 9 })).rejects.toMatchObject({ code: 'input_refused' });
    await engine.resume(id, { amount: 4 });
    expect(await engine.settled(id)).toMatchObject({
      status: 'completed',
      state: { amount: 4, port: { $model: 'TestPort', id: port.subscriptionId } },
    });
    const [stored] = await world().models.load([TestPort], [port.subscriptionId]);
    expect(stored).toMatchObject({ speed: 4, version: 2 });
    expect(seen).toEqual(Array(3).fill(['ams-1', Date.UTC(2026), 3, 'none', 'Choose', 1, `${id}:Choose`, 'injected']));
  });

  it('stands anywhere: under a condition, in a focus, in a named list', async () => {
    const question = (name: string) =>
      inputStep(name)(function* (state) {
        const { amount } = yield* ask(Amount);
        return { amount, saw: Object.keys(state).sort() };
      });
    const deep = defineWorkflow(
      'deep',
      {},
      list(
        step('Begin')(() => ({ a: 1, part: { b: 2 } })),
        conditional((state) => state.a === 1)(question('If')),
        focus('part')(question('Part')),
        named('Group')(question('If')),
        conditional((state) => state.a === 1, 'Maybe')(focus('part', 'Inner')(question('If'))),
      ),
    );
    const engine = world().engine([deep]);
    const { id } = await engine.start('deep');
    const asked: string[] = [];
    for (let details = await engine.settled(id); details.status === 'suspended'; details = await engine.settled(id)) {
      asked.push(details.waits[0]!.path);
      await engine.resume(id, { amount: asked.length }, { form: details.waits[0]!.path });
    }
    expect(asked).toEqual(['If', 'Part', 'Group/If', 'Maybe/Inner/If']);
    expect(await engine.get(id)).toMatchObject({
      status: 'completed',
      state: { a: 1, amount: 3, saw: ['a', 'amount', 'part', 'saw'], part: { b: 2, amount: 4, saw: ['amount', 'b', 'saw'] } },
    });
  });

  it('can be answered after its own form failed and was retried, under a new id', async () => {
    let broken = true;
    const shaky = defineWorkflow(
      'shaky',
      {},
      inputStep('Ask')(function* () {
        if (broken) throw new Error('no choices');
        return { ...(yield* ask(Confirm)) };
      }),
    );
    const engine = world().engine([shaky]);
    const { id } = await engine.start('shaky');
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'form_failed', message: expect.stringContaining('no choices') },
    });
    broken = false;
    await engine.retry(id);
    expect((await engine.settled(id)).waits).toMatchObject([{ path: 'Ask', attempt: 2 }]);
    await engine.resume(id, { approved: true }, { form: 'Ask@2' });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });
});

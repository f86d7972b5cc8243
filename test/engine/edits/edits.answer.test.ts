import { ask, defineWorkflow, inputStep, list, retryStep, type StepContext, type StepwrightError, step } from 'stepwright';
import { expect, it } from 'vitest';
import { around } from '../faults.js';
import { Confirm, onEachStore, opaque } from '../support.js';
import { confirm, order } from '../workflows.js';

onEachStore('A second answer', (world) => {
  it('is told that the form has been answered, and stores nothing', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order');
    await engine.settled(id);
    await engine.resume(id, { approved: true }, { by: 'ann' });
    await engine.settled(id);
    const before = await world().everything();
    for (const form of ['Confirm', 'Confirm@1'])
      await expect(engine.resume(id, { approved: false }, { form })).rejects.toMatchObject({
        code: 'conflict',
        message: `The form "${form}" of process ${id} has been answered already by ann; nothing was changed.`,
      });
    await expect(engine.resume(id, { approved: false })).rejects.toMatchObject({
      code: 'wrong_status',
      message: `Process ${id} (order) is completed; no form is open.`,
    });
    expect(await world().everything()).toEqual(before);
  });

  it('to a form that was never open is refused with those that are', async () => {
    const engine = world().engine([order]);
    const { id } = await engine.start('order');
    await engine.settled(id);
    for (const form of ['Confirm@2', 'Ship'])
      await expect(engine.resume(id, { approved: true }, { form })).rejects.toMatchObject({
        code: 'wrong_status',
        message: `Process ${id} (order) is suspended; no form "${form}" is open; open are: Confirm@1.`,
      });
  });

  it('loses when ten come at once: one is taken, and the others are told', async () => {
    const engine = world().engine([order]);
    const other = world().engine([order]);
    const { id } = await engine.start('order');
    await engine.settled(id);
    const people = Array.from({ length: 10 }, (_, index) => `p${index}`);
    const answers = await Promise.allSettled(
      people.map((by, index) => (index % 2 ? engine : other).resume(id, { approved: index < 5 }, { by, form: 'Confirm@1' })),
    );
    const winner = answers.findIndex(({ status }) => status === 'fulfilled');
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(9);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'conflict', message: expect.stringContaining(`has been answered already by p${winner};`) });
    await Promise.all([engine.settled(id), other.settled(id)]);
    expect(await engine.get(id)).toMatchObject({ status: 'completed', revision: 3, state: { approved: winner < 5 } });
    expect((await world().facts(id)).filter((fact) => fact.startsWith('step_answered'))).toEqual([`step_answered Confirm p${winner}`]);
  });

  it('that names no form is not taken for the next form, which nobody has seen yet', async () => {
    const approvals = defineWorkflow(
      'approvals',
      {},
      list(
        ...['First', 'Second', 'Third'].map((name) =>
          inputStep(name)(function* () {
            yield* ask(Confirm);
            return opaque({ [name]: true });
          }),
        ),
      ),
    );
    const engine = world().engine([approvals]);
    const { id } = await engine.start('approvals');
    await engine.settled(id);
    const slow = around(world().store, async (method, call) => {
      if (method !== 'commit') return call();
      await engine.resume(id, { approved: true }, { by: 'ann' });
      await engine.settled(id);
      return call();
    });
    const late = world().engine([approvals], { store: slow });
    await expect(late.resume(id, { approved: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('The form "First@1"'),
    });
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => engine.resume(id, { approved: true })));
    for (const answer of answers)
      if (answer.status === 'rejected') expect(['conflict', 'wrong_status']).toContain((answer.reason as StepwrightError).code);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', state: { First: true, Second: true } });
  });

  it('is refused while a step runs, and the step is not disturbed', async () => {
    let performed = 0;
    const engine = world().engine([
      defineWorkflow(
        'busy',
        {},
        list(
          confirm,
          retryStep('Work')(async (ctx: StepContext) => {
            performed++;
            await expect(engine.resume(ctx.processId, { approved: false })).rejects.toMatchObject({
              message: expect.stringContaining('is running; no form is open'),
            });
            await expect(engine.retry(ctx.processId)).rejects.toMatchObject({ code: 'wrong_status' });
            return { worked: true };
          }),
        ),
      ),
    ]);
    const { id } = await engine.start('busy');
    await engine.settled(id);
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { approved: true, worked: true } });
    expect(performed).toBe(1);
  });

  it('to a question that the definition no longer has is refused', async () => {
    const before = world().engine([order]);
    const { id } = await before.start('order');
    await before.settled(id);
    const changed = defineWorkflow(
      'order',
      {},
      list(
        step('Prepare')(() => ({ price: 5 })),
        step('Ship')(() => undefined),
      ),
    );
    await expect(world().engine([changed]).resume(id, { approved: true })).rejects.toMatchObject({
      code: 'wrong_status',
      message: expect.stringContaining('has no input step that can be reached at "Confirm" any more'),
    });
  });
});

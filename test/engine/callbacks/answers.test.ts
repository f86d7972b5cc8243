import { IsInt, Min } from 'class-validator';
import { callbackStep, defineWorkflow, parallel, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { onEachStore } from '../support.js';
import { calling, heldCalling, UNKNOWN } from './calling.js';

class Measured {
  @IsInt()
  @Min(1)
  value!: number;
}

onEachStore('A call back', (world) => {
  it('that the step refuses stores nothing, and its token stays good', async () => {
    const { workflow, tokens } = calling({ validate: Measured });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    const before = await world().everything();
    for (const wrong of [{ value: 0 }, { value: 1, more: 1 }, 'text', undefined, null]) {
      await expect(engine.answerCallback(tokens[0]!, wrong)).rejects.toMatchObject({ code: 'input_refused' });
    }
    expect(await world().everything()).toEqual(before);
    await engine.answerCallback(tokens[0]!, { value: 3 });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { answer: { value: 3 } } });
  });

  it('brings what the check makes of it, or null where it brings nothing', async () => {
    const doubled = calling({ validate: (body) => Number(body) * 2 });
    const plain = calling();
    const engine = world().engine([doubled.workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await engine.answerCallback(doubled.tokens[0]!, 4);
    expect(await engine.settled(id)).toMatchObject({ state: { answer: 8 } });
    const other = world().engine([plain.workflow]);
    const { id: empty } = await other.start('calling');
    await other.settled(empty);
    await other.answerCallback(plain.tokens[0]!);
    expect(await other.settled(empty)).toMatchObject({ status: 'completed', state: { own: 1, answer: null } });
  });

  it('that is no JSON is refused', async () => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    const before = await world().everything();
    await expect(engine.answerCallback(tokens[0]!, { at: 1n } as never)).rejects.toMatchObject({ code: 'not_json' });
    await expect(engine.callbackProgress(tokens[0]!, { at: Number.NaN })).rejects.toMatchObject({ code: 'not_json' });
    expect(await world().everything()).toEqual(before);
  });

  it('that comes at the same time as another loses or wins; only one counts', async () => {
    const { workflow, tokens, performed } = calling();
    const engines = [world().engine([workflow]), world().engine([workflow])];
    const { id } = await engines[0]!.start('calling');
    await engines[0]!.settled(id);
    const calls = [0, 1, 0, 1].map((engine, call) => engines[engine]!.answerCallback(tokens[0]!, call));
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject(UNKNOWN);
    const winner = ends.findIndex(({ status }) => status === 'fulfilled');
    await Promise.all(engines.map((engine) => engine.settled(id)));
    expect(await engines[0]!.get(id)).toMatchObject({ status: 'completed', state: { answer: winner } });
    expect(performed).toEqual(['Order', 'After']);
    expect((await world().facts(id)).filter((fact) => fact.startsWith('callback_answered'))).toHaveLength(1);
  });

  it('that comes after the deadline is refused, even where the timer has not fired yet', async () => {
    const { workflow, tokens } = calling({ timeout: '1h' });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    const { waits } = await engine.settled(id);
    expect(waits).toMatchObject([{ kind: 'callback', deadline: world().clock.now() + 3_600_000 }]);
    await world().clock.advance(3_599_999);
    expect(await engine.tick()).toEqual([]);
    await world().clock.advance(1);
    const before = await world().everything();
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
    expect(await world().everything()).toEqual(before);
    expect(await engine.tick()).toEqual([id]);
    expect(await engine.get(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'callback_timeout', message: 'No call came for "Order" within 3600 s; a retry asks again, with a new token.' },
    });
    expect((await world().facts(id)).slice(-3)).toEqual(['step_ended Order failed', 'process_status running', 'process_status failed']);
  });

  it('that is answered while the timer fires counts, and the timer does not', async () => {
    const { workflow, tokens } = calling({ timeout: '1h' });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await world().clock.advance('59m');
    await engine.answerCallback(tokens[0]!, 1);
    await engine.settled(id);
    await world().clock.advance('1h');
    const late = around(world().store, async (method, call) =>
      method === 'dueTimers' ? [{ process: id, path: 'Order', attempt: 1 }] : call(),
    );
    await world().engine([workflow], { store: late }).tick();
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { answer: 1 } });
  });

  it('that does not come fails the step after a restart too, late rather than never', async () => {
    const { workflow } = calling({ timeout: '1h' });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await engine.close();
    await world().clock.advance('3d');
    const next = world().engine([workflow]);
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'failed', failure: { code: 'callback_timeout' }, waits: [] });
    expect(await next.tick()).toEqual([]);
  });

  it('has its time from the end of the function, and a scheduler notices', async () => {
    const { workflow, running, end } = heldCalling({ timeout: '10m' });
    const engine = world().engine([workflow]);
    engine.runScheduler();
    const { id } = await engine.start('calling');
    await running.given;
    await world().clock.advance('1h');
    expect(await engine.get(id)).toMatchObject({ status: 'running' });
    end.give();
    await engine.settled(id);
    await world().clock.advance('9m');
    expect(await engine.settled(id)).toMatchObject({ status: 'awaiting_callback' });
    await world().clock.advance('1m');
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'callback_timeout' } });
  });
});

onEachStore('The progress of a call back', (world) => {
  it('is shown with what is waited for, and told as a fact', async () => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    expect(await engine.callbackProgress(tokens[0]!, { done: 10 })).toBe(id);
    await engine.callbackProgress(tokens[0]!, { done: 60 });
    expect(await engine.settled(id)).toMatchObject({
      status: 'awaiting_callback',
      waits: [{ path: 'Order', kind: 'callback', progress: { done: 60 } }],
    });
    const facts = (await engine.facts(id)).filter(({ type }) => type === 'callback_progress');
    expect(facts).toMatchObject([
      { path: 'Order', data: { done: 10 } },
      { path: 'Order', data: { done: 60 } },
    ]);
    await engine.answerCallback(tokens[0]!, 'done');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [] });
    await expect(engine.callbackProgress(tokens[0]!, { done: 100 })).rejects.toMatchObject(UNKNOWN);
  });

  it('that comes while the function still runs is not forgotten', async () => {
    const { workflow, tokens, running, end } = heldCalling({ timeout: '1h' });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    await engine.callbackProgress(tokens[0]!, 'begun');
    end.give();
    expect(await engine.settled(id)).toMatchObject({
      status: 'awaiting_callback',
      waits: [{ progress: 'begun', deadline: world().clock.now() + 3_600_000 }],
    });
  });

  it.each([true, false])('that comes as the function ends leaves the wait as that left it (it throws: %s)', async (throws) => {
    const [running, end, sibling, told, stored] = [signal(), signal(), signal(), signal(), signal()];
    let token = '';
    const call = callbackStep('Call', { timeout: '1h' })(async (ctx: StepContext) => {
      token = ctx.callbackToken;
      running.give();
      await end.given;
      if (throws) throw new Error('it broke');
    });
    const workflow = defineWorkflow('calling', {}, parallel({ call, other: step('Other')(() => sibling.given) }));
    const store = around(world().store, async (method, call, [batch]) => {
      const isProgress = method === 'commit' && (batch as ProcessWrite[]).some(({ facts }) => facts?.[0]?.type === 'callback_progress');
      if (isProgress) {
        told.give();
        await stored.given;
      }
      return call();
    });
    const [engine, other] = [world().engine([workflow]), world().engine([workflow], { store })];
    const { id } = await engine.start('calling');
    await running.given;
    const progress = other.callbackProgress(token, 'half');
    await told.given;
    end.give();
    await world().clock.advance(1);
    stored.give();
    await progress;
    sibling.give();
    const { waits } = await engine.settled(id);
    if (throws) expect(waits).toEqual([]);
    else expect(waits).toMatchObject([{ kind: 'callback', deadline: expect.any(Number), progress: 'half' }]);
  });
});

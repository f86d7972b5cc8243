import { callbackStep, defineWorkflow, type StepContext } from 'stepwright';
import { expect, it } from 'vitest';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { TestPort, testPort } from '../../support/models.js';
import { around } from '../faults.js';
import { onEachStore } from '../support.js';
import { heldCalling, UNKNOWN } from './calling.js';

const DONE = { status: 'completed', waits: [], state: { own: 1, answer: 'early' } };

onEachStore('A call that comes while its step still runs', (world) => {
  it('is kept, and is the end of the step when its function is done', async () => {
    const { workflow, tokens, performed, running, end } = heldCalling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    await engine.answerCallback(tokens[0]!, 'early');
    await world().clock.advance(1);
    expect(await engine.get(id)).toMatchObject({ status: 'running', waits: [] });
    expect(performed).toEqual(['Order']);
    await expect(engine.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    end.give();
    expect(await engine.settled(id)).toMatchObject(DONE);
    expect(performed).toEqual(['Order', 'After']);
  });

  it('may come through another engine', async () => {
    const { workflow, tokens, performed, running, end } = heldCalling();
    const [engine, other] = [world().engine([workflow]), world().engine([workflow])];
    const { id } = await engine.start('calling');
    await running.given;
    await other.answerCallback(tokens[0]!, 'early');
    await other.settled(id);
    end.give();
    expect(await engine.settled(id)).toMatchObject(DONE);
    expect(performed).toEqual(['Order', 'After']);
  });

  it('is not lost when the engine dies, and the step is performed again', async () => {
    const { workflow, tokens, running, end } = heldCalling();
    const host = world().host.spawn();
    const engine = world().engine([workflow], { host });
    const { id } = await engine.start('calling');
    await running.given;
    await engine.answerCallback(tokens[0]!, 'early');
    host.declareGone();
    end.give();
    const next = world().engine([workflow]);
    await next.tick();
    await expect(next.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    expect(await next.settled(id)).toMatchObject(DONE);
    expect(new Set(tokens).size).toBe(1);
  });

  it.each(['same', 'other'])('counts where it is stored right before what the step gave (through the %s engine)', async (which) => {
    const { workflow, tokens, performed, running, end } = heldCalling();
    let calls = 0;
    const store = around(world().store, async (method, call, [batch]) => {
      const isEnd =
        method === 'commit' &&
        (batch as ProcessWrite[]).some(({ records }) => records?.some((one) => one.outcome?.kind === 'awaiting_callback'));
      if (isEnd && calls++ === 0) await caller.answerCallback(tokens[0]!, 'early');
      return call();
    });
    const engine = world().engine([workflow], { store });
    // The same engine's own write would wait behind the one that it is to come before.
    const caller = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    if (which === 'same') await engine.callbackProgress(tokens[0]!, 'so far');
    end.give();
    await engine.settled(id);
    expect(await engine.settled(id)).toMatchObject(DONE);
    expect(performed).toEqual(['Order', 'After']);
    expect(calls).toBeGreaterThan(0);
  });

  it('counts where it is stored while the models of its step are', async () => {
    const tokens: string[] = [];
    const order = callbackStep('Order', { resultKey: 'answer' })((ctx: StepContext) => {
      tokens.push(ctx.callbackToken);
      return { port: testPort('ams', { subscriptionId: 'p-1' }) };
    });
    const workflow = defineWorkflow('calling', {}, order);
    let calls = 0;
    const store = around(world().store, async (method, call, [batch]) => {
      const isEnd = method === 'commit' && (batch as ProcessWrite[]).some(({ joined }) => joined);
      if (isEnd && calls++ === 0) await caller.answerCallback(tokens[0]!, 'early').then(() => engine.tick(id!).catch(() => undefined));
      return call();
    });
    const engine = world().engine([workflow], { store });
    const caller = world().engine([workflow]);
    let id: string | undefined;
    engine.onFact((process) => {
      id = process;
    });
    await engine.start('calling');
    expect(await engine.settled(id!)).toMatchObject({ status: 'completed', waits: [], state: { answer: 'early' } });
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ device: 'ams' }]);
    expect((await world().store.links(id!)).map(({ subscription }) => subscription)).toEqual(['p-1']);
  });

  it('is not lost when the function throws after it and is tried again by its policy', async () => {
    const { workflow, tokens, running, end } = heldCalling({ retry: { every: '1m' } }, (attempt) => attempt === 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    await engine.answerCallback(tokens[0]!, 'early');
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ kind: 'timer' }] });
    await expect(engine.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    await world().clock.advance('1m');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject(DONE);
  });

  it('does not hide that the function throws after it; a retry by a person asks anew', async () => {
    const { workflow, tokens, running, end } = heldCalling({}, (attempt) => attempt === 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    await engine.answerCallback(tokens[0]!, 'early');
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { message: 'it broke' }, waits: [] });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'awaiting_callback', waits: [{ path: 'Order' }] });
    await expect(engine.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    await engine.answerCallback(tokens[1]!, 'late');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { own: 1, answer: 'late' } });
  });

  it('is refused by the check of the step, and another may come', async () => {
    const validate = (body: unknown) => body === 'early';
    const { workflow, tokens, running, end } = heldCalling({ validate });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    const before = await world().everything();
    await expect(engine.answerCallback(tokens[0]!, 'wrong')).rejects.toMatchObject({ code: 'input_refused' });
    expect(await world().everything()).toEqual(before);
    await engine.answerCallback(tokens[0]!, 'early');
    end.give();
    expect(await engine.settled(id)).toMatchObject(DONE);
  });
});

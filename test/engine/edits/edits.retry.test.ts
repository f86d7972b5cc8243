import { defineWorkflow, list, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { around } from '../faults.js';
import { onEachStore } from '../support.js';
import { flaky } from '../workflows.js';

onEachStore('A retry by a person', (world) => {
  it('performs a waiting step at once, and its timer fires no more', async () => {
    const { clock } = world();
    const { workflow, performed } = flaky({ every: '10m' }, 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    await engine.retry(id, { by: 'ann' });
    const details = await engine.settled(id);
    expect(details).toMatchObject({ status: 'completed', waits: [] });
    expect(details.records.find(({ path }) => path === 'Push')).toMatchObject({ attempt: 2, by: 'ann' });
    await clock.advance('1h');
    expect(await engine.tick()).toEqual([]);
    expect(performed).toEqual(['Before', 'Push', 'Push', 'After']);
  });

  it('is not undone by its old timer, which another engine is just about to fire', async () => {
    const { workflow, performed } = flaky({ every: '10m' }, 2);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    await world().clock.advance('10m');
    const slow = around(world().store, async (method, call) => {
      const result = await call();
      if (method !== 'dueTimers') return result;
      await engine.retry(id);
      expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ attempt: 2 }] });
      return result;
    });
    await world().engine([workflow], { store: slow }).tick();
    expect(await engine.get(id)).toMatchObject({ status: 'waiting', waits: [{ attempt: 2 }] });
    expect(performed).toEqual(['Before', 'Push', 'Push']);
  });

  it('gives the step all of its attempts and time again', async () => {
    const { clock } = world();
    const { workflow } = flaky({ every: '10m', maxAttempts: 2, deadline: '15m' }, 9);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    const exhaust = async () => {
      expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
      await clock.advance('10m');
      await engine.tick();
      return engine.get(id);
    };
    expect(await exhaust()).toMatchObject({ status: 'failed', failure: { code: 'attempts_exhausted' } });
    await clock.advance('1d');
    await engine.retry(id);
    const again = await exhaust();
    expect(again).toMatchObject({ status: 'failed', failure: { message: 'gave up after 2 attempts: busy 4' } });
    expect(again.records.at(-1)).toMatchObject({ attempt: 4, countsFrom: { attempt: 2 } });
  });

  it('performs a plain step that failed, whatever its error said, and nothing before it', async () => {
    let broken = true;
    const performed: string[] = [];
    const plain = defineWorkflow(
      'plain',
      {},
      list(
        step('Order')(() => {
          performed.push('Order');
          return { order: 7 };
        }),
        step('Ship')(async (ctx: StepContext, order: number) => {
          performed.push('Ship');
          if (!broken) expect(await world().store.process(ctx.processId)).not.toHaveProperty('failure');
          if (broken) throw Object.assign(new Error('no truck'), { retryable: false, code: 'ETRUCK' });
          return { shipped: order };
        }),
      ),
    );
    const engine = world().engine([plain]);
    const { id } = await engine.start('plain');
    const failed = await engine.settled(id);
    const failure = { code: 'step_threw', message: 'no truck', retryable: false, details: { code: 'ETRUCK' } };
    expect(failed).toMatchObject({ status: 'failed', failure, state: { order: 7 } });
    expect(failed).not.toHaveProperty('endedAt');
    broken = false;
    await engine.retry(id, { path: 'Ship' });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed', state: { order: 7, shipped: 7 } });
    expect(done).not.toHaveProperty('failure');
    expect(performed).toEqual(['Order', 'Ship', 'Ship']);
    expect((await world().facts(id)).slice(-5)).toEqual([
      'step_cleared Ship',
      'process_status running',
      'step_started Ship',
      'step_ended Ship success',
      'process_status completed',
    ]);
  });

  it('is refused where nothing has failed, and then nothing is stored', async () => {
    const { workflow } = flaky({ every: '10m' }, 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    const before = await world().everything();
    await expect(engine.retry(id, { path: 'Before' })).rejects.toMatchObject({
      code: 'wrong_status',
      message: `Process ${id} (flaky) is waiting; no step at "Before" has failed or waits for another attempt.`,
    });
    expect(await world().everything()).toEqual(before);
    await engine.retry(id);
    await engine.settled(id);
    await expect(engine.retry(id)).rejects.toMatchObject({
      code: 'wrong_status',
      message: expect.stringContaining('there is nothing to retry'),
    });
  });

  it('happens once when several people ask for it at the same time', async () => {
    const { workflow, performed } = flaky({ every: '10m' }, 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    const retries = await Promise.allSettled(Array.from({ length: 5 }, () => engine.retry(id)));
    expect(retries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const retry of retries) if (retry.status === 'rejected') expect(retry.reason).toMatchObject({ code: 'wrong_status' });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(performed.filter((name) => name === 'Push')).toHaveLength(2);
  });
});

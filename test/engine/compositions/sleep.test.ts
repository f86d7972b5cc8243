import { callbackStep, defineWorkflow, list, parallel, type StepContext, sleep, sleepUntil, step } from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore } from '../support.js';
import { Deeds, form } from './deeds.js';

const START = Date.UTC(2026, 0, 1);

onEachStore('A sleep', (world) => {
  it('ends exactly at its time, and holds nothing meanwhile', async () => {
    const deeds = new Deeds();
    const engine = world().engine([defineWorkflow('sleeps', {}, list(deeds.step('Before'), sleep('Rest', '10m'), deeds.step('After')))]);
    const { id } = await engine.start('sleeps');
    const stopped = await engine.settled(id);
    expect(stopped).toMatchObject({
      status: 'waiting',
      waits: [{ path: 'Rest', kind: 'timer', since: START, deadline: START + 600_000, reason: 'sleeping' }],
    });
    expect(stopped).not.toHaveProperty('claimedBy');
    await world().clock.advance(599_999);
    expect(await engine.tick()).toEqual([]);
    await world().clock.advance(1);
    expect(await engine.tick()).toEqual([id]);
    expect(await engine.get(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toEqual(['Before', 'After']);
  });

  it('ends at the same moment after a restart, or as soon as an engine is there, once', async () => {
    const deeds = new Deeds();
    const workflow = defineWorkflow('sleeps', {}, list(sleep('Rest', '10m'), deeds.step('After')));
    const first = world().engine([workflow]);
    const { id } = await first.start('sleeps');
    await first.settled(id);
    await first.close();
    await world().clock.advance('9m');
    const second = world().engine([workflow]);
    expect(await second.tick()).toEqual([]);
    await second.close();
    await world().clock.advance('3d');
    const [third, fourth] = [world().engine([workflow]), world().engine([workflow])];
    await Promise.all([third.tick(), fourth.tick()]);
    for (const engine of [third, fourth]) await engine.settled(id);
    expect(await third.get(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toEqual(['After']);
  });

  it('that a person can not shorten by a retry can be skipped', async () => {
    const deeds = new Deeds();
    const engine = world().engine([defineWorkflow('sleeps', {}, list(sleep('Rest', '10m'), deeds.step('After')))]);
    const { id } = await engine.start('sleeps');
    await engine.settled(id);
    await expect(engine.retry(id)).rejects.toMatchObject({ code: 'wrong_status' });
    await engine.skip(id, 'Rest', { by: 'ann' });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [] });
    await world().clock.advance('1h');
    expect(await engine.tick()).toEqual([]);
  });

  it('until a moment that is past goes on at once, and else at that moment', async () => {
    const past = sleepUntil('Past', '2020-01-01T00:00:00Z');
    const future = sleepUntil('Future', (state) => String((state as { at: string }).at));
    const engine = world().engine([
      defineWorkflow(
        'sleeps',
        {},
        list(
          step('Plan')(() => ({ at: '2026-01-01T01:00:00Z' })),
          past,
          future,
        ),
      ),
    ]);
    const { id } = await engine.start('sleeps');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ path: 'Future', deadline: START + 3_600_000 }] });
    await world().clock.advance('1h');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'completed' });
  });

  it('in each branch ends at its own time', async () => {
    const deeds = new Deeds();
    const branches = {
      long: list(sleep('Rest', '20m'), deeds.step('After')),
      short: list(sleep('Rest', '5m'), deeds.step('After')),
      ask: form('Ask'),
    };
    const engine = world().engine([defineWorkflow('sleeps', {}, parallel(branches))]);
    const { id } = await engine.start('sleeps');
    engine.runScheduler();
    await engine.settled(id);
    await world().clock.advance('5m');
    await engine.settled(id);
    expect(deeds.performed).toEqual(['parallel/short/After']);
    await world().clock.advance('15m');
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended' });
    expect(deeds.performed).toEqual(['parallel/short/After', 'parallel/long/After']);
  });
});

onEachStore('A clock that goes back', (world) => {
  it('makes no record that seems earlier than those before it, whoever makes it', async () => {
    let back = 0;
    const { clock } = world();
    const wrong = { now: () => clock.now() - back, at: clock.at.bind(clock) };
    const tokens: string[] = [];
    const order = callbackStep('Order')((ctx: StepContext) => {
      tokens.push(ctx.callbackToken);
    });
    const goesBack = step('Go back')(() => {
      back += 3_600_000;
    });
    const fails = step('Fail')((ctx: StepContext) => {
      back += 3_600_000;
      if (ctx.attempt === 1) throw new Error('it broke');
    });
    const skipped = step('Skipped')(() => {
      throw new Error('never');
    });
    const body = list(
      goesBack,
      form('Ask'),
      order,
      fails,
      skipped,
      step('End')(() => ({})),
    );
    const engine = world().engine([defineWorkflow('back', {}, body)], { clock: wrong });
    const { id } = await engine.start('back');
    await engine.settled(id);
    await engine.resume(id, { approved: true });
    await engine.settled(id);
    back += 3_600_000;
    await engine.answerCallback(tokens[0]!);
    await engine.settled(id);
    await engine.retry(id);
    await engine.settled(id);
    await engine.editState(id, { changes: { edited: true } });
    await engine.skip(id, 'Skipped');
    const { status, records } = await engine.settled(id);
    expect(status).toBe('completed');
    const ends = records.map(({ path, startedAt, endedAt }) => ({ path, startedAt, endedAt }));
    for (const { startedAt, endedAt } of ends) expect(endedAt).toBeGreaterThanOrEqual(startedAt);
    const order_ = ['Go back', 'Ask', 'Order', 'Fail', '#edit-1', 'Skipped', 'End'].map(
      (path) => ends.find((one) => one.path === path)!.endedAt!,
    );
    expect([...order_].sort((a, b) => a - b)).toEqual(order_);
    const facts = (await world().store.facts(id)).map(({ at }) => at);
    expect([...facts].sort((a, b) => a - b)).toEqual(facts);
  });
});

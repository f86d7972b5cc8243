import { defineWorkflow, list, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { TestPort, testPort } from '../../support/models.js';
import { around, pausing } from '../faults.js';
import { faultsOf, journey, travel, Witness } from '../journey.js';
import { signal } from '../signal.js';
import { onEachStore, type World } from '../support.js';

/** A workflow whose first step waits in the engine that performs it first, and in no other. */
function contested(world: World, give: (attempt: number) => object, more: Parameters<typeof list> = []) {
  const [running, end] = [signal(), signal()];
  const performed: string[] = [];
  const signals: AbortSignal[] = [];
  const body = step('Long')(async (ctx: StepContext) => {
    performed.push(`Long ${ctx.attempt}`);
    signals.push(ctx.signal);
    running.give();
    if (ctx.attempt === 1) await end.given;
    return give(ctx.attempt);
  });
  const later = step('Later')((ctx: StepContext) => void performed.push(`Later ${ctx.attempt}`));
  const workflow = defineWorkflow('contested', {}, list(body, ...more, later));
  const host = world.host.spawn();
  return { workflow, host, running, end, performed, signals, slow: world.engine([workflow], { host }), quick: world.engine([workflow]) };
}

onEachStore('A runner that was thought dead and goes on', (world) => {
  it('stores nothing more, tells its step, and starts no other', async () => {
    const { host, running, end, performed, signals, slow, quick } = contested(world(), (attempt) => ({ by: attempt }));
    const { id } = await slow.start('contested');
    await running.given;
    expect(await quick.tick()).toEqual([]);
    host.declareGone();
    expect(await quick.tick()).toEqual([id]);
    const done = await quick.get(id);
    expect(done).toMatchObject({ status: 'completed', state: { by: 2 } });
    expect(signals[0]?.aborted).toBe(false);
    const before = await world().everything();
    end.give();
    expect(await slow.settled(id)).toEqual(done);
    expect(await world().everything()).toEqual(before);
    expect(performed).toEqual(['Long 1', 'Long 2', 'Later 1']);
    expect(signals[0]?.aborted).toBe(true);
    expect((await world().facts(id)).filter((fact) => fact.startsWith('step_ended'))).toEqual([
      'step_ended Long success',
      'step_ended Later success',
    ]);
  });

  it('saves no model', async () => {
    const give = (attempt: number) => ({ port: testPort(`attempt ${attempt}`, { subscriptionId: 'p-1' }) });
    const { host, running, end, slow, quick } = contested(world(), give);
    const { id } = await slow.start('contested');
    await running.given;
    host.declareGone();
    await quick.tick();
    end.give();
    await slow.settled(id);
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ device: 'attempt 2', version: 1 }]);
    expect(await quick.get(id)).toMatchObject({ status: 'completed' });
  });

  it('does not end the process that another has taken to its last step', async () => {
    const world_ = world();
    const [running, end] = [signal(), signal()];
    const only = step('Only')(async (ctx: StepContext) => {
      running.give();
      if (ctx.attempt === 1) await end.given;
      return { by: ctx.attempt };
    });
    const [host, workflow] = [world_.host.spawn(), defineWorkflow('only', {}, only)];
    const slow = world_.engine([workflow], { host });
    const { id } = await slow.start('only');
    await running.given;
    host.declareGone();
    const quick = world_.engine([workflow]);
    await quick.tick();
    const before = await world_.everything();
    end.give();
    await slow.settled(id);
    expect(await world_.everything()).toEqual(before);
    expect((await quick.get(id)).state).toEqual({ by: 2 });
  });

  it('at whichever of its writes it stood still, changes nothing of what the other did', async () => {
    const wrong: Record<number, unknown> = {};
    let at = 1;
    for (; at < 100; at++) {
      const witness = new Witness(world());
      const { store, paused, goOn } = pausing(world().store, at);
      const host = world().host.spawn();
      const slow = world().engine([journey(witness)], { store, host });
      const travelled = travel(slow, world(), `${at}`).catch((error: unknown) => error);
      if (await Promise.race([travelled, paused])) {
        goOn();
        break;
      }
      host.declareGone();
      const quick = world().engine([journey(witness)]);
      const { id } = await travel(quick, world(), `${at}`);
      const [effects, before] = [witness.effects.length, await world().everything(id)];
      goOn();
      await travelled;
      await slow.close();
      await quick.close();
      const faults = await faultsOf(world(), id, witness);
      if (faults.length > 0) wrong[at] = faults;
      expect(witness.effects.length).toBe(effects);
      expect(await world().everything(id)).toEqual(before);
    }
    expect(wrong).toEqual({});
    expect(at).toBeGreaterThan(30);
  }, 60_000);
});

onEachStore('A runner that is not heard of', (world) => {
  /** An engine whose heartbeats get lost while `deaf` says so. */
  function unheard(world: World, workflow: ReturnType<typeof defineWorkflow>) {
    const state = { deaf: false };
    const host = world.host.spawn();
    const store = around(world.store, async (method, call) => (method === 'keepAlive' && state.deaf ? undefined : call()));
    return { state, host, engine: world.engine([workflow], { store, host }, { lease: '30s' }) };
  }

  it('is dead when its lease has passed, and not before', async () => {
    const { workflow, running, end } = contested(world(), (attempt) => ({ by: attempt }));
    const { state, engine } = unheard(world(), workflow);
    const other = world().engine([workflow]);
    const { id } = await engine.start('contested');
    await running.given;
    await world().clock.advance('10m');
    expect(await other.tick()).toEqual([]);
    state.deaf = true;
    await world().clock.advance('30s');
    expect(await other.tick()).toEqual([]);
    await world().clock.advance(1);
    expect(await other.tick()).toEqual([id]);
    expect(await other.get(id)).toMatchObject({ status: 'completed', state: { by: 2 } });
    end.give();
    await engine.settled(id);
    expect(await other.get(id)).toMatchObject({ state: { by: 2 } });
  });

  it('registers again when it looks for work after that, so that its next death is noticed too', async () => {
    const { workflow, running, end } = contested(world(), (attempt) => ({ by: attempt }));
    const { state, host, engine } = unheard(world(), workflow);
    const other = world().engine([workflow]);
    await engine.tick();
    state.deaf = true;
    await world().clock.advance('31s');
    await other.tick();
    expect(await world().store.runners()).toHaveLength(1);
    state.deaf = false;
    const closed = world().engine([workflow]);
    await closed.close();
    const { id } = await closed.start('contested');
    const moved = engine.tick();
    await running.given;
    host.declareGone();
    expect(await other.tick()).toEqual([id]);
    expect(await other.get(id)).toMatchObject({ status: 'completed', state: { by: 2 } });
    end.give();
    await moved;
  });
});

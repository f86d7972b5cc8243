import { defineWorkflow, list, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { signal } from './signal.js';
import { onEachStore, type World } from './support.js';

/** A workflow whose first step runs until it is told to end, or for ever. */
function long(world: World) {
  const [running, end] = [signal(), signal()];
  const signals: AbortSignal[] = [];
  const workflow = defineWorkflow(
    'long',
    {},
    list(
      step('First')(() => ({ first: true })),
      step('Long')(async (ctx: StepContext) => {
        signals.push(ctx.signal);
        running.give();
        if (ctx.attempt === 1) await end.given;
        return { attempt: ctx.attempt };
      }),
    ),
  );
  return { running, end, signals, workflow, engine: (lease = '30d') => world.engine([workflow], {}, { lease }) };
}

onEachStore('Several engines on one store', (world) => {
  it('tell a step that runs in another of an abort, with the next heartbeat there', async () => {
    const { running, signals, engine } = long(world());
    const [here, there] = [engine('9s'), engine()];
    const { id } = await here.start('long');
    await running.given;
    await there.abort(id, { reason: 'no longer needed', by: 'ops' });
    expect(signals[0]?.aborted).toBe(false);
    await world().clock.advance('3s');
    expect(signals[0]?.aborted).toBe(true);
    expect(await here.settled(id)).toMatchObject({ status: 'aborted', failure: { message: 'no longer needed (by ops)' } });
  });

  it('keep the state as far as it was stored when one is aborted', async () => {
    const { running, end, engine } = long(world());
    const here = engine();
    const { id } = await here.start('long');
    await running.given;
    await here.abort(id);
    end.give();
    expect(await here.settled(id)).toMatchObject({ status: 'aborted', state: { first: true } });
  });

  it('claim nothing while one was taken for dead, and register it again', async () => {
    const { running, end, engine } = long(world());
    const here = engine();
    await here.tick();
    const [runner] = await world().store.runners();
    await world().store.removeRunner({ ...runner!, aliveUntil: Number.MAX_SAFE_INTEGER });
    end.give();
    const { id } = await here.start('long');
    await running.given;
    expect(await here.settled(id)).toMatchObject({ status: 'completed' });
    expect(await world().store.runners()).toMatchObject([{ id: runner!.id }]);
  });
});

onEachStore('An engine that is closed', (world) => {
  it('waits for a running step no longer than the grace, tells it, and leaves it to the next engine', async () => {
    const { running, signals, engine } = long(world());
    const here = engine();
    const { id } = await here.start('long');
    await running.given;
    const closing = here.close({ grace: '5s' });
    await world().clock.advance('4s');
    expect(signals[0]?.aborted).toBe(false);
    await world().clock.advance('1s');
    await closing;
    expect(signals[0]?.aborted).toBe(true);
    expect(world().clock.pending).toBe(0);
    const next = engine();
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'completed', state: { first: true, attempt: 2 } });
  });

  it('ends its timers also when the steps end within the grace', async () => {
    const { running, end, engine } = long(world());
    const here = engine();
    const { id } = await here.start('long');
    await running.given;
    const closing = here.close({ grace: '5s' });
    end.give();
    await closing;
    expect(world().clock.pending).toBe(0);
    expect((await world().store.process(id))?.claimedBy).toBeUndefined();
  });
});

onEachStore('A workflow whose instance can not be made', (world) => {
  it('fails at its first step, and can be retried', async () => {
    let broken = true;
    const workflow = {
      ...defineWorkflow(
        'fragile',
        {},
        step('Only')(() => ({ done: true })),
      ),
      instantiate: () => {
        if (broken) throw new Error('no network');
        return {};
      },
    };
    const engine = world().engine([workflow]);
    const { id } = await engine.start('fragile');
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'step_threw', message: 'no network' } });
    broken = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { done: true } });
  });
});

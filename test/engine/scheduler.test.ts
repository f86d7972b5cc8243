import { defineWorkflow, list, retryStep, type StepContext, sleep, step } from 'stepwright';
import { expect, it } from 'vitest';
import { type Duration, toMilliseconds } from '../../src/core/duration.js';
import { around } from './faults.js';
import { signal } from './signal.js';
import { onEachStore, opaque } from './support.js';

/** A workflow whose step succeeds at its second attempt, so long after the first; and when it was performed. */
function waiting(name: string, every: Duration) {
  const performed: number[] = [];
  const workflow = defineWorkflow(
    name,
    {},
    retryStep('Wait', { every })((ctx: StepContext) => {
      performed.push(ctx.now());
      if (ctx.attempt === 1) throw new Error('not yet');
      return opaque({ waited: name });
    }),
  );
  return { workflow, performed };
}

onEachStore('A scheduler', (world) => {
  it('fires timers at their times, the earliest first', async () => {
    const { clock } = world();
    const order: string[] = [];
    const all = ['30m', '5m', '10m'].map((every) => waiting(every, every));
    const engine = world().engine(all.map(({ workflow }) => workflow));
    const ids = await Promise.all(all.map(async ({ workflow }) => (await engine.start(workflow.name)).id));
    await Promise.all(ids.map((id) => engine.settled(id)));
    engine.onFact((id, { type }) => type === 'step_cleared' && order.push(all[ids.indexOf(id)]!.workflow.name));
    const start = clock.now();
    engine.runScheduler();
    await clock.advance('1h');
    expect(order).toEqual(['5m', '10m', '30m']);
    expect(all.map(({ performed }) => performed.map((at) => (at - start) / 60_000))).toEqual([
      [0, 30],
      [0, 5],
      [0, 10],
    ]);
    for (const id of ids) expect(await engine.get(id)).toMatchObject({ status: 'completed' });
  });

  it.each([['1ms'], ['300ms'], ['1700ms'], [0]])('fires a timer of %s in time, though it was set after the last look', async (every) => {
    const { clock } = world();
    const { workflow, performed } = waiting('soon', every);
    const engine = world().engine([workflow]);
    engine.runScheduler();
    await clock.advance('250ms');
    const start = clock.now();
    const { id } = await engine.start('soon');
    await engine.settled(id);
    await clock.advance('2s');
    expect(performed).toEqual([start, start + toMilliseconds(every)]);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await engine.close();
    expect(clock.pending).toBe(0);
  });

  it('wakes those that are due at one time in the order in which they are due, when they are late', async () => {
    const all = ['30m', '5m', '10m'].map((every) => waiting(every, every));
    const engine = world().engine(all.map(({ workflow }) => workflow));
    const ids = await Promise.all(all.map(async ({ workflow }) => (await engine.start(workflow.name)).id));
    await Promise.all(ids.map((id) => engine.settled(id)));
    await world().clock.advance('1d');
    expect(await engine.tick()).toEqual([ids[1], ids[2], ids[0]]);
  });

  it('fires late, and once, what came due while no engine was there', async () => {
    const { clock } = world();
    const { workflow, performed } = waiting('late', '10m');
    const before = world().engine([workflow]);
    const { id } = await before.start('late');
    await before.settled(id);
    await before.close();
    await clock.advance('1d');
    const engines = [world().engine([workflow]), world().engine([workflow])];
    for (const engine of engines) engine.runScheduler();
    await clock.advance('10s');
    for (const engine of engines) await engine.settled(id);
    expect(performed).toHaveLength(2);
    expect((await world().facts(id)).filter((fact) => fact === 'step_cleared Wait')).toHaveLength(1);
    expect(await engines[0]!.get(id)).toMatchObject({ status: 'completed' });
  });

  it('looks after one process only, when it is told which', async () => {
    const { workflow } = waiting('one', '5m');
    const engine = world().engine([workflow]);
    const [one, other] = [await engine.start('one'), await engine.start('one')];
    await Promise.all([one, other].map(({ id }) => engine.settled(id)));
    engine.runScheduler(one.id);
    await world().clock.advance('1h');
    expect(await engine.settled(one.id)).toMatchObject({ status: 'completed' });
    expect(await engine.settled(other.id)).toMatchObject({ status: 'waiting' });
    expect(await engine.tick(one.id)).toEqual([]);
    expect(await engine.tick(other.id)).toEqual([other.id]);
  });

  it('ends when whoever started it says so, and the engine goes on', async () => {
    const { clock } = world();
    const { workflow } = waiting('ended', '5m');
    const engine = world().engine([workflow]);
    const { id } = await engine.start('ended');
    await engine.settled(id);
    const end = engine.runScheduler();
    await end();
    await clock.advance('1h');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    expect(await engine.tick()).toEqual([id]);
  });

  it('finds what another engine left', async () => {
    const { workflow } = waiting('left', '1m');
    const closed = world().engine([workflow]);
    await closed.close();
    const { id } = await closed.start('left');
    const engine = world().engine([workflow]);
    engine.runScheduler();
    await world().clock.advance('2m');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });

  it('leaves no timer behind when the engine closes, even in the middle of a look', async () => {
    const { clock } = world();
    const { workflow } = waiting('left', '1m');
    const [looking, end] = [signal(), signal()];
    const store = around(world().store, async (method, call) => {
      if (method === 'dueTimers') {
        looking.give();
        await end.given;
      }
      return call();
    });
    const engine = world().engine([workflow], { store });
    const { id } = await engine.start('left');
    await engine.settled(id);
    engine.runScheduler();
    engine.runScheduler(id);
    await looking.given;
    let closed = false;
    const closing = engine.close().then(() => {
      closed = true;
    });
    await clock.advance(1);
    expect(closed).toBe(false);
    end.give();
    await closing;
    expect(clock.pending).toBe(0);
    expect(await world().store.runners()).toEqual([]);
  });

  it('survives a store that fails, and looks again', async () => {
    let broken = true;
    const store = around(world().store, async (method, call) => {
      if (broken && method === 'dueTimers') throw new Error('the disk is gone');
      return call();
    });
    const { workflow } = waiting('left', '1m');
    const engine = world().engine([workflow], { store });
    const { id } = await engine.start('left');
    await engine.settled(id);
    engine.runScheduler();
    await world().clock.advance('2m');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    expect(world().complaints).toContain('the scheduler could not look for what is due; it tries again');
    broken = false;
    await world().clock.advance('2s');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });

  it('does not spin over a timer that it can not fire, for its workflow is not loaded here', async () => {
    const { workflow } = waiting('elsewhere', '1m');
    const { workflow: known, performed } = waiting('known', '2m');
    const before = world().engine([workflow, known]);
    const ids = [(await before.start('elsewhere')).id, (await before.start('known')).id];
    for (const id of ids) await before.settled(id);
    await before.close();
    let looks = 0;
    const store = around(world().store, async (method, call) => {
      if (method === 'dueTimers') looks++;
      return call();
    });
    const engine = world().engine([known], { store });
    engine.runScheduler();
    await world().clock.advance('5m');
    expect(looks).toBeLessThan(400);
    expect(performed).toHaveLength(2);
    expect(await engine.settled(ids[1]!)).toMatchObject({ status: 'completed' });
    expect(await engine.settled(ids[0]!)).toMatchObject({ status: 'waiting' });
    expect(await world().engine([workflow]).tick()).toEqual([ids[0]]);
  });
});

onEachStore('A tick', (world) => {
  it('leaves a process of an unknown workflow alone with a warning, and moves the others', async () => {
    const [known, unknown] = ['known', 'unknown'].map((name) =>
      defineWorkflow(
        name,
        {},
        step('Go')(() => ({ gone: true })),
      ),
    );
    const closed = world().engine([known!, unknown!]);
    await closed.close();
    const ids = [(await closed.start('unknown')).id, (await closed.start('known')).id];
    const engine = world().engine([known!]);
    const before = await world().everything(ids[0]);
    await engine.tick();
    expect(await engine.get(ids[1]!)).toMatchObject({ status: 'completed' });
    expect(await world().everything(ids[0])).toEqual(before);
    expect(world().logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'the workflow of this process is not loaded here', fields: { process: ids[0], workflow: 'unknown' } },
    ]);
    await expect(engine.resume(ids[0]!, {})).rejects.toMatchObject({ code: 'wrong_status' });
  });

  it('moves each process once, however many ticks come at the same time', async () => {
    const performed: string[] = [];
    const body = list(
      step('A')((ctx: StepContext) => void performed.push(ctx.processId)),
      step('B')(() => undefined),
    );
    const workflow = defineWorkflow('counted', {}, body);
    const closed = world().engine([workflow]);
    await closed.close();
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push((await closed.start('counted')).id);
    const engines = [world().engine([workflow]), world().engine([workflow])];
    await Promise.all([...engines, ...engines].map((engine) => engine.tick()));
    expect(performed.toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(await engines[0]!.get(id)).toMatchObject({ status: 'completed' });
  });

  it('moves the others where the time of a process has come that can not be read, and reports that', async () => {
    let unreadable = '';
    const store = around(world().store, async (method, call, [id]) => {
      if (method === 'liveRecords' && id === unreadable) throw new Error('no JSON');
      return call();
    });
    const workflow = defineWorkflow('sleeping', {}, sleep('Sleep', '1m'));
    const engine = world().engine([workflow], { store });
    const ids = [(await engine.start('sleeping')).id, (await engine.start('sleeping')).id];
    for (const id of ids) await engine.settled(id);
    [unreadable = ''] = ids;
    await world().clock.advance('1m');
    await expect(engine.tick()).rejects.toThrow('no JSON');
    expect(await engine.get(ids[1]!)).toMatchObject({ status: 'completed' });
    expect(world().complaints).toHaveLength(1);
    unreadable = '';
    expect(await engine.tick()).toEqual([ids[0]]);
    expect(await engine.get(ids[0]!)).toMatchObject({ status: 'completed' });
  });

  it('reports it when a process can not be moved, and the next one goes on', async () => {
    let broken = true;
    const store = around(world().store, async (method, call) => {
      if (broken && method === 'claim') throw new Error('the disk is gone');
      return call();
    });
    const { workflow } = waiting('left', '1m');
    const engine = world().engine([workflow], { store });
    const { id } = await engine.start('left');
    await expect(engine.settled(id)).rejects.toThrow('the disk is gone');
    await expect(engine.tick()).rejects.toThrow('the disk is gone');
    expect(world().complaints).toEqual(Array(2).fill('the process could not be moved on; the next tick tries again'));
    broken = false;
    expect(await engine.tick()).toEqual([id]);
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
  });
});

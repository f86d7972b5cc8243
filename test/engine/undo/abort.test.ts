import { ask, callbackStep, complete, defineWorkflow, inputStep, list, retryStep, type StepContext, sleep, step } from 'stepwright';
import { expect, it } from 'vitest';
import { Engine } from '../../../src/engine/engine.js';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore, type World } from '../support.js';
import { broken, Notes } from './notes.js';

const stops = {
  suspended: inputStep('Stop')(function* () {
    return { ...(yield* ask(Confirm)) };
  }),
  waiting: sleep('Stop', '1h'),
  awaiting_callback: callbackStep('Stop')((ctx: StepContext) => void ctx.callbackToken),
  failed: broken,
};

/** A workflow whose second step runs until it is told to end, and gives, or fails, then. */
function long(world: World, notes: Notes, give: () => unknown = () => ({ long: true })) {
  const [running, end] = [signal(), signal()];
  const body = notes.step('Long', async (_state, ctx) => {
    if (ctx.attempt > 1) return { long: true };
    running.give();
    await end.given;
    return give();
  });
  const workflow = defineWorkflow('long', {}, list(notes.step('A'), body, notes.step('Later')));
  return { running, end, workflow, engine: () => world.engine([workflow], {}, { lease: '9s' }) };
}

onEachStore('An abort that takes back', (world) => {
  it.each(['suspended', 'waiting', 'awaiting_callback', 'failed'] as const)('undoes a process that is %s', async (status) => {
    const notes = new Notes();
    const engine = world().engine([defineWorkflow('stops', {}, list(notes.step('A'), stops[status], notes.step('Later')))]);
    const { id } = await engine.start('stops');
    expect(await engine.settled(id)).toMatchObject({ status });
    await engine.abort(id, { undo: true, reason: 'ordered twice', by: 'ann' });
    const undone = await engine.settled(id);
    const message = status === 'failed' ? 'broken' : 'ordered twice (by ann)';
    expect(undone).toMatchObject({ status: 'undone', waits: [], failure: { message }, state: { A: true }, endedAt: world().clock.now() });
    expect(undone.records.find(({ path }) => path === '#undo')).toMatchObject({ by: 'ann' });
    expect(notes.undone).toEqual(['A']);
    for (const again of [engine.abort(id, { undo: true }), engine.abort(id)])
      await expect(again).rejects.toMatchObject({ code: 'wrong_status' });
    await world().clock.advance('2h');
    expect(await engine.tick()).toEqual([]);
  });

  it('undoes a process that was aborted, with its old reason', async () => {
    const notes = new Notes();
    const engine = world().engine([defineWorkflow('stops', {}, list(notes.step('A'), stops.suspended))]);
    const { id } = await engine.start('stops');
    await engine.settled(id);
    await engine.abort(id, { reason: 'first' });
    await engine.abort(id, { undo: true, reason: 'second' });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', failure: { message: 'first' } });
    expect(notes.undone).toEqual(['A']);
  });

  it('ends a process that nobody has begun with', async () => {
    const notes = new Notes();
    const workflow = defineWorkflow('one', {}, notes.step('A'));
    const closed = world().engine([workflow]);
    await closed.close();
    const { id } = await closed.start('one');
    const engine = world().engine([workflow]);
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'aborted' });
    expect(await engine.tick()).toEqual([]);
    expect(notes.lines).toEqual([]);
  });

  it('is refused for one that is completed, however it came to its end', async () => {
    const notes = new Notes();
    const last = step('Last')(() => complete({ last: true }));
    const engine = world().engine([defineWorkflow('done', {}, list(notes.step('A'), last, broken))]);
    const { id } = await engine.start('done');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await expect(engine.abort(id, { undo: true })).rejects.toMatchObject({ code: 'wrong_status' });
    expect(notes.undone).toEqual([]);
  });

  it('lets a running step finish, stores what it gave, and starts no other', async () => {
    const notes = new Notes();
    const { running, end, engine } = long(world(), notes);
    const here = engine();
    const { id } = await here.start('long');
    await running.given;
    await here.abort(id, { undo: true });
    await world().clock.advance('1m');
    expect(await here.get(id)).toMatchObject({ status: 'undoing' });
    expect(notes.undone).toEqual([]);
    end.give();
    expect(await here.settled(id)).toMatchObject({ status: 'undone', state: { A: true, long: true } });
    expect(notes.lines).toEqual(['A', 'Long', 'undo Long', 'undo A']);
    expect(notes.states.get('Long')).toEqual({ A: true, long: true });
  });

  it('reaches a step that runs in another engine, which takes the process back itself', async () => {
    const notes = new Notes();
    const { running, end, engine } = long(world(), notes);
    const [here, there] = [engine(), engine()];
    const { id } = await here.start('long');
    await running.given;
    await there.abort(id, { undo: true });
    expect(await there.tick()).toEqual([]);
    await world().clock.advance('3s');
    end.give();
    expect(await here.settled(id)).toMatchObject({ status: 'undone' });
    expect(notes.lines).toEqual(['A', 'Long', 'undo Long', 'undo A']);
  });

  it('stops a process in another engine also where that has not heard of it before its last step', async () => {
    const notes = new Notes();
    const { running, end, engine } = long(world(), notes);
    const [here, there] = [engine(), engine()];
    const { id } = await here.start('long');
    await running.given;
    await there.abort(id, { undo: true });
    end.give();
    expect(await here.settled(id)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Later', 'Long', 'A']);
  });

  it.each(['closes', 'goes on'] as const)('leaves no timer where a step would be tried again, and its engine %s', async (how) => {
    const notes = new Notes();
    const [running, end] = [signal(), signal()];
    const busy = retryStep('Busy', { every: '1h' })(async () => {
      running.give();
      await end.given;
      throw new Error('busy');
    });
    const workflow = defineWorkflow('long', {}, list(notes.step('A'), busy));
    const [here, there] = [1, 2].map(() => world().engine([workflow], {}, { lease: '9s' }));
    const { id } = await here!.start('long');
    await running.given;
    await there!.abort(id, { undo: true });
    const closing = how === 'closes' ? here!.close() : undefined;
    end.give();
    await closing;
    await there!.tick();
    await here!.settled(id);
    expect(await there!.settled(id)).toMatchObject({ status: 'undone', waits: [] });
    expect(notes.undone).toEqual(['A']);
  });

  it('is not held up by a form that an engine opened which had not heard of it, and died', async () => {
    const notes = new Notes();
    const [running, end, death] = [signal(), signal(), signal()];
    const never = new Promise<never>(() => undefined);
    const host = world().host.spawn();
    let isDead = false;
    const mortal = around(world().store, async (method, call, args) => {
      if (isDead) return never;
      const result = await call();
      isDead = method === 'commit' && (await world().store.waits((args[0] as { process: string }[])[0]!.process)).length > 0;
      if (!isDead) return result;
      death.give();
      return never;
    });
    const long = step('Long')(async () => {
      running.give();
      await end.given;
    });
    const workflow = defineWorkflow('long', {}, list(notes.step('A'), long, stops.suspended));
    const here = new Engine(world().ports({ store: mortal, host }), [workflow], { lease: '30d' });
    const there = world().engine([workflow]);
    const { id } = await here.start('long');
    await running.given;
    await there.abort(id, { undo: true });
    end.give();
    await death.given;
    expect(await there.get(id)).toMatchObject({ status: 'undoing', waits: [{ kind: 'form' }] });
    host.declareGone();
    expect(await there.tick()).toEqual([id]);
    expect(await there.get(id)).toMatchObject({ status: 'undone', waits: [] });
    expect(notes.undone).toEqual(['A']);
  });
});

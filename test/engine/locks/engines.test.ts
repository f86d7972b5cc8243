import { ask, defineWorkflow, inputStep, list, parallel, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { around } from '../faults.js';
import { Confirm, onEachStore, type World } from '../support.js';
import { expectPeace, locks, nothing, Resources } from './resource.js';

const confirm = inputStep('Confirm')(function* () {
  return { ...(yield* ask(Confirm)) };
});

const held = defineWorkflow('held', {}, withLock(['router'], list(confirm, nothing('Work'))));
const wanting = defineWorkflow('wanting', {}, withLock(['router'], nothing('Work')));

onEachStore('Locks of several engines', (world) => {
  it('go to who waits as soon as they are given back, and to a workflow that is loaded elsewhere at the next tick there', async () => {
    const [here, there] = [world().engine([held]), world().engine([wanting])];
    const { id } = await here.start('held');
    await here.settled(id);
    const { id: waits } = await there.start('wanting');
    expect(await there.settled(waits)).toMatchObject({ status: 'waiting' });
    await here.resume(id, { approved: true });
    await here.settled(id);
    expect(await there.get(waits)).toMatchObject({ status: 'waiting' });
    expect(await there.tick()).toEqual([waits]);
    expect(await there.get(waits)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });

  it('go with their process to the engine that takes it over', async () => {
    const resources = new Resources();
    const using = defineWorkflow('using', { locks: ['router'] }, resources.use('Use', 'router'));
    const host = world().host.spawn();
    const open = resources.close('Use');
    const here = world().engine([using, wanting], { host });
    const { id } = await here.start('using');
    await resources.came('Use');
    const there = world().engine([using, wanting]);
    const { id: waits } = await there.start('wanting');
    expect(await there.settled(waits)).toMatchObject({ status: 'waiting' });
    host.declareGone();
    resources.forget(id);
    const ticked = there.tick();
    await world().clock.advance(1);
    expect(await there.get(waits)).toMatchObject({ status: 'waiting' });
    open();
    await ticked;
    expect(await there.get(id)).toMatchObject({ status: 'completed' });
    expect(await there.settled(waits)).toMatchObject({ status: 'completed' });
    await expectPeace(world(), resources);
  });

  it.each(['lockRequests', 'commit'] as const)('are not missed by who asks while they are given back (%s)', async (moment) => {
    const other = world().engine([held]);
    const { id } = await other.start('held');
    await other.settled(id);
    let release: (() => Promise<void>) | undefined = async () => {
      release = undefined;
      await other.resume(id, { approved: true });
      await other.settled(id);
    };
    const store = around(world().store, async (method, call, args) => {
      const opens = method === 'commit' && (args[0] as { openWaits?: unknown[] }[]).some(({ openWaits = [] }) => openWaits.length > 0);
      if (moment === 'commit' && opens) await release?.();
      const result = await call();
      if (moment === 'lockRequests' && method === 'lockRequests') await release?.();
      return result;
    });
    const engine = world().engine([wanting], { store });
    const { id: waits } = await engine.start('wanting');
    expect(await engine.settled(waits)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });
});

/** Moves processes to their ends on one engine, whatever state it finds them in. */
async function travel(world: World, engine: Engine, key: string): Promise<void> {
  await engine.tick();
  const ids: string[] = [];
  for (const number of [1, 2]) ids.push((await engine.start('using', undefined, { idempotencyKey: `${key} ${number}` })).id);
  for (let turns = 0; turns < 30; turns++) {
    const details = await Promise.all(ids.map((id) => engine.settled(id)));
    if (details.every(({ status }) => status === 'completed')) return;
    const asked = details.find(({ status }) => status === 'suspended');
    if (asked) await engine.resume(asked.id, { approved: true });
    else await engine.tick();
  }
  throw new Error(`they never end: ${JSON.stringify((await world.store.list({})).map(({ status }) => status))}`);
}

onEachStore('Processes with locks whose engine dies', (world) => {
  it.each([
    ['before it was stored', false],
    ['right after it was stored', true],
  ])(
    'at any of its writes, %s, all end, never meet, and leave no lock',
    async (_when, stored) => {
      let at = 1;
      for (; at < 150; at++) {
        const resources = new Resources();
        const side = (name: string) => withLock(['link'], resources.use(name, 'link'));
        const inside = list(resources.use('First', 'router'), confirm, parallel({ a: side('A'), b: side('B') }));
        const using = defineWorkflow('using', {}, list(withLock(['router'], inside, { name: 'Lock' }), nothing('After')));
        const key = `${at} ${stored}`;
        const { engine, died } = world().mortal([using], { at, stored });
        const whole = await Promise.race([travel(world(), engine, key).then(() => true), died]);
        resources.forgetAll();
        const next = world().engine([using]);
        await travel(world(), next, key);
        await next.close();
        expect(resources.clashes, `cut ${at}`).toEqual([]);
        expect(await locks(world()), `cut ${at}`).toEqual([]);
        if (whole) break;
      }
      expect(at).toBeGreaterThan(30);
      expect(at).toBeLessThan(150);
    },
    90_000,
  );
});

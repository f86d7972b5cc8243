import { forEach, list, parallel, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { signal } from '../signal.js';
import { onEachStore, type World } from '../support.js';
import { broken, Notes, undoing } from './notes.js';

/** A workflow whose undos look at what is stored when they start. */
function watched(world: World) {
  const notes = new Notes();
  const wrong: string[] = [];
  const watch = async (_state: unknown, { processId, path }: StepContext) => {
    const records = await world.store.records(processId);
    const own = records.find((record) => record.path === `${path}#undo`);
    if (own?.outcome !== null) wrong.push(`the undo of ${path} ${own ? 'was performed again after its end was stored' : 'was not stored'}`);
  };
  const undo = { run: (ctx: StepContext) => tryTwice(ctx), retry: { every: '1m' } } as const;
  const tryTwice = async (ctx: StepContext) => {
    await watch(undefined, ctx);
    notes.lines.push(`undo ${ctx.path}`);
    if (ctx.attempt === 1) throw new Error('busy');
  };
  const flaky = step('Flaky', { undo })(() => undefined);
  const a = (name: string) => notes.step(name, undefined, watch);
  const body = parallel({ east: list(a('A'), a('B')), west: forEach(() => [1, 2], a('C')) });
  return { notes, wrong, workflow: undoing(a('First'), flaky, body, broken) };
}

/** Moves the process to its end, whatever state it is in. */
async function travel(world: World, engine: Engine, key: string) {
  await engine.tick();
  const { id } = await engine.start('undoing', undefined, { idempotencyKey: key });
  for (let turns = 0; turns < 20; turns++) {
    const details = await engine.settled(id);
    if (details.status === 'undone') return details;
    await world.clock.advance('1m');
    await engine.tick();
  }
  throw new Error('it is never undone');
}

const ORDER = ['parallel/west/forEach[1]/C', 'parallel/west/forEach[0]/C', 'parallel/east/B', 'parallel/east/A', 'Flaky', 'First'];

onEachStore('An engine that dies while it takes a process back', (world) => {
  it.each([
    ['before it was stored', false],
    ['right after it was stored', true],
  ])(
    'at any of its writes, %s, leaves the next one to go on, and no undo that is recorded is performed again',
    async (_when, stored) => {
      let at = 1;
      for (; at < 200; at++) {
        const { notes, wrong, workflow } = watched(world());
        const key = `${at} ${stored}`;
        const { engine, died } = world().mortal([workflow], { at, stored });
        const whole = await Promise.race([travel(world(), engine, key), died]);
        const next = world().engine([workflow]);
        const undone = await travel(world(), next, key);
        await next.close();
        expect(undone, `cut ${at}`).toMatchObject({ status: 'undone', waits: [], failure: { message: 'broken' } });
        expect(wrong, `cut ${at}`).toEqual([]);
        expect([...new Set(notes.undone)].sort(), `cut ${at}`).toEqual([...ORDER].sort());
        expect(notes.undone.length, `cut ${at}`).toBeLessThanOrEqual(ORDER.length + 2);
        if (whole) break;
      }
      expect(at).toBeGreaterThan(20);
      expect(at).toBeLessThan(200);
    },
    60_000,
  );
});

onEachStore('A step that was begun when its engine died', (world) => {
  it('counts as half done, and is taken back first', async () => {
    const notes = new Notes();
    const [running, end] = [signal(), signal()];
    const long = notes.step('Long', async (_state, ctx) => {
      running.give();
      if (ctx.attempt === 1) await end.given;
    });
    const workflow = undoing(notes.step('A'), long, notes.step('Later'));
    const host = world().host.spawn();
    const engine = world().engine([workflow], { host });
    const { id } = await engine.start('undoing');
    await running.given;
    const next = world().engine([workflow]);
    await next.abort(id, { undo: true });
    host.declareGone();
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Long', 'A']);
    expect(notes.states.get('Long')).toEqual({ A: true });
    end.give();
    await engine.settled(id);
    expect(notes.undone).toEqual(['Long', 'A']);
  });
});

onEachStore('A process that was forked', (world) => {
  it('takes back its own steps, and none of those that the older one performed', async () => {
    const notes = new Notes();
    const engine = world().engine([undoing(notes.step('A'), notes.step('B'), notes.step('C'), broken)]);
    const { id } = await engine.start('undoing');
    await engine.settled(id);
    notes.lines.length = 0;
    const fork = await engine.fork(id, { from: 'B' });
    expect(await engine.settled(fork)).toMatchObject({ status: 'undone' });
    expect(notes.lines).toEqual(['B', 'C', 'undo C', 'undo B']);
    expect(notes.states.get('B')).toEqual({ A: true, B: true });
  });
});

import {
  callbackStep,
  conditional,
  defineWorkflow,
  forEach,
  list,
  type Node,
  parallel,
  retryStep,
  sleep,
  step,
  until,
  withLock,
} from 'stepwright';
import { expect, it } from 'vitest';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { Deeds, form } from '../compositions/deeds.js';
import { around } from '../faults.js';
import { onEachStore } from '../support.js';
import { stopped } from './stopped.js';

const broken = step('Broken')(() => {
  throw new Error('it broke');
});

onEachStore('A step that is skipped by hand', (world) => {
  const standing: readonly (readonly [string, string, () => Node])[] = [
    ['failed', 'failed', () => broken],
    ['waits for another attempt', 'waiting', () => retryStep('Broken', { every: '1m' })(() => Promise.reject(new Error('busy')))],
    ['asks a person', 'suspended', () => form('Broken')],
    ['awaits a call', 'awaiting_callback', () => callbackStep('Broken')(() => undefined)],
    ['sleeps', 'waiting', () => sleep('Broken', '1h')],
  ];

  it.each(standing)('%s, and the process goes on without it', async (_what, status, node) => {
    const deeds = new Deeds();
    const { engine, id, details } = await stopped(world(), deeds.step('Before'), node(), deeds.step('After'));
    expect(details.status).toBe(status);
    await engine.skip(id, 'Broken', { by: 'ann', reason: 'done by phone' });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed', waits: [] });
    expect(done).not.toHaveProperty('failure');
    expect(done.records.find(({ path }) => path === 'Broken')).toMatchObject({
      outcome: { kind: 'skipped', reason: 'done by phone' },
      by: 'ann',
    });
    const fact = (await engine.facts(id)).find(({ type }) => type === 'step_skipped');
    expect(fact).toMatchObject({ path: 'Broken', data: { reason: 'done by phone', by: 'ann' } });
    expect(deeds.performed).toEqual(['Before', 'After']);
    await world().clock.advance('2h');
    expect(await engine.tick()).toEqual([]);
  });

  it('before it comes is not performed when it does', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stopped(world(), form('Ask'), deeds.step('Next'), deeds.step('After'));
    await engine.skip(id, 'Next');
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'Ask' }] });
    await engine.resume(id, { approved: true });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed' });
    expect(done.records.find(({ path }) => path === 'Next')).toMatchObject({ outcome: { kind: 'skipped', reason: 'skipped by hand' } });
    expect(deeds.performed).toEqual(['After']);
  });

  it('may be one of several items or branches, and the others are not touched', async () => {
    const deeds = new Deeds();
    const body = forEach(() => [1, 2], list(form('Ask'), deeds.step('After')), { name: 'Items', concurrency: 2 });
    const { engine, id } = await stopped(world(), parallel({ items: body, other: form('Other', 'other') }));
    await engine.skip(id, 'parallel/items/Items[1]/Ask');
    const { waits } = await engine.settled(id);
    expect(waits.map(({ path }) => path).sort()).toEqual(['parallel/items/Items[0]/Ask', 'parallel/other/Other']);
    expect(deeds.performed).toEqual(['parallel/items/Items[1]/After']);
    await engine.skip(id, 'parallel/items/Items[0]/After');
    await engine.resume(id, { approved: true }, { form: 'parallel/items/Items[0]/Ask' });
    await engine.settled(id);
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { other: true } });
    expect(deeds.performed).toHaveLength(1);
  });

  it('is refused while it runs, or while its process does and it may start at any moment', async () => {
    const deeds = new Deeds();
    const engine = world().engine([defineWorkflow('ops', {}, list(deeds.hold('Long'), deeds.step('Next')))]);
    const { id } = await engine.start('ops');
    await deeds.at('Long').begun.given;
    const before = await world().everything();
    for (const path of ['Long', 'Next']) {
      const refused = { code: 'wrong_status', message: expect.stringContaining(`"${path}" may be running`) };
      await expect(engine.skip(id, path)).rejects.toMatchObject(refused);
      await expect(world().engine(engine.workflows).skip(id, path)).rejects.toMatchObject(refused);
    }
    expect(await world().everything()).toEqual(before);
    deeds.at('Long').end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toEqual(['Long', 'Next']);
  });

  it('may stand beside a sibling that runs', async () => {
    const deeds = new Deeds();
    const body = parallel({ long: deeds.hold('Long'), fails: list(deeds.failing('Fail', 9), deeds.step('After')) });
    const engine = world().engine([defineWorkflow('ops', {}, body)]);
    const { id } = await engine.start('ops');
    await deeds.at('parallel/long/Long').begun.given;
    await world().clock.advance(1);
    await engine.skip(id, 'parallel/fails/Fail');
    await world().clock.advance(1);
    expect(deeds.performed.at(-1)).toBe('parallel/fails/After');
    deeds.at('parallel/long/Long').end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toHaveLength(3);
  });

  it('is refused where it is done, also inside of what is done', async () => {
    const deeds = new Deeds();
    const body = parallel({ a: deeds.step('A'), b: form('Ask', 'b') });
    const { engine, id } = await stopped(world(), deeds.step('Before'), body, form('Later'));
    await engine.resume(id, { approved: true });
    await engine.settled(id);
    const before = await world().everything();
    for (const path of ['Before', 'parallel/a/A', 'parallel/b/Ask', 'parallel']) {
      await expect(engine.skip(id, path)).rejects.toMatchObject({
        code: 'wrong_status',
        message: expect.stringContaining(`"${path}" is done already`),
      });
    }
    expect(await world().everything()).toEqual(before);
  });

  it('is refused in an item, or a loop, that has not begun', async () => {
    const deeds = new Deeds();
    const loop = until((state) => state.n === 1, list(form('Ask'), deeds.step('Count', { n: 1 })), { name: 'Loop' });
    const { engine, id } = await stopped(
      world(),
      parallel([loop, forEach(() => [1, 2], list(form('Ask'), deeds.step('Use')), { name: 'Items' })]),
    );
    for (const path of [
      'parallel/Loop#2/Count',
      'parallel/Items[1]/Use',
      'parallel/Items[]/Use',
      'parallel/Items[x]/Use',
      'parallel/Loop#/Count',
    ]) {
      await expect(engine.skip(id, path)).rejects.toMatchObject({ code: 'wrong_use' });
    }
    await engine.skip(id, 'parallel/Items[0]/Use');
    await engine.settled(id);
    await engine.skip(id, 'parallel/Loop#1/Count');
    await engine.settled(id);
    await engine.resume(id, { approved: true }, { form: 'parallel/Loop#1/Ask' });
    const { waits } = await engine.settled(id);
    expect(waits.map(({ path }) => path).sort()).toEqual(['parallel/Items[0]/Ask', 'parallel/Loop#2/Ask']);
    expect(deeds.performed).toEqual([]);
  });

  it('is refused where there is none, with what may be meant', async () => {
    const { engine, id } = await stopped(world(), form('Ask'), parallel({ a: step('Push config')(() => ({})) }));
    await expect(engine.skip(id, 'parallel/a/Push confg')).rejects.toMatchObject({
      code: 'wrong_use',
      message: expect.stringContaining('Did you mean "parallel/a/Push config"'),
    });
    await expect(engine.skip('p-9', 'Ask')).rejects.toMatchObject({ code: 'unknown_process' });
  });

  it('counts where what a sibling had stopped is to go on at the same moment', async () => {
    const deeds = new Deeds();
    const body = parallel({ fails: list(form('Go'), broken), minds: deeds.hold('Minds', {}, { minds: true }) }, { failFast: true });
    const workflow = defineWorkflow('ops', {}, body);
    const other = world().engine([workflow]);
    let isFirst = true;
    const store = around(world().store, async (method, call, [batch]) => {
      const clears =
        method === 'commit' && (batch as ProcessWrite[]).find(({ facts }) => facts?.some(({ type }) => type === 'step_cleared'));
      if (clears && isFirst) {
        isFirst = false;
        await other.skip(clears.process, 'parallel/minds/Minds');
      }
      return call();
    });
    const engine = world().engine([workflow], { store });
    const { id } = await engine.start('ops');
    await deeds.at('parallel/minds/Minds').begun.given;
    await world().clock.advance(1);
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'failed' });
    await engine.skip(id, 'parallel/fails/Broken');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.count('parallel/minds/Minds')).toBe(1);
  });

  it('is refused at a lock, for nothing goes on without that', async () => {
    const workflow = defineWorkflow('locked', {}, withLock(['router'], form('Ask')));
    const engine = world().engine([workflow]);
    const ids = [(await engine.start('locked')).id, (await engine.start('locked')).id];
    for (const id of ids) await engine.settled(id);
    for (const id of ids) {
      await expect(engine.skip(id, 'withLock#lock')).rejects.toMatchObject({
        code: 'wrong_use',
        message: expect.stringContaining('locks'),
      });
    }
    expect(await engine.settled(ids[1]!)).toMatchObject({ status: 'waiting' });
  });

  it.each(['aborted', 'undone', 'completed'])('is refused once the process is %s', async (status) => {
    const { engine, id } = await stopped(world(), form('Ask'));
    if (status === 'completed') await engine.resume(id, { approved: true });
    else await engine.abort(id, { undo: status === 'undone' });
    expect(await engine.settled(id)).toMatchObject({ status });
    const before = await world().everything();
    await expect(engine.skip(id, 'Ask')).rejects.toMatchObject({ code: 'wrong_status' });
    expect(await world().everything()).toEqual(before);
  });
});

onEachStore('A composition whose own failure is skipped by hand', (world) => {
  it('changes nothing, and the process goes on', async () => {
    const deeds = new Deeds();
    const clash = parallel({ a: deeds.step('A', { n: 1 }), b: deeds.step('B', { n: 2 }) });
    const loops = until(() => false, deeds.step('Loop', { looped: true }), { maxLoops: 2 });
    const asked = conditional(() => {
      throw new Error('no opinion');
    })(deeds.step('Inside'));
    const { engine, id } = await stopped(world(), clash, loops, asked, deeds.step('After'));
    for (const [path, code] of Object.entries({ parallel: 'state_conflict', until: 'max_loops', 'Inside#if': 'predicate_threw' })) {
      expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code } });
      await engine.skip(id, path);
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect((await engine.get(id)).state).not.toHaveProperty('n');
    expect(deeds.performed).toEqual(['parallel/a/A', 'parallel/b/B', 'until#1/Loop', 'until#2/Loop', 'After']);
  });
});

import { ask, defineWorkflow, inputStep, list, named, parallel, recover, startChild, step, type Workflow, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore } from '../support.js';
import { expectPeace, locks, nothing, Resources } from './resource.js';

const confirm = inputStep('Confirm')(function* () {
  return { ...(yield* ask(Confirm)) };
});

/** Holds one lock while a person is asked, and then takes another inside. */
function nested(name: string, outer: string, inner: string, options: { readonly onFailure?: 'undo' } = {}): Workflow {
  return defineWorkflow(
    name,
    options,
    withLock([outer], list(confirm, withLock([inner], nothing('Work'), { name: 'Inner' })), { name: 'Outer' }),
  );
}

onEachStore('Processes that would wait for one another', (world) => {
  it('are found: the one that closes the circle fails, and the others go on when it gives up', async () => {
    const engine = world().engine([nested('ab', 'a', 'b'), nested('bc', 'b', 'c'), nested('ca', 'c', 'a')]);
    const ids: string[] = [];
    for (const name of ['ab', 'bc', 'ca']) ids.push((await engine.start(name)).id);
    for (const id of ids) await engine.settled(id);
    const [ab, bc, ca] = ids as [string, string, string];
    for (const id of [ab, bc]) {
      await engine.resume(id, { approved: true });
      expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    }
    await engine.resume(ca, { approved: true });
    const failed = await engine.settled(ca);
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'lock_deadlock', details: { key: 'a' }, retryable: true } });
    expect(failed.failure?.details).toMatchObject({ processes: [ca, ab, bc, ca] });
    expect(await locks(world(), 'a')).toEqual([`a ${ab} Outer#lock`]);
    await engine.abort(ca);
    for (const id of [bc, ab]) expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });

  it('are found once, where two engines ask at the same moment', async () => {
    const family = [nested('ab', 'a', 'b', { onFailure: 'undo' }), nested('ba', 'b', 'a', { onFailure: 'undo' })];
    const engines = [world().engine(family), world().engine(family)];
    const ids = await Promise.all(engines.map(async (engine, index) => (await engine.start(index === 0 ? 'ab' : 'ba')).id));
    await Promise.all(engines.map((engine, index) => engine.settled(ids[index]!)));
    await Promise.all(engines.map((engine, index) => engine.resume(ids[index]!, { approved: true })));
    for (let turns = 0; turns < 3; turns++) {
      for (const engine of engines) for (const id of ids) await engine.settled(id);
      await engines[turns % 2]!.tick();
    }
    const ends = await Promise.all(ids.map(async (id) => (await world().store.process(id))?.status));
    expect(ends.sort()).toEqual(['completed', 'undone']);
    expect(await locks(world())).toEqual([]);
  });

  it('are not seen where a branch waits that holds nothing', async () => {
    const [came, end] = [signal(), signal()];
    const work = step('Work')(async () => {
      came.give();
      await end.given;
    });
    const sides = defineWorkflow(
      'sides',
      {},
      parallel({ holds: withLock(['x'], list(work)), waits: list(confirm, withLock(['y'], nothing('Other'))) }),
    );
    const engine = world().engine([sides, nested('yx', 'y', 'x')]);
    const [{ id }, { id: other }] = [await engine.start('sides'), await engine.start('yx')];
    await came.given;
    await engine.settled(other);
    await engine.resume(other, { approved: true });
    expect(await engine.settled(other)).toMatchObject({ status: 'waiting' });
    await world().clock.advance(1);
    await engine.resume(id, { approved: true });
    await world().clock.advance(1);
    end.give();
    for (const one of [id, other, id]) await engine.settled(one);
    for (const one of [other, id]) expect(await engine.get(one)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });

  it('are found in one process, whose branches take two locks in different order', async () => {
    const side = (outer: string, inner: string) => withLock([outer], list(confirm, withLock([inner], nothing('Work'), { name: 'Inner' })));
    const engine = world().engine([defineWorkflow('sides', {}, parallel({ ab: side('a', 'b'), ba: side('b', 'a') }))]);
    const { id } = await engine.start('sides');
    await engine.settled(id);
    await engine.resume(id, { approved: true }, { form: 'parallel/ab/withLock/Confirm' });
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    await engine.resume(id, { approved: true }, { form: 'parallel/ba/withLock/Confirm' });
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'lock_deadlock', message: expect.stringContaining('branches of one process') },
    });
    await engine.abort(id);
    expect(await locks(world())).toEqual([]);
  });

  it('are found where a queue is between them', async () => {
    const both = defineWorkflow('both', {}, withLock(['k', 'r'], nothing('Work')));
    const engine = world().engine([nested('first', 'k', 'other'), nested('rk', 'r', 'k'), both]);
    const [first, rk] = [(await engine.start('first')).id, (await engine.start('rk')).id];
    await engine.settled(first);
    await engine.settled(rk);
    const { id } = await engine.start('both');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    await engine.resume(rk, { approved: true });
    expect(await engine.settled(rk)).toMatchObject({ status: 'failed', failure: { code: 'lock_deadlock' } });
  });

  it('are found where one of them waits for its child', async () => {
    const child = defineWorkflow('child', {}, list(confirm, withLock(['router'], nothing('Work'))));
    const engine = world().engine([defineWorkflow('parent', { locks: ['router'] }, startChild('Child', { workflow: child })), child]);
    const { id } = await engine.start('parent');
    const { waits } = await engine.settled(id);
    await engine.resume(waits[0]!.child!, { approved: true });
    await engine.settled(waits[0]!.child!);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { cause: { code: 'lock_deadlock' } } });
  });
});

onEachStore('A parent that holds a lock which its child waits for', (world) => {
  it('fails where the child has begun to wait first', async () => {
    const child = defineWorkflow('child', {}, withLock(['router'], nothing('Work')));
    const family = [defineWorkflow('parent', { locks: ['router'] }, startChild('Child', { workflow: child })), child];
    const other = world().engine([child]);
    // The other engine is quicker: it moves the child before its parent knows of it.
    const store = around(world().store, async (method, call, [batch]) => {
      const result = await call();
      if (method === 'commit' && (batch as ProcessWrite[]).some(({ create }) => create?.workflow === 'child')) await other.tick();
      return result;
    });
    const engine = world().engine(family, { store });
    const { id } = await engine.start('parent');
    const failed = await engine.settled(id);
    const [waiting] = await world().store.list({ parent: id });
    expect(failed).toMatchObject({
      status: 'failed',
      waits: [],
      failure: { code: 'lock_deadlock', details: { processes: [id, waiting?.id, id] } },
    });
    await engine.abort(id);
    expect(await locks(world())).toEqual([]);
  });
});

onEachStore('A long line for a lock', (world) => {
  it('costs the next in line no look at all the others, one by one', async () => {
    let looks = 0;
    const store = around(world().store, (method, call) => {
      if (method === 'waits') looks++;
      return call();
    });
    const engine = world().engine([defineWorkflow('waiting', {}, withLock(['router'], confirm))], { store });
    for (let place = 0; place < 20; place++) {
      looks = 0;
      await engine.settled((await engine.start('waiting')).id);
    }
    expect(looks).toBeLessThan(10);
  });
});

onEachStore('Locks inside a failure that is handled', (world) => {
  it('are given back when the handler begins', async () => {
    const resources = new Resources();
    const fails = step('Fails')(() => {
      throw new Error('broken');
    });
    const body = parallel({
      one: withLock(['router'], fails),
      two: withLock(['link'], list(confirm)),
      three: named('Three')(withLock(['link'], nothing('Work'))),
    });
    const workflow = defineWorkflow('handled', {}, list(recover(body, confirm), resources.use('After', 'router', 'link')));
    const engine = world().engine([workflow]);
    const { id } = await engine.start('handled');
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'recover[handler]/Confirm' }] });
    expect(await locks(world())).toEqual([]);
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await expectPeace(world(), resources);
  });
});

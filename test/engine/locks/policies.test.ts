import { ask, defineWorkflow, inputStep, list, parallel, step, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import { signal } from '../signal.js';
import { Confirm, onEachStore } from '../support.js';
import { expectPeace, locks, nothing, Resources } from './resource.js';

const confirm = inputStep('Confirm')(function* () {
  return { ...(yield* ask(Confirm)) };
});

/** A workflow that holds a lock while a person is asked, and then does something. */
const held = defineWorkflow('held', {}, list(withLock(['router'], list(confirm, nothing('Work')), { name: 'Lock' }), nothing('After')));

onEachStore('Locks that are waited for', (world) => {
  it('are given in the order in which they were asked for', async () => {
    const resources = new Resources();
    const open = resources.close('Use');
    const workflow = defineWorkflow('use', { locks: ['router'] }, resources.use('Use', 'router'));
    const engine = world().engine([workflow]);
    const ids: string[] = [];
    for (let number = 0; number < 8; number++) {
      const { id } = await engine.start('use');
      ids.push(id);
      await (number === 0 ? resources.came('Use') : engine.settled(id));
    }
    const [first, ...others] = ids;
    for (const id of others) {
      const reason = `the lock "router" is held by process ${first} (use)`;
      expect(await engine.get(id)).toMatchObject({ status: 'waiting', waits: [{ path: 'Use#lock', kind: 'lock', reason }] });
    }
    expect(await locks(world())).toEqual(ids.map((id) => `router ${id} Use#lock`));
    open();
    for (const id of ids) expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(resources.order).toEqual(ids);
    await expectPeace(world(), resources);
  });

  it('are given back at the end of the withLock, not only of the process', async () => {
    const engine = world().engine([defineWorkflow('held', {}, list(withLock(['router'], nothing('Work')), confirm))]);
    const { id } = await engine.start('held');
    const details = await engine.settled(id);
    expect(details).toMatchObject({ status: 'suspended' });
    expect(await locks(world())).toEqual([]);
    expect(details.records.filter(({ path, retired }) => path.startsWith('withLock/') && retired)).toHaveLength(1);
  });

  it('are kept while their process is suspended, waits or has failed, and given back when it is aborted', async () => {
    const fails = step('Break')(() => {
      throw new Error('broken');
    });
    for (const stop of [confirm, fails]) {
      const workflow = defineWorkflow('stops', {}, withLock(['router'], list(stop, nothing('Work')), { name: 'Lock' }));
      const engine = world().engine([workflow]);
      const [{ id }, { id: next }] = [await engine.start('stops'), await engine.start('stops')];
      await engine.settled(id);
      expect(await engine.settled(next)).toMatchObject({ status: 'waiting' });
      expect(await locks(world())).toEqual([`router ${id} Lock#lock`, `router ${next} Lock#lock`]);
      await engine.abort(id);
      expect(await engine.settled(next)).toMatchObject({ status: stop === confirm ? 'suspended' : 'failed' });
      await engine.abort(next);
      expect(await locks(world())).toEqual([]);
      await engine.close();
    }
  });

  it('are kept while a process is taken back, and given back when it is undone', async () => {
    const [undoing, end] = [signal(), signal()];
    const undo = async () => {
      undoing.give();
      await end.given;
    };
    const workflow = defineWorkflow(
      'undone',
      { locks: ['router'] },
      list(
        step('A', { undo })(() => undefined),
        confirm,
      ),
    );
    const engine = world().engine([workflow]);
    const [{ id }, { id: next }] = [await engine.start('undone'), await engine.start('undone')];
    await engine.settled(id);
    await engine.settled(next);
    await engine.abort(id, { undo: true });
    await undoing.given;
    expect(await locks(world())).toEqual([`router ${id} A#lock`, `router ${next} A#lock`]);
    expect(await engine.get(next)).toMatchObject({ status: 'waiting' });
    end.give();
    await engine.settled(id);
    expect(await engine.settled(next)).toMatchObject({ status: 'suspended' });
    expect(await locks(world())).toEqual([`router ${next} A#lock`]);
  });

  it('are given up by a process that only waits for them when it is taken back, however that goes', async () => {
    const undo = () => {
      throw new Error('stuck');
    };
    const first = step('First', { undo })(() => undefined);
    const workflow = defineWorkflow('late', {}, list(first, withLock(['router'], nothing('Work'), { name: 'Lock' })));
    const engine = world().engine([held, workflow]);
    const [{ id }, { id: late }] = [await engine.start('held'), await engine.start('late')];
    await engine.settled(id);
    expect(await engine.settled(late)).toMatchObject({ status: 'waiting' });
    await engine.abort(late, { undo: true });
    expect(await engine.settled(late)).toMatchObject({ status: 'failed', waits: [] });
    expect(await locks(world())).toEqual([`router ${id} Lock#lock`]);
  });

  it('can be several at once, all or none', async () => {
    const resources = new Resources();
    const uses = (name: string, ...keys: string[]) => defineWorkflow(name, {}, withLock(keys, resources.use(name, ...keys)));
    const engine = world().engine([uses('ab', 'a', 'b'), uses('bc', 'b', 'c'), uses('ca', 'c', 'a')]);
    const open = resources.close('ab');
    const ids: string[] = [];
    for (const name of ['ab', 'bc', 'ca', 'ab', 'ca', 'bc']) ids.push((await engine.start(name)).id);
    await resources.came('ab');
    open();
    for (const id of ids) expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await expectPeace(world(), resources);
  });

  it('are not asked for again inside', async () => {
    const inner = withLock(['router', 'link'], nothing('Work'), { name: 'Inner' });
    const workflow = defineWorkflow('twice', { locks: ['router'] }, withLock(['router'], list(inner, confirm), { name: 'Outer' }));
    const engine = world().engine([workflow]);
    const { id } = await engine.start('twice');
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended' });
    expect(await locks(world())).toEqual([`router ${id} Outer#lock#lock`]);
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });

  it('keep branches and items of one process apart', async () => {
    const resources = new Resources();
    const branch = (name: string) => withLock(['router'], list(resources.use(`${name}1`, 'router'), resources.use(`${name}2`, 'router')));
    const engine = world().engine([defineWorkflow('sides', {}, parallel({ a: branch('A'), b: branch('B'), c: branch('C') }))]);
    const open = resources.close('A1');
    const { id } = await engine.start('sides');
    await resources.came('A1');
    await world().clock.advance(1);
    expect((await world().store.waits(id)).map(({ path, kind }) => [path, kind])).toEqual([
      ['parallel/b/withLock#lock', 'lock'],
      ['parallel/c/withLock#lock', 'lock'],
    ]);
    open();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(resources.order).toHaveLength(6);
    await expectPeace(world(), resources);
  });
});

onEachStore('Locks that are refused', (world) => {
  const refusing = defineWorkflow('refusing', {}, withLock(['a', 'router'], nothing('Work'), { policy: 'refuse', name: 'Lock' }));

  it('fail the process, name who holds them, and keep nothing', async () => {
    const engine = world().engine([held, refusing]);
    const { id } = await engine.start('held');
    await engine.settled(id);
    const { id: refused } = await engine.start('refusing');
    expect(await engine.settled(refused)).toMatchObject({
      status: 'failed',
      waits: [],
      failure: { code: 'lock_held', message: `The lock "router" is held by process ${id} (held).`, retryable: true },
    });
    expect(await locks(world())).toEqual([`router ${id} Lock#lock`]);
    await engine.resume(id, { approved: true });
    await engine.settled(id);
    await engine.retry(refused);
    expect(await engine.settled(refused)).toMatchObject({ status: 'completed' });
    expect(await locks(world())).toEqual([]);
  });

  it('are given where nobody holds them', async () => {
    const engine = world().engine([refusing]);
    const { id } = await engine.start('refusing');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });
});

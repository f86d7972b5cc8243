import { ask, defineWorkflow, inputStep, list, startChild, step, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore } from '../support.js';
import { expectPeace, locks, nothing, Resources } from './resource.js';

const confirm = inputStep('Confirm')(function* () {
  return { ...(yield* ask(Confirm)) };
});

const holding = defineWorkflow('holding', { locks: ['router'] }, confirm);
const newer = defineWorkflow('newer', { locks: { keys: ['router'], policy: 'supersede' } }, nothing('Work'));

onEachStore('A lock that supersedes', (world) => {
  it('ends its holder, tells its running step, and goes on', async () => {
    const resources = new Resources();
    resources.close('Use');
    const older = defineWorkflow('older', { locks: ['router'] }, resources.use('Use', 'router'));
    const engine = world().engine([older, newer]);
    const { id } = await engine.start('older');
    await resources.came('Use');
    const { id: next } = await engine.start('newer');
    expect(await engine.settled(next)).toMatchObject({ status: 'completed' });
    expect(await engine.settled(id)).toMatchObject({
      status: 'aborted',
      failure: { message: `superseded by process ${next}, which needs the lock "router"` },
    });
    await expectPeace(world(), resources);
  });

  it('ends all that stand before it', async () => {
    const engine = world().engine([holding, newer]);
    const ids = [(await engine.start('holding')).id, (await engine.start('holding')).id];
    for (const id of ids) await engine.settled(id);
    const { id: next } = await engine.start('newer');
    expect(await engine.settled(next)).toMatchObject({ status: 'completed' });
    for (const id of ids) expect(await engine.get(id)).toMatchObject({ status: 'aborted' });
  });

  it('waits for a holder that is being taken back', async () => {
    const [undoing, end] = [signal(), signal()];
    const undo = async () => {
      undoing.give();
      await end.given;
    };
    const older = defineWorkflow(
      'older',
      { locks: ['router'] },
      list(
        step('A', { undo })(() => undefined),
        confirm,
      ),
    );
    const engine = world().engine([older, newer]);
    const { id } = await engine.start('older');
    await engine.settled(id);
    await engine.abort(id, { undo: true });
    await undoing.given;
    const { id: next } = await engine.start('newer');
    expect(await engine.settled(next)).toMatchObject({ status: 'waiting' });
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect(await engine.settled(next)).toMatchObject({ status: 'completed' });
  });

  it('is content with a holder that ends by itself just then', async () => {
    const other = world().engine([holding, newer]);
    const { id } = await other.start('holding');
    await other.settled(id);
    // The holder ends after the new one has looked who holds the lock.
    let looked = 0;
    const store = around(world().store, async (method, call) => {
      const result = await call();
      if (method === 'lockRequests' && ++looked === 1) {
        await other.resume(id, { approved: true });
        await other.settled(id);
      }
      return result;
    });
    const engine = world().engine([holding, newer], { store });
    const { id: next } = await engine.start('newer');
    expect(await engine.settled(next)).toMatchObject({ status: 'completed' });
    expect(await engine.get(id)).toMatchObject({ status: 'completed' });
    expect(world().complaints).toEqual([]);
  });

  it('does not end the process that it belongs to, nor the one that started that', async () => {
    const child = defineWorkflow('child', {}, withLock(['router'], nothing('Work'), { policy: 'supersede', name: 'Lock' }));
    const parent = defineWorkflow('parent', { locks: ['router'] }, startChild('Child', { workflow: child }));
    const engine = world().engine([parent, child]);
    const { id } = await engine.start('parent');
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'child_failed', cause: { code: 'lock_deadlock' } },
    });
    expect(await locks(world())).toEqual([`router ${id} Child#lock`]);
  });
});

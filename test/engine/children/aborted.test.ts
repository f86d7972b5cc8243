import { defineWorkflow, list, sleep, startChild, step } from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore } from '../support.js';
import { childrenOf, startAndSettle } from './family.js';

/** A child that can be taken back, and waits for a day. */
function undoable(broken = { is: false }) {
  const undone: string[] = [];
  const work = step('Work', {
    undo: () => {
      if (broken.is) throw new Error('no way back');
      undone.push('Work');
    },
  })(() => {});
  return { undone, child: defineWorkflow('child', {}, list(work, sleep('Wait', '1d'))) };
}

const parent = defineWorkflow('parent', {}, startChild('Child', { workflow: 'child' }));

onEachStore('A parent that was aborted, and with it its children', (world) => {
  it('is undone only when they are', async () => {
    const { undone, child } = undoable();
    const engine = world().engine([parent, child]);
    const id = await startAndSettle(engine, 'parent');
    await engine.abort(id);
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect((await childrenOf(world(), id)).map(({ status }) => status)).toEqual(['undone']);
    expect(undone).toEqual(['Work']);
  });

  it('says what is left where one of them could not be taken back, and a retry does the rest', async () => {
    const broken = { is: true };
    const { undone, child } = undoable(broken);
    const engine = world().engine([parent, child]);
    const id = await startAndSettle(engine, 'parent');
    await engine.abort(id);
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { undo: [{ path: 'Child' }] } });
    broken.is = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect(undone).toEqual(['Work']);
  });
});

import { defineWorkflow, list, startChild, step, type Workflow } from 'stepwright';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import type { ProcessFilter, ProcessRow } from '../../../src/ports/process-store.js';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { onEachStore, type World } from '../support.js';
import { Notes } from '../undo/notes.js';
import { asking, childrenOf, idle, parent, startAndSettle } from './family.js';

/** A grandparent, its child, and that one's child, which asks a person. */
const generations = [parent('middle', { name: 'top' }), parent('asking', { name: 'middle' }), asking];

/** The statuses of a process, its child and its grandchild. */
async function statuses(world: World, id: string): Promise<readonly (string | undefined)[]> {
  const [child] = await childrenOf(world, id);
  const [grandchild] = child ? await childrenOf(world, child.id) : [];
  return [(await world.store.process(id))?.status, child?.status, grandchild?.status];
}

onEachStore('An abort of a parent', (world) => {
  it('ends its children and theirs, and tells their running steps', async () => {
    const [running, told] = [signal(), signal()];
    const deep = step('Deep')(async (ctx: { signal: AbortSignal }) => {
      ctx.signal.addEventListener('abort', () => told.give());
      running.give();
      await told.given;
    });
    const family = [parent('middle', { name: 'top' }), parent('deep', { name: 'middle' }), defineWorkflow('deep', {}, deep)];
    const engine = world().engine(family);
    const { id } = await engine.start('top');
    await running.given;
    await engine.abort(id, { reason: 'enough' });
    await told.given;
    expect(await statuses(world(), id)).toEqual(['aborted', 'aborted', 'aborted']);
    const [child] = await childrenOf(world(), id);
    expect(child?.failure).toMatchObject({ code: 'aborted', message: `its parent ${id} was ended` });
    await engine.settled(id);
  });

  it.each([true, false])('reaches its children after a crash right behind it (stored: %s)', async (stored) => {
    for (let at = 1; at < 40; at++) {
      const first = world().engine(generations);
      const id = await startAndSettle(first, 'top');
      await first.close();
      expect(await statuses(world(), id)).toEqual(['waiting', 'waiting', 'suspended']);
      const { engine, died } = world().mortal(generations, { at, stored });
      const whole = await Promise.race([engine.abort(id).then(() => true), died]);
      const next = world().engine(generations);
      if ((await next.get(id)).status === 'waiting') await next.abort(id);
      await next.tick();
      expect(await statuses(world(), id), `cut ${at}`).toEqual(['aborted', 'aborted', 'aborted']);
      await next.close();
      if (whole) return;
    }
    throw new Error('an abort takes too many writes');
  });

  it('leaves a child alone that has ended', async () => {
    const workflow = defineWorkflow(
      'parent',
      {},
      list(startChild('One', { workflow: idle, resultKey: 'one' }), startChild('Two', { workflow: asking, resultKey: 'two' })),
    );
    const engine = world().engine([workflow, idle, asking]);
    const id = await startAndSettle(engine, 'parent');
    await engine.abort(id);
    expect((await childrenOf(world(), id)).map(({ status }) => status)).toEqual(['completed', 'aborted']);
  });
});

onEachStore('Workflows that start one another in a circle', (world) => {
  it.each([
    [[parent('a', { name: 'a' })], 'a → a'],
    [[parent('b', { name: 'a' }), parent('a', { name: 'b' })], 'a → b → a'],
    [[parent('b', { name: 'a' }), parent('c', { name: 'b' }), parent('b', { name: 'c' })], 'b → c → b'],
  ] as const)('are refused when an engine is made (%#)', (workflows, circle) => {
    expect(() => world().engine(workflows)).toThrow(
      expect.objectContaining({ code: 'definition', message: expect.stringContaining(`${circle}.`) }),
    );
  });

  it('may start one workflow twice', () => {
    expect(() => world().engine([parent('idle', { name: 'a' }), parent('idle', { name: 'b' }), idle])).not.toThrow();
  });

  it('are refused when a step is performed, where no engine knows the whole circle', async () => {
    const harmless = (name: string): Workflow => defineWorkflow(name, {}, asking.body);
    const back = defineWorkflow('b', {}, list(asking.body, startChild('Child', { workflow: 'a' })));
    const here = world().engine([parent('b', { name: 'a' }), harmless('b')]);
    const id = await startAndSettle(here, 'a');
    const [child] = await childrenOf(world(), id);
    await here.close();
    const there = world().engine([back, harmless('a')]);
    await there.resume(child!.id, { approved: true });
    expect(await there.settled(child!.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'child_cycle', message: expect.stringContaining('a → b → a'), retryable: false },
    });
    expect(await childrenOf(world(), child!.id)).toEqual([]);
  });
});

onEachStore('Taking back a parent', (world) => {
  /** A parent that waits for a child, which has done a step and asks a person. */
  async function waiting(notes: Notes, undo?: () => unknown) {
    const child = defineWorkflow('child', {}, list(notes.step('Of child', undefined, undo), asking.body));
    const workflow = defineWorkflow('parent', {}, list(notes.step('Before'), startChild('Child', { workflow: child })));
    const engine: Engine = world().engine([workflow, child]);
    const id = await startAndSettle(engine, 'parent');
    const [{ id: childId } = { id: '' }] = await childrenOf(world(), id);
    return { engine, id, childId, family: [workflow, child] };
  }

  it('takes its child back first, and waits for it', async () => {
    const notes = new Notes();
    const [undoing, end] = [signal(), signal()];
    const { engine, id, childId } = await waiting(notes, async () => {
      undoing.give();
      await end.given;
    });
    await engine.abort(id, { undo: true });
    await undoing.given;
    await world().clock.advance(1);
    expect(await engine.get(id)).toMatchObject({ status: 'undoing', waits: [{ path: 'Child#undo', kind: 'child', child: childId }] });
    expect(await engine.get(childId)).toMatchObject({ status: 'undoing', failure: { message: `its parent ${id} is taken back` } });
    expect(await engine.tick()).toEqual([]);
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', waits: [] });
    expect(await engine.get(childId)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Of child', 'Before']);
  });

  it('goes on in another engine when the child has been taken back there', async () => {
    const notes = new Notes();
    const { engine, id, family } = await waiting(notes);
    await engine.close();
    const next = world().engine(family);
    await next.abort(id, { undo: true });
    expect(await next.settled(id)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Of child', 'Before']);
  });

  it('tells what is left of a child, and takes that back when it is retried', async () => {
    const notes = new Notes();
    let stuck = true;
    const { engine, id, childId } = await waiting(notes, () => {
      if (stuck) throw new Error('stuck');
    });
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'aborted', undo: [{ path: 'Child', failure: { undo: [{ path: 'Of child', failure: { message: 'stuck' } }] } }] },
    });
    expect(await engine.get(childId)).toMatchObject({ status: 'failed' });
    expect(notes.undone).toEqual(['Of child', 'Before']);
    stuck = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect(await engine.get(childId)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Of child', 'Before', 'Of child']);
  });

  it('leaves a child alone that has completed, and takes back one that nobody waits for', async () => {
    const notes = new Notes();
    const done = defineWorkflow('done', {}, notes.step('Of done'));
    const asked = defineWorkflow('asked', {}, list(notes.step('Of asked'), asking.body));
    const body = list(
      startChild('Done', { workflow: done, resultKey: 'one' }),
      startChild('Asked', { workflow: asked, wait: false, resultKey: 'two' }),
      step('Stop')(() => {
        throw new Error('broken');
      }),
    );
    const engine = world().engine([defineWorkflow('parent', {}, body), done, asked]);
    const id = await startAndSettle(engine, 'parent');
    const [, second] = await childrenOf(world(), id);
    await engine.settled(second!.id);
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', failure: { message: 'broken' } });
    expect((await childrenOf(world(), id)).map(({ status }) => status)).toEqual(['completed', 'undone']);
    expect(notes.undone).toEqual(['Of asked']);
  });

  it('leaves a child alone that ends by itself just then', async () => {
    const family = [parent('asking'), asking];
    const other = world().engine(family);
    let isUndoing = false;
    const store = around(world().store, async (method, call, [filter]) => {
      const found = await call();
      if (!isUndoing || method !== 'list' || (filter as ProcessFilter).parent === undefined) return found;
      isUndoing = false;
      const [{ id: child } = { id: '' }] = found as readonly ProcessRow[];
      await other.resume(child, { approved: true });
      await other.settled(child);
      return found;
    });
    const engine = world().engine(family, { store });
    const id = await startAndSettle(engine, 'parent');
    isUndoing = true;
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', waits: [] });
    expect(await childrenOf(world(), id)).toMatchObject([{ status: 'completed' }]);
  });

  it('ends a child that nobody has begun with', async () => {
    const notes = new Notes();
    const child = defineWorkflow('child', {}, notes.step('Of child'));
    const store = around(world().store, async (method, call, [id]) => {
      const isChild = method === 'claim' && (await world().store.process(String(id)))?.workflow === 'child';
      return isChild ? undefined : call();
    });
    const engine = world().engine([parent('child'), child], { store });
    const id = await startAndSettle(engine, 'parent');
    expect((await childrenOf(world(), id)).map(({ status }) => status)).toEqual(['created']);
    await engine.abort(id, { undo: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect((await childrenOf(world(), id)).map(({ status }) => status)).toEqual(['aborted']);
    expect(notes.lines).toEqual([]);
  });
});

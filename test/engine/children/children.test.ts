import { defineWorkflow, list, parallel, startChild, step } from 'stepwright';
import { expect, it } from 'vitest';
import { StepwrightError } from '../../../src/core/error.js';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { onEachStore } from '../support.js';
import { asking, childrenOf, fragile, idle, parent, quick, retrying, sleeping, startAndSettle } from './family.js';

onEachStore('A step that starts a child process', (world) => {
  it('gives it its input, waits for its end, and gets its id, status and state', async () => {
    const workflow = defineWorkflow(
      'parent',
      {},
      list(
        step('Before')(() => ({ count: 2 })),
        startChild('Child', { workflow: quick, input: (state) => ({ amount: Number(state.count) }) }),
        step('After')((child: { state: { sum: number } }) => ({ total: child.state.sum })),
      ),
    );
    const engine = world().engine([workflow, quick]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    expect(child).toMatchObject({ workflow: 'quick', status: 'completed', parent: { process: id, path: 'Child' } });
    expect(await engine.get(id)).toMatchObject({
      status: 'completed',
      state: { count: 2, child: { id: child!.id, status: 'completed', state: { amount: 2, sum: 3 } }, total: 3 },
    });
  });

  it('goes on at once where it is told not to wait', async () => {
    const engine = world().engine([parent('asking', { wait: false }), asking]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { got: { id: child!.id }, after: 1 } });
    expect(await engine.settled(child!.id)).toMatchObject({ status: 'suspended' });
    await engine.resume(child!.id, { approved: true });
    expect(await engine.settled(child!.id)).toMatchObject({ status: 'completed' });
  });

  it('waits while the child asks somebody, and says for whom it waits', async () => {
    const engine = world().engine([parent('asking'), asking]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    const reason = `the child process ${child!.id} (asking) is to end`;
    expect(await engine.get(id)).toMatchObject({ status: 'waiting', waits: [{ path: 'Child', kind: 'child', child: child!.id, reason }] });
    expect(await engine.tick()).toEqual([]);
    await engine.resume(child!.id, { approved: true });
    expect(await engine.settled(child!.id)).toMatchObject({ status: 'completed' });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [], state: { got: { state: { approved: true } } } });
  });

  it.each([
    [sleeping, '1h', 1],
    [retrying, '1m', 2],
  ] as const)('waits while the child waits (%#)', async (workflow, time, times) => {
    const engine = world().engine([parent(workflow.name), workflow]);
    const id = await startAndSettle(engine, 'parent');
    for (let turn = 0; turn < times; turn++) {
      expect(await engine.get(id)).toMatchObject({ status: 'waiting' });
      await world().clock.advance(time);
      await engine.tick();
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(await childrenOf(world(), id)).toHaveLength(1);
  });

  it('goes on when the child ends in another engine, at the next tick', async () => {
    const family = [parent('asking'), asking];
    const [here, there] = [world().engine(family), world().engine([asking])];
    const id = await startAndSettle(here, 'parent');
    const [child] = await childrenOf(world(), id);
    await there.resume(child!.id, { approved: true });
    await there.settled(child!.id);
    expect(await here.get(id)).toMatchObject({ status: 'waiting' });
    expect(await here.tick()).toContain(id);
    expect(await here.get(id)).toMatchObject({ status: 'completed' });
  });

  it('goes on after a restart', async () => {
    const family = [parent('asking'), asking];
    const first = world().engine(family);
    const id = await startAndSettle(first, 'parent');
    const [child] = await childrenOf(world(), id);
    await first.close();
    const only = world().engine([asking]);
    await only.resume(child!.id, { approved: true });
    await only.settled(child!.id);
    await only.close();
    const next = world().engine(family);
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'completed' });
  });

  it('waits for children side by side, each by itself, while a sibling still runs', async () => {
    const [running, end] = [signal(), signal()];
    const long = step('Long')(async () => {
      running.give();
      await end.given;
    });
    const body = parallel({
      a: list(startChild('Child', { workflow: asking, resultKey: 'a' }), startChild('Next', { workflow: idle, resultKey: 'next' })),
      long,
    });
    const engine = world().engine([defineWorkflow('parent', {}, body), asking, idle]);
    const { id } = await engine.start('parent');
    await running.given;
    await world().clock.advance(1);
    const [child] = await childrenOf(world(), id);
    await engine.resume(child!.id, { approved: true });
    await engine.settled(child!.id);
    await world().clock.advance(1);
    await engine.tick(child!.id);
    await world().clock.advance(1);
    expect((await childrenOf(world(), id)).map(({ workflow, status }) => `${workflow} ${status}`)).toEqual([
      'asking completed',
      'idle completed',
    ]);
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { next: { status: 'completed' } } });
  });

  it('fails where the child can not be started, and is performed anew by a retry', async () => {
    const engine = world().engine([parent('nothing')]);
    const id = await startAndSettle(engine, 'parent');
    expect(await engine.get(id)).toMatchObject({ status: 'failed', failure: { code: 'unknown_workflow' } });
    await engine.close();
    const next = world().engine([
      parent('nothing'),
      defineWorkflow(
        'nothing',
        {},
        step('A')(() => ({ a: 1 })),
      ),
    ]);
    await next.retry(id);
    expect(await next.settled(id)).toMatchObject({ status: 'completed' });
  });

  it('fails where the child refuses its input', async () => {
    const engine = world().engine([parent('quick'), quick]);
    const id = await startAndSettle(engine, 'parent');
    expect(await engine.get(id)).toMatchObject({ status: 'failed', failure: { code: 'input_refused' } });
    expect(await childrenOf(world(), id)).toEqual([]);
  });
});

onEachStore('A child process that fails', (world) => {
  it('fails the step of its parent, with its id and its failure', async () => {
    const { workflow } = fragile();
    const engine = world().engine([parent('fragile'), workflow]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    expect(await engine.get(id)).toMatchObject({
      status: 'failed',
      waits: [],
      failure: {
        code: 'child_failed',
        details: { process: child!.id, status: 'failed' },
        message: `The child process ${child!.id} (fragile) is failed: broken at 1.`,
        cause: { message: 'broken at 1' },
        retryable: true,
      },
    });
  });

  it('is retried with its parent', async () => {
    const { state, workflow } = fragile();
    const engine = world().engine([parent('fragile'), workflow]);
    const id = await startAndSettle(engine, 'parent');
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { cause: { message: 'broken at 2' } } });
    state.broken = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({
      status: 'completed',
      state: { got: { status: 'completed', state: { worked: true } } },
    });
    expect(await childrenOf(world(), id)).toHaveLength(1);
    expect(state.performed).toBe(3);
  });

  it('can be retried by hand first, and then its parent', async () => {
    const { state, workflow } = fragile();
    const engine = world().engine([parent('fragile'), workflow]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    state.broken = false;
    await engine.retry(child!.id);
    await engine.settled(child!.id);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed' });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(state.performed).toBe(2);
  });

  it('is started anew where it was aborted, and only then', async () => {
    const engine = world().engine([parent('asking'), asking]);
    const id = await startAndSettle(engine, 'parent');
    const [child] = await childrenOf(world(), id);
    await engine.abort(child!.id, { reason: 'wrong one' });
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'child_failed', details: { process: child!.id, status: 'aborted' } },
    });
    await engine.retry(id);
    await engine.settled(id);
    const [first, second, ...more] = await childrenOf(world(), id);
    expect([first?.status, second?.status, more]).toEqual(['aborted', 'suspended', []]);
    await engine.resume(second!.id, { approved: true });
    await engine.settled(second!.id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { got: { id: second!.id } } });
  });
});

onEachStore('A step that starts a child process while the store can not be used', (world) => {
  it('has not failed, and is performed anew by the next tick', async () => {
    let hiccups = 1;
    const store = around(world().store, async (method, call) => {
      if (method === 'list' && hiccups-- > 0) throw new StepwrightError('store_unavailable', 'the database is locked', { retryable: true });
      return call();
    });
    const engine = world().engine([parent('idle'), idle], { store });
    const { id } = await engine.start('parent');
    await expect(engine.settled(id)).rejects.toMatchObject({ code: 'store_unavailable' });
    await engine.tick();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(await childrenOf(world(), id)).toHaveLength(1);
  });
});

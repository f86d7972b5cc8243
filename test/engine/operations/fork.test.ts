import { step, until } from 'stepwright';
import { expect, it } from 'vitest';
import { TestPort, testPort } from '../../support/models.js';
import { Deeds, form } from '../compositions/deeds.js';
import { onEachStore, opaque } from '../support.js';
import { counting, stoppedOfAnn, yes } from './stopped.js';

onEachStore('A fork', (world) => {
  it('from the middle of a list goes on from there, performs nothing before it again, and leaves the old process alone', async () => {
    const deeds = new Deeds();
    const { engine, id, details } = await stoppedOfAnn(
      world(),
      counting(deeds, 'A'),
      counting(deeds, 'B'),
      counting(deeds, 'C'),
      form('Ask'),
    );
    expect(details).toMatchObject({ status: 'suspended', state: { n: 3 } });
    const before = await world().everything(id);
    await world().clock.advance('1h');
    const fork = await engine.fork(id, { from: 'C', by: 'bob' });
    const forked = await engine.settled(fork);
    expect(forked).toMatchObject({
      status: 'suspended',
      state: { n: 3 },
      forkedFrom: id,
      createdBy: 'bob',
      workflow: 'ops',
      createdAt: world().clock.now(),
    });
    expect(forked).not.toHaveProperty('idempotencyKey');
    expect(deeds.performed).toEqual(['A', 'B', 'C', 'C']);
    expect(forked.records.map(({ path, from }) => [path, from]).sort()).toEqual(
      [
        ['#start', id],
        ['A', id],
        ['B', id],
        ['C', undefined],
        ['Ask', undefined],
      ].sort(),
    );
    expect((await engine.facts(fork))[0]).toMatchObject({ type: 'process_created', data: { workflow: 'ops', forkedFrom: id, from: 'C' } });
    expect(await world().everything(id)).toEqual(before);
    await engine.resume(fork, yes);
    expect(await engine.settled(fork)).toMatchObject({ status: 'completed' });
    expect(await engine.get(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'Ask' }] });
  });

  it('finds the state as it was before its step, with what is changed for it', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stoppedOfAnn(
      world(),
      counting(deeds, 'A'),
      deeds.step('B', { b: 1 }),
      counting(deeds, 'C'),
      deeds.failing('D', 9),
    );
    const plain = await engine.settled(await engine.fork(id, { from: 'B' }));
    expect(plain).toMatchObject({ status: 'failed', state: { n: 2, b: 1 } });
    const changed = await engine.settled(await engine.fork(id, { from: 'C', state: { n: 10, b: undefined, more: true }, by: 'bob' }));
    expect(changed.state).toEqual({ n: 11, more: true });
    expect(changed.records.find(({ path }) => path === '#edit-1')).toMatchObject({
      decision: { before: 'C', reason: 'forked' },
      outcome: { changes: { set: { n: 10, more: true }, unset: ['b'] } },
      by: 'bob',
    });
    await expect(engine.fork(id, { from: 'C', state: { n: Number.NaN } })).rejects.toMatchObject({ code: 'not_json' });
  });

  it('of a fork, and of a process whose state was edited, has all that came before', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stoppedOfAnn(
      world(),
      counting(deeds, 'A'),
      form('First', 'first'),
      counting(deeds, 'B'),
      form('Second', 'second'),
    );
    await engine.editState(id, { changes: { n: 5 } });
    await engine.resume(id, yes);
    await engine.settled(id);
    await engine.editState(id, { changes: { n: 50 } });
    expect(await engine.settled(await engine.fork(id, { from: 'First' }))).toMatchObject({ status: 'suspended', state: { n: 5 } });
    const one = await engine.fork(id, { from: 'Second', state: { note: 'one' } });
    expect(await engine.settled(one)).toMatchObject({ status: 'suspended', state: { n: 50, first: true, note: 'one' } });
    const two = await engine.fork(one, { from: 'Second', state: { more: 'two' } });
    const details = await engine.settled(two);
    expect(details).toMatchObject({ forkedFrom: one, state: { n: 50, first: true, note: 'one', more: 'two' } });
    expect(details.records.filter(({ path }) => path.startsWith('#edit-')).map(({ path }) => path)).toEqual([
      '#edit-1',
      '#edit-2',
      '#edit-3',
      '#edit-4',
    ]);
    expect(details.records.find(({ path }) => path === 'A')).toMatchObject({ from: id });
    const three = await engine.settled(await engine.fork(two, { from: 'B' }));
    expect(three).toMatchObject({ status: 'suspended', state: { n: 6, first: true } });
    await engine.resume(two, yes);
    expect(await engine.settled(two)).toMatchObject({ status: 'completed' });
  });

  it('works on the same subscriptions', async () => {
    const port = step('Construct')(() => opaque({ port: testPort('ams', { subscriptionId: 'p-1' }) }));
    const save = step('Activate', { params: { port: TestPort } })((port: TestPort) => ({ port: Object.assign(port, { speed: 7 }) }));
    const { engine, id } = await stoppedOfAnn(world(), port, form('Ask'), save);
    const fork = await engine.fork(id, { from: 'Ask' });
    await engine.settled(fork);
    expect(await world().store.links(fork)).toEqual([{ subscription: 'p-1', model: 'TestPort' }]);
    expect((await engine.list({ subscription: 'p-1' })).map((row) => row.id).sort()).toEqual([id, fork].sort());
    await engine.resume(fork, yes);
    expect(await engine.settled(fork)).toMatchObject({ status: 'completed' });
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ speed: 7, version: 2 }]);
  });

  it('from where the process never came is refused, with what may be meant', async () => {
    const deeds = new Deeds();
    const loop = until((state) => state.n === 2, counting(deeds), { name: 'Loop' });
    const { engine, id } = await stoppedOfAnn(world(), deeds.step('Push config'), loop, form('Ask'), deeds.step('Later'));
    const before = await world().everything();
    for (const [from, hint] of [
      ['Push confg', 'Push config'],
      ['Loop#2/Cout', 'Loop#2/Count'],
    ]) {
      const refused = { code: 'wrong_use', message: expect.stringMatching(`never came to a step at "${from}".*Did you mean "${hint}"`) };
      await expect(engine.fork(id, { from: from! })).rejects.toMatchObject(refused);
    }
    const composition = { code: 'wrong_use', message: '"Loop" holds several steps; name the one to go on from, such as "Loop#1/Count".' };
    await expect(engine.fork(id, { from: 'Loop' })).rejects.toMatchObject(composition);
    for (const from of ['Later', 'Loop#3/Count', '', '#start']) {
      await expect(engine.fork(id, { from })).rejects.toMatchObject({ code: 'wrong_use' });
    }
    await expect(engine.fork('p-9', { from: 'Ask' })).rejects.toMatchObject({ code: 'unknown_process' });
    expect(await world().everything()).toEqual(before);
  });

  it.each(['completed', 'aborted', 'undone', 'failed'])('may continue a process that is %s', async (status) => {
    const deeds = new Deeds();
    const { engine, id } = await stoppedOfAnn(
      world(),
      deeds.step('A', { a: 1 }),
      form('Ask'),
      deeds.failing('B', status === 'failed' ? 1 : 0),
    );
    if (status === 'aborted' || status === 'undone') await engine.abort(id, { undo: status === 'undone' });
    else await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status });
    const fork = await engine.fork(id, { from: 'Ask' });
    const forked = await engine.settled(fork);
    expect(forked).toMatchObject({ status: 'suspended', waits: [{ path: 'Ask' }], state: { a: 1 } });
    expect(forked).not.toHaveProperty('failure');
    expect(forked).not.toHaveProperty('endedAt');
  });
});

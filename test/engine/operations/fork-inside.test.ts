import { choose, conditional, forEach, graph, list, parallel, recover, type State, until, withLock } from 'stepwright';
import { expect, it } from 'vitest';
import { Deeds, form } from '../compositions/deeds.js';
import { onEachStore } from '../support.js';
import { counting, stoppedOfAnn, yes } from './stopped.js';

onEachStore('A fork that begins in a composition', (world) => {
  it('inside a branch takes what siblings have done, and not what stands there', async () => {
    const deeds = new Deeds();
    const branch = (name: string) =>
      list(counting(deeds, 'Count'), deeds.failing('Fail', name === 'b' ? 9 : 0), deeds.step(`End ${name}`, { [name]: 1 }));
    const body = parallel({ a: branch('a'), b: branch('b'), c: list(deeds.step('Before'), form('Ask')) });
    const { engine, id } = await stoppedOfAnn(world(), deeds.step('Begin', { n: 1 }), body);
    deeds.performed.splice(0);
    const fork = await engine.fork(id, { from: 'parallel/a/End a', state: { x: 1 } });
    const forked = await engine.settled(fork);
    expect(forked).toMatchObject({ status: 'failed', waits: [{ path: 'parallel/c/Ask', attempt: 1 }] });
    expect(deeds.performed.sort()).toEqual(['parallel/a/End a', 'parallel/b/Fail']);
    await engine.skip(fork, 'parallel/b/Fail');
    await engine.settled(fork);
    await engine.resume(fork, yes);
    expect(await engine.settled(fork)).toMatchObject({ status: 'completed', state: { n: 2, a: 1, b: 1, x: 1, approved: true } });
  });

  it('before a composition that has ended does all of it again, and behind it nothing', async () => {
    const deeds = new Deeds();
    const body = parallel({ a: counting(deeds), b: deeds.step('B', { b: 1 }) });
    const { engine, id } = await stoppedOfAnn(world(), deeds.step('Begin', { n: 1 }), body, deeds.step('After'), form('Ask'));
    deeds.performed.splice(0);
    expect(await engine.settled(await engine.fork(id, { from: 'After' }))).toMatchObject({ status: 'suspended', state: { n: 2, b: 1 } });
    expect(deeds.performed.splice(0)).toEqual(['After']);
    expect(await engine.settled(await engine.fork(id, { from: 'parallel/a/Count' }))).toMatchObject({ state: { n: 2, b: 1 } });
    expect(deeds.performed.splice(0)).toEqual(['parallel/a/Count', 'After']);
    expect(await engine.settled(await engine.fork(id, { from: 'Begin' }))).toMatchObject({ state: { n: 2, b: 1 } });
    expect(deeds.performed).toEqual(['Begin', 'parallel/a/Count', 'parallel/b/B', 'After']);
  });

  it('inside an item keeps the items, and what the others have done', async () => {
    const deeds = new Deeds();
    let items = ['a', 'b', 'c'];
    const body = list(
      deeds.step('One', (state) => ({ one: (state as State).item! })),
      deeds.step('Two', (state) => ({ two: `${(state as State).one}!` })),
    );
    const { engine, id, details } = await stoppedOfAnn(
      world(),
      forEach(() => items, body, { name: 'Items', collect: 'two' }),
      form('Ask'),
    );
    expect(details.state).toEqual({ two: ['a!', 'b!', 'c!'] });
    items = ['z'];
    deeds.performed.splice(0);
    const forked = await engine.settled(await engine.fork(id, { from: 'Items[1]/Two', state: { one: 'x' } }));
    expect(forked.state).toEqual({ two: ['a!', 'x!', 'c!'] });
    expect(deeds.performed).toEqual(['Items[1]/Two']);
  });

  it('in the third of seven loops goes through that and the rest again', async () => {
    const deeds = new Deeds();
    const body = list(counting(deeds), deeds.step('Look'));
    const { engine, id, details } = await stoppedOfAnn(
      world(),
      until((state) => state.n === 7, body, { name: 'Loop', maxLoops: 9 }),
      deeds.step('After'),
      form('Ask'),
    );
    expect(details.state).toEqual({ n: 7 });
    deeds.performed.splice(0);
    const fork = await engine.fork(id, { from: 'Loop#3/Look' });
    expect(await engine.settled(fork)).toMatchObject({ status: 'suspended', state: { n: 7 } });
    const rest = [4, 5, 6, 7].flatMap((loop) => [`Loop#${loop}/Count`, `Loop#${loop}/Look`]);
    expect(deeds.performed.splice(0)).toEqual(['Loop#3/Look', ...rest, 'After']);
    expect((await world().store.liveRecords(fork)).map(({ path }) => path).sort()).toEqual(['#start', 'After', 'Ask', 'Loop']);
    const jump = await engine.fork(id, { from: 'Loop#3/Count', state: { n: 6 } });
    expect(await engine.settled(jump)).toMatchObject({ state: { n: 7 } });
    expect(deeds.performed).toEqual(['Loop#3/Count', 'Loop#3/Look', 'After']);
  });

  it('in the handler of a recover takes the failure along, and performs the body not again', async () => {
    const deeds = new Deeds();
    const why = deeds.step('Why', (state) => ({ why: ((state as State).failure as { message: string }).message }));
    const body = list(deeds.step('Try', { tried: true }), deeds.failing('Fail', 9));
    const { engine, id } = await stoppedOfAnn(world(), recover(body, list(deeds.step('Handle'), why)), form('Ask'));
    deeds.performed.splice(0);
    for (const [from, performed] of [
      ['recover[handler]/Handle', ['recover[handler]/Handle', 'recover[handler]/Why']],
      ['recover[handler]/Why', ['recover[handler]/Why']],
    ] as const) {
      expect(await engine.settled(await engine.fork(id, { from }))).toMatchObject({
        status: 'suspended',
        state: { tried: true, why: 'Fail breaks' },
      });
      expect(deeds.performed.splice(0)).toEqual(performed);
    }
    await engine.settled(await engine.fork(id, { from: 'recover/Fail' }));
    expect(deeds.performed).toEqual(['recover/Fail', 'recover[handler]/Handle', 'recover[handler]/Why']);
  });

  it('inside of what was decided keeps the decision', async () => {
    const deeds = new Deeds();
    let value = 'a';
    let holds = true;
    const chosen = choose(
      () => value,
      [
        { value: 'a', node: list(deeds.step('One'), deeds.step('Two')) },
        { value: 'b', node: deeds.step('Other') },
      ],
    );
    const asked = conditional(() => holds, 'If')(list(deeds.step('Three'), deeds.step('Four')));
    const { engine, id } = await stoppedOfAnn(world(), chosen, asked, form('Ask'));
    [value, holds] = ['b', false];
    deeds.performed.splice(0);
    await engine.settled(await engine.fork(id, { from: 'choose[a]/Two' }));
    expect(deeds.performed.splice(0)).toEqual(['choose[a]/Two']);
    await engine.settled(await engine.fork(id, { from: 'If/Four' }));
    expect(deeds.performed).toEqual(['If/Four']);
  });

  it('inside a graph does the tasks behind its step again', async () => {
    const deeds = new Deeds();
    const tasks = graph({
      a: list(deeds.step('A1'), deeds.step('A2')),
      b: { run: deeds.step('B'), after: ['a'] },
      c: deeds.step('C'),
      d: { run: deeds.step('D'), after: ['c'] },
    });
    const { engine, id } = await stoppedOfAnn(world(), tasks, form('Ask'));
    deeds.performed.splice(0);
    expect(await engine.settled(await engine.fork(id, { from: 'graph/a/A2' }))).toMatchObject({ status: 'suspended' });
    expect(deeds.performed).toEqual(['graph/a/A2', 'graph/b/B']);
  });

  it('inside a lock asks for the lock anew, and finds the state', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stoppedOfAnn(
      world(),
      withLock(['r-1'], list(counting(deeds, 'A'), form('Ask'), counting(deeds, 'B')), { name: 'Lock' }),
    );
    const fork = await engine.fork(id, { from: 'Lock/Ask', state: { n: 5 } });
    expect(await engine.settled(fork)).toMatchObject({ status: 'waiting', waits: [{ kind: 'lock' }] });
    await engine.resume(id, yes);
    await engine.settled(id);
    expect(await engine.settled(fork)).toMatchObject({ status: 'suspended', waits: [{ path: 'Lock/Ask' }] });
    await engine.resume(fork, yes);
    expect(await engine.settled(fork)).toMatchObject({ status: 'completed', state: { n: 6 } });
    expect(await world().store.lockRequests()).toEqual([]);
  });
});

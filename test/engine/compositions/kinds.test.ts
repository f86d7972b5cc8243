import {
  choose,
  conditional,
  defineWorkflow,
  forEach,
  graph,
  list,
  type Node,
  parallel,
  recover,
  type StepContext,
  step,
  until,
} from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore, opaque, type World } from '../support.js';
import { Deeds, form } from './deeds.js';

async function started(world: World, ...nodes: Node[]) {
  const engine = world.engine([defineWorkflow('kinds', {}, list(...nodes))]);
  const { id } = await engine.start('kinds');
  return { engine, id };
}

const yes = { approved: true };

onEachStore('Items', (world) => {
  it('in progress hold their place while they are suspended', async () => {
    const deeds = new Deeds();
    const item = list(deeds.step('Begin'), form('Ask'), deeds.step('End'));
    const { engine, id } = await started(
      world(),
      forEach(() => ['a', 'b', 'c', 'd'], item, { name: 'Items', concurrency: 2, collect: 'approved' }),
    );
    const open = async () => (await engine.settled(id)).waits.map(({ path }) => path);
    expect(await open()).toEqual(['Items[0]/Ask', 'Items[1]/Ask']);
    expect(deeds.performed).toEqual(['Items[0]/Begin', 'Items[1]/Begin']);
    await engine.resume(id, yes, { form: 'Items[1]/Ask' });
    expect(await open()).toEqual(['Items[0]/Ask', 'Items[2]/Ask']);
    await engine.resume(id, yes, { form: 'Items[2]/Ask' });
    expect(await open()).toEqual(['Items[0]/Ask', 'Items[3]/Ask']);
    for (const path of ['Items[0]/Ask', 'Items[3]/Ask']) {
      await engine.settled(id);
      await engine.resume(id, yes, { form: path });
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { approved: [true, true, true, true] } });
    expect(new Set(deeds.performed).size).toBe(deeds.performed.length);
    expect(deeds.performed).toHaveLength(8);
  });

  it('that a function gives are recorded once, and a change of the code renumbers nothing', async () => {
    const deeds = new Deeds();
    const workflow = (items: readonly string[]) =>
      defineWorkflow(
        'kinds',
        {},
        forEach(
          () => items,
          list(
            form('Ask'),
            deeds.step('Use', (state) => ({ used: (state as { item: string }).item })),
          ),
          { name: 'Items', collect: 'used' },
        ),
      );
    const { id } = await world()
      .engine([workflow(['a', 'b'])])
      .start('kinds');
    await world().clock.advance(1);
    const changed = world().engine([workflow(['z', 'y', 'x'])]);
    for (let item = 0; item < 2; item++) {
      await changed.tick();
      await changed.settled(id);
      await changed.resume(id, yes);
    }
    const done = await changed.settled(id);
    expect(done).toMatchObject({ status: 'completed', state: { used: ['a', 'b'] } });
    expect(done.records.find(({ path }) => path === 'Items#items')).toMatchObject({ decision: ['a', 'b'] });
  });

  it('of a map are found by key, and what cannot be items fails by name and is asked anew by a retry', async () => {
    const deeds = new Deeds();
    const { engine, id } = await started(
      world(),
      deeds.step('Ports', { ports: { 'ge-0/0/1': 1, 'xe 2': 2 } }),
      forEach('ports', deeds.step('Enable'), { name: 'P', keyAs: 'port', as: 'n' }),
    );
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed.slice(1)).toEqual(['P[ge-0%2F0%2F1]/Enable', 'P[xe%202]/Enable']);
    const wrong = world().engine([defineWorkflow('wrong', {}, forEach('none', deeds.step('Enable')))]);
    const { id: other } = await wrong.start('wrong');
    expect(await wrong.settled(other)).toMatchObject({ status: 'failed', failure: { code: 'bad_items' } });
    await wrong.retry(other);
    expect(await wrong.settled(other)).toMatchObject({ status: 'failed', failure: { code: 'bad_items' } });
  });
});

onEachStore('Loops', (world) => {
  it('of any number leave few records to be read on resume, and keep all of them', async () => {
    const deeds = new Deeds();
    const count = deeds.step('Count', (state) => ({ n: ((state as { n?: number }).n ?? 0) + 1 }));
    const loop = until((state) => state.n === 60, list(count, deeds.step('Look')), { name: 'Loop' });
    const { engine, id } = await started(world(), loop, form('Ask'));
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', state: { n: 60 } });
    expect((await world().store.liveRecords(id)).map(({ path }) => path)).toEqual(['#start', 'Loop', 'Ask']);
    expect(await world().store.records(id)).toHaveLength(60 * 2 + 3);
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { n: 60 } });
    expect(deeds.performed).toHaveLength(120);
  });

  it('are not many to read in the middle either', async () => {
    const deeds = new Deeds();
    const count = deeds.step('Count', (state) => ({ n: ((state as { n?: number }).n ?? 0) + 1 }));
    const pause = conditional((state) => state.n === 40)(form('Ask'));
    const { engine, id } = await started(
      world(),
      until((state) => state.n === 41, list(count, pause), { name: 'Loop' }),
    );
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended' });
    expect((await world().store.liveRecords(id)).length).toBeLessThan(8);
    const next = world().engine([
      defineWorkflow('kinds', {}, list(until((state) => state.n === 41, list(count, pause), { name: 'Loop' }))),
    ]);
    await next.resume(id, yes);
    expect(await next.settled(id)).toMatchObject({ status: 'completed', state: { n: 41, approved: true } });
    expect(deeds.performed.slice(-2)).toEqual(['Loop#40/Count', 'Loop#41/Count']);
    expect(deeds.performed).toHaveLength(41);
  });

  it('end at their number, and a retry gives as many again', async () => {
    const deeds = new Deeds();
    const count = deeds.step('Count', (state) => ({ n: ((state as { n?: number }).n ?? 0) + 1 }));
    const { engine, id } = await started(
      world(),
      until((state) => state.n === 5, count, { maxLoops: 2 }),
    );
    for (const n of [2, 4]) {
      expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'max_loops' }, state: { n } });
      await engine.retry(id);
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { n: 5 } });
    expect(deeds.performed).toEqual([1, 2, 3, 4, 5].map((loop) => `until#${loop}/Count`));
  });
});

onEachStore('A choice', (world) => {
  it('is recorded before its step starts, and holds when state and code say otherwise later', async () => {
    const deeds = new Deeds();
    const define = (value: (state: object) => string) =>
      defineWorkflow(
        'kinds',
        {},
        choose(value, [
          { value: 'a', node: list(form('Ask'), deeds.step('A')) },
          { value: 'b', node: deeds.step('B') },
        ]),
      );
    const { id } = await world()
      .engine([define(() => 'a')])
      .start('kinds');
    await world().clock.advance(1);
    const changed = world().engine([define(() => 'b')]);
    await changed.resume(id, yes);
    expect(await changed.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toEqual(['choose[a]/A']);
    expect((await world().store.records(id)).find(({ path }) => path === 'choose')).toMatchObject({ decision: 'a' });
  });

  it('without a case fails, and is made anew by a retry', async () => {
    const deeds = new Deeds();
    let value = 'c';
    const { engine, id } = await started(
      world(),
      choose(() => value, [{ value: 'a', node: deeds.step('A') }]),
    );
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'no_case' } });
    value = 'a';
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });
});

onEachStore('A recover', (world) => {
  it('closes what its body waits for when it fails, and nobody can answer that any more', async () => {
    const deeds = new Deeds();
    const body = parallel({ ask: form('Ask'), fails: deeds.failing('Fail', 9) });
    const handler = list(
      deeds.step('Handle', (state) => ({ why: (state as { failure: { message: string } }).failure.message })),
      form('Sure', 'sure'),
    );
    const { engine, id } = await started(world(), recover(body, handler), deeds.step('End'));
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'recover[handler]/Sure' }] });
    await expect(engine.resume(id, yes, { form: 'recover/parallel/ask/Ask@1' })).rejects.toMatchObject({ code: 'wrong_status' });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [], state: { why: 'Fail breaks', sure: true } });
    expect(deeds.performed).toEqual(['recover/parallel/fails/Fail', 'recover[handler]/Handle', 'End']);
  });

  it('whose handler fails tells of both, and a retry performs the handler again and the body never', async () => {
    const deeds = new Deeds();
    const { engine, id } = await started(world(), recover(deeds.failing('Fail', 9), deeds.failing('Handle', 1, { handled: true })));
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { message: 'Handle breaks', cause: { message: 'Fail breaks' } },
    });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { handled: true } });
    expect(deeds.performed).toEqual(['recover/Fail', 'recover[handler]/Handle', 'recover[handler]/Handle']);
  });
});

onEachStore('A graph', (world) => {
  it('starts each task when those before it are done, by their rules, and again after a retry', async () => {
    const deeds = new Deeds();
    const tasks = graph({
      build: deeds.step('Build', { built: true }),
      test: { run: list(form('Ask'), deeds.failing('Test', 1)), after: ['build'] },
      alarm: { run: deeds.step('Alarm'), after: ['test'], rule: 'one_failed' },
      ship: { run: step('Ship')((ctx: StepContext, built: boolean) => opaque({ shipped: built && ctx.path })), after: ['test'] },
    });
    const { engine, id } = await started(world(), tasks, deeds.step('End'));
    await engine.settled(id);
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed' });
    expect(deeds.performed).toEqual(['graph/build/Build', 'graph/test/Test', 'graph/alarm/Alarm']);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { shipped: 'graph/ship/Ship', approved: true } });
    expect(deeds.performed).toEqual(['graph/build/Build', 'graph/test/Test', 'graph/alarm/Alarm', 'graph/test/Test', 'End']);
  });
});

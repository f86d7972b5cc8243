import { defineWorkflow, list, type Node, parallel, retryStep, type StepContext } from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore, type World } from '../support.js';
import { Deeds, form } from './deeds.js';

async function started(world: World, ...nodes: Node[]) {
  const engine = world.engine([defineWorkflow('beside', {}, list(...nodes))]);
  const { id } = await engine.start('beside');
  return { engine, id };
}

const yes = { approved: true };

onEachStore('Branches side by side', (world) => {
  it('each ask, and their forms are answered in any order, by id', async () => {
    const deeds = new Deeds();
    const branch = (name: string) => list(deeds.step('Before'), form('Ask', name), deeds.step('After'));
    const { engine, id } = await started(world(), parallel({ a: branch('a'), b: branch('b'), c: branch('c') }), deeds.step('End'));
    const open = async () => (await engine.settled(id)).waits.map(({ path }) => path);
    expect(await open()).toEqual(['a', 'b', 'c'].map((name) => `parallel/${name}/Ask`));
    await expect(engine.resume(id, yes)).rejects.toMatchObject({
      code: 'wrong_status',
      message: expect.stringContaining('parallel/a/Ask@1, parallel/b/Ask@1, parallel/c/Ask@1'),
    });
    await engine.resume(id, yes, { form: 'parallel/b/Ask@1' });
    expect(await open()).toEqual(['parallel/a/Ask', 'parallel/c/Ask']);
    await expect(engine.resume(id, yes, { form: 'parallel/b/Ask@1' })).rejects.toMatchObject({ code: 'conflict' });
    await engine.resume(id, yes, { form: 'parallel/c/Ask' });
    expect(await open()).toEqual(['parallel/a/Ask']);
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [], state: { a: true, b: true, c: true } });
    const before = ['a', 'b', 'c'].map((name) => `parallel/${name}/Before`);
    const after = ['b', 'c', 'a'].map((name) => `parallel/${name}/After`);
    expect(deeds.performed).toEqual([...before, ...after, 'End']);
    await expect(engine.resume(id, yes, { form: 'parallel/b/Ask@1' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('take answers that come all at once, each from its own engine', async () => {
    const deeds = new Deeds();
    const branches = Object.fromEntries([1, 2, 3, 4].map((n) => [`b${n}`, list(form('Ask', `b${n}`), deeds.step('After'))]));
    const workflow = defineWorkflow('beside', {}, list(parallel(branches), deeds.step('End')));
    const engines = [1, 2, 3, 4].map(() => world().engine([workflow]));
    const { id } = await engines[0]!.start('beside');
    await engines[0]!.settled(id);
    await Promise.all(engines.map((engine, n) => engine.resume(id, yes, { form: `parallel/b${n + 1}/Ask@1` })));
    for (let turn = 0; turn < 3; turn++) for (const engine of engines) await engine.settled(id);
    expect(await engines[0]!.get(id)).toMatchObject({ status: 'completed', state: { b1: true, b2: true, b3: true, b4: true } });
    expect([...deeds.performed].sort()).toEqual(['End', ...[1, 2, 3, 4].map((n) => `parallel/b${n}/After`)]);
  });

  it('go on by an answer while the body of a sibling runs for hours, which is not started again', async () => {
    const deeds = new Deeds();
    const slow = list(deeds.hold('Slow', { slow: 1 }), deeds.step('Last'));
    const { engine, id } = await started(
      world(),
      parallel({ slow, quick: list(form('Ask'), deeds.step('Next'), form('Again', 'again'), deeds.step('Then')) }),
    );
    const held = deeds.at('parallel/slow/Slow');
    await held.begun.given;
    for (const [path, next] of [
      ['Ask', 'Next'],
      ['Again', 'Then'],
    ]) {
      await world().clock.advance('1h');
      expect(await engine.get(id)).toMatchObject({ status: 'running', waits: [{ path: `parallel/quick/${path}` }] });
      await engine.resume(id, yes);
      await world().clock.advance('1h');
      expect(deeds.performed.at(-1)).toBe(`parallel/quick/${next}`);
    }
    expect(await engine.get(id)).toMatchObject({ status: 'running', waits: [] });
    expect(held.signal?.aborted).toBe(false);
    held.end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { slow: 1, approved: true, again: true } });
    expect(deeds.performed).toEqual(['parallel/slow/Slow', 'parallel/quick/Next', 'parallel/quick/Then', 'parallel/slow/Last']);
  });

  it('are tried again by their own timers while another is suspended', async () => {
    let tries = 0;
    const push = retryStep('Push', { every: '10m' })((ctx: StepContext) => {
      tries++;
      if (ctx.attempt < 4) throw new Error('busy');
      return { pushed: ctx.attempt };
    });
    const { engine, id } = await started(world(), parallel({ push, ask: form('Ask') }));
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    for (let turn = 2; turn <= 4; turn++) {
      await world().clock.advance('10m');
      expect(await engine.tick()).toEqual([id]);
      expect(tries).toBe(turn);
    }
    expect(await engine.get(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'parallel/ask/Ask' }] });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { pushed: 4, approved: true } });
    expect(tries).toBe(4);
  });

  it('have the worst of their statuses together', async () => {
    const deeds = new Deeds();
    const waiting = retryStep('Wait', { every: '10m' })((ctx: StepContext) => {
      if (ctx.attempt === 1) throw new Error('busy');
    });
    const fails = deeds.failing('Fail', 1);
    const { engine, id } = await started(world(), parallel({ ask: form('Ask'), waiting, fails, done: deeds.step('Done') }));
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({ status: 'failed', failure: { message: 'Fail breaks' } });
    expect(failed.waits.map(({ kind }) => kind).sort()).toEqual(['form', 'timer']);
    await engine.retry(id, { path: 'parallel/fails/Fail' });
    const waits = await engine.settled(id);
    expect(waits).toMatchObject({ status: 'waiting' });
    expect(waits).not.toHaveProperty('failure');
    await world().clock.advance('10m');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'suspended' });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect([deeds.count('parallel/fails/Fail'), deeds.count('parallel/done/Done')]).toEqual([2, 1]);
  });

  it('that are not done keep their answers and timers when one has failed for good', async () => {
    const deeds = new Deeds();
    const { engine, id } = await started(
      world(),
      parallel({ fails: deeds.failing('Fail', 1), ask: list(form('Ask'), deeds.step('After')) }),
    );
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [{ path: 'parallel/ask/Ask' }] });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [], failure: { message: 'Fail breaks' } });
    expect(deeds.performed).toEqual(['parallel/fails/Fail', 'parallel/ask/After']);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { approved: true } });
  });

  it('work on no more at once than is said, and make room while they wait', async () => {
    const deeds = new Deeds();
    const branches = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, deeds.hold(name)]));
    const { engine, id } = await started(world(), parallel({ ask: form('Ask'), ...branches }, { maxWorkers: 2 }));
    const running = () => deeds.performed.map((path) => path.split('/').at(-1));
    await deeds.at('parallel/b/b').begun.given;
    expect(running()).toEqual(['a', 'b']);
    deeds.at('parallel/b/b').end.give();
    await deeds.at('parallel/c/c').begun.given;
    expect(running()).toEqual(['a', 'b', 'c']);
    deeds.at('parallel/a/a').end.give();
    deeds.at('parallel/c/c').end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended' });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });
});

onEachStore('Branches that set one key', (world) => {
  it('to different values fail by name, and a retry merges anew with nothing performed twice', async () => {
    const deeds = new Deeds();
    const branches = { a: deeds.step('A', { n: 1, same: 1 }), b: deeds.step('B', { n: 2, same: 1 }) };
    const { engine, id } = await started(world(), deeds.step('Begin', { n: 0 }), parallel(branches), deeds.step('End'));
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'state_conflict', details: { key: 'n', branches: ['a', 'b'] } },
    });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'state_conflict' } });
    const merge = (_key: string, values: readonly unknown[]) => values.reduce((sum: number, one) => sum + Number(one), 0);
    const better = defineWorkflow('beside', {}, list(deeds.step('Begin'), parallel(branches, { merge }), deeds.step('End')));
    const next = world().engine([better]);
    await next.retry(id);
    expect(await next.settled(id)).toMatchObject({ status: 'completed', state: { n: 3, same: 1 } });
    expect(deeds.performed).toEqual(
      ['Begin', 'parallel/A', 'parallel/B', 'End'].map((path) =>
        path.replace(/parallel\/([AB])/, (_, one: string) => `parallel/${one.toLowerCase()}/${one}`),
      ),
    );
  });

  it('are merged in declared order, whatever the timing', async () => {
    const deeds = new Deeds();
    const merge = (_key: string, values: readonly unknown[]) => values.join(' ');
    const body = parallel(
      { a: deeds.hold('A', { n: 'a' }), b: deeds.step('B', { n: 'b' }), c: list(form('Ask'), deeds.step('C', { n: 'c' })) },
      { merge },
    );
    const { engine, id } = await started(world(), body);
    await deeds.at('parallel/a/A').begun.given;
    await world().clock.advance(1);
    await engine.resume(id, yes);
    await world().clock.advance(1);
    deeds.at('parallel/a/A').end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { n: 'a b c' } });
  });
});

import {
  callbackStep,
  defineWorkflow,
  forEach,
  graph,
  list,
  type Node,
  parallel,
  recover,
  type StepContext,
  step,
  withLock,
} from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore, type World } from '../support.js';
import { Deeds, form } from './deeds.js';

async function started(world: World, body: Node) {
  const engine = world.engine([defineWorkflow('fast', {}, body)]);
  const { id } = await engine.start('fast');
  return { engine, id };
}

const yes = { approved: true };
const FAST = { failFast: true };

onEachStore('A composition that fails fast', (world) => {
  it('tells the running steps of siblings, which are cancelled and performed again by a retry', async () => {
    const deeds = new Deeds();
    const fails = list(form('Go'), deeds.failing('Fail', 1), deeds.step('After'));
    const minds = list(deeds.hold('Minds', { minded: 1 }, { minds: true }), deeds.step('After'));
    const { engine, id } = await started(world(), parallel({ minds, fails }, FAST));
    const held = deeds.at('parallel/minds/Minds');
    await held.begun.given;
    await world().clock.advance(1);
    // The answer starts a new walk: the body was started by the one before.
    await engine.resume(id, yes);
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({ status: 'failed', failure: { message: 'Fail breaks' } });
    expect(failed.records.find(({ path }) => path === 'parallel/minds/Minds')).toMatchObject({
      outcome: { kind: 'cancelled', by: 'parallel/fails' },
    });
    expect(held.signal?.aborted).toBe(true);
    held.end.give();
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { minded: 1 } });
    expect(['minds/Minds', 'fails/Fail', 'minds/After', 'fails/After'].map((path) => deeds.count(`parallel/${path}`))).toEqual([
      2, 2, 1, 1,
    ]);
  });

  it('keeps what a sibling gave that did not mind, and starts nothing after it', async () => {
    const deeds = new Deeds();
    const deaf = list(deeds.hold('Deaf', { deaf: 1 }), deeds.step('After'));
    const { engine, id } = await started(world(), parallel({ deaf, fails: deeds.failing('Fail', 1) }, FAST));
    const held = deeds.at('parallel/deaf/Deaf');
    await held.begun.given;
    await world().clock.advance(1);
    expect(held.signal?.aborted).toBe(true);
    held.end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { message: 'Fail breaks' } });
    expect(deeds.count('parallel/deaf/After')).toBe(0);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { deaf: 1 } });
    expect([deeds.count('parallel/deaf/Deaf'), deeds.count('parallel/deaf/After')]).toEqual([1, 1]);
  });

  it('goes on with what it had cancelled when the failed step is skipped', async () => {
    const deeds = new Deeds();
    const minds = deeds.hold('Minds', { minded: 1 }, { minds: true });
    const { engine, id } = await started(world(), parallel({ minds, fails: list(deeds.failing('Fail', 9), deeds.step('After')) }, FAST));
    await engine.settled(id);
    deeds.at('parallel/minds/Minds').end.give();
    await engine.skip(id, 'parallel/fails/Fail');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { minded: 1 } });
    expect([deeds.count('parallel/minds/Minds'), deeds.count('parallel/fails/After')]).toEqual([2, 1]);
  });

  it('goes on with what is cancelled only after the failed step was retried', async () => {
    const deeds = new Deeds();
    let told = () => {};
    const slow = step('Slow')(async (ctx: StepContext) => {
      deeds.performed.push(ctx.path);
      if (ctx.attempt > 1) return;
      await new Promise<void>((resolve) => {
        told = resolve;
      });
      throw new Error('I had to stop');
    });
    const { engine, id } = await started(world(), parallel({ slow, fails: deeds.failing('Fail', 1) }, FAST));
    await world().clock.advance(1);
    expect(await engine.get(id)).toMatchObject({ status: 'running' });
    await engine.retry(id, { path: 'parallel/fails/Fail' });
    await world().clock.advance(1);
    told();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.count('parallel/slow/Slow')).toBe(2);
    expect(deeds.count('parallel/fails/Fail')).toBe(2);
  });

  it('waits for a step that does not mind, and starts it once, whatever is answered meanwhile', async () => {
    const deeds = new Deeds();
    const body = parallel({ deaf: deeds.hold('Deaf', { deaf: 1 }), fails: deeds.failing('Fail', 1), ask: form('Ask') }, FAST);
    const { engine, id } = await started(world(), body);
    const held = deeds.at('parallel/deaf/Deaf');
    await held.begun.given;
    await world().clock.advance(1);
    await engine.resume(id, yes);
    await world().clock.advance(1);
    expect(await engine.get(id)).toMatchObject({ status: 'running' });
    await engine.retry(id);
    await world().clock.advance(1);
    held.end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { deaf: 1, approved: true } });
    expect(deeds.count('parallel/deaf/Deaf')).toBe(1);
  });

  it('tells a running step of a sibling whose time is over, and waits for it', async () => {
    const deeds = new Deeds();
    const late = callbackStep('Late', { timeout: '1m' })(() => undefined);
    const { engine, id } = await started(world(), parallel({ late, minds: deeds.hold('Minds', {}, { minds: true }) }, FAST));
    const held = deeds.at('parallel/minds/Minds');
    await held.begun.given;
    await world().clock.advance('1m');
    await engine.tick();
    expect(held.signal?.aborted).toBe(true);
    const { records } = await engine.get(id);
    expect(records.find(({ path }) => path === 'parallel/minds/Minds')).toMatchObject({
      outcome: { kind: 'cancelled', by: 'parallel/late' },
    });
  });

  it('leaves the line for a lock that it can not use now, and stands in it again after a retry', async () => {
    const deeds = new Deeds();
    const fails = list(form('Go'), deeds.failing('Fail', 1));
    const holds = defineWorkflow('holds', {}, withLock(['router'], form('Ask')));
    const fast = defineWorkflow('fast', {}, parallel({ locked: withLock(['router'], deeds.step('Work')), fails }, FAST));
    const engine = world().engine([holds, fast]);
    const start = async (name: string) => {
      const { id } = await engine.start(name);
      await engine.settled(id);
      return id;
    };
    const [first, id, last] = [await start('holds'), await start('fast'), await start('holds')];
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [{ kind: 'lock' }] });
    await engine.resume(first, yes);
    await engine.settled(first);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [] });
    expect(await engine.settled(last)).toMatchObject({ status: 'suspended' });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ kind: 'lock' }] });
    await engine.resume(last, yes);
    await engine.settled(last);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(await world().store.lockRequests()).toEqual([]);
  });

  it('keeps open forms open, and takes their answers', async () => {
    const deeds = new Deeds();
    const ask = list(form('Ask'), deeds.step('After'));
    const { engine, id } = await started(world(), parallel({ ask, fails: list(form('Go', 'go'), deeds.failing('Fail', 1)) }, FAST));
    await engine.settled(id);
    await engine.resume(id, yes, { form: 'parallel/fails/Go' });
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [{ path: 'parallel/ask/Ask' }] });
    expect(await engine.tryAnswer(id)).toMatchObject({ kind: 'page' });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [] });
    expect(deeds.count('parallel/ask/After')).toBe(0);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { approved: true, go: true } });
    expect(deeds.count('parallel/ask/After')).toBe(1);
  });

  it('is the usual way of items: no further one starts, and a retry goes on with them', async () => {
    const deeds = new Deeds();
    const work = step('Work')((ctx: StepContext, item: number) => {
      deeds.performed.push(ctx.path);
      if (item === 2 && ctx.attempt === 1) throw new Error('two is bad');
    });
    const { engine, id } = await started(
      world(),
      forEach(() => [1, 2, 3, 4], work, { name: 'Items' }),
    );
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { message: 'two is bad' } });
    expect(deeds.performed).toEqual(['Items[0]/Work', 'Items[1]/Work']);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(deeds.performed).toEqual([0, 1, 1, 2, 3].map((item) => `Items[${item}]/Work`));
  });

  it('inside a recover leaves nothing behind', async () => {
    const deeds = new Deeds();
    const fails = list(form('Go', 'go'), deeds.failing('Fail', 9));
    const body = parallel({ ask: form('Ask'), fails, minds: deeds.hold('Minds', {}, { minds: true }) }, FAST);
    const { engine, id } = await started(world(), recover(body, list(deeds.step('Handle'), form('Sure', 'sure'))));
    await deeds.at('recover/parallel/minds/Minds').begun.given;
    await world().clock.advance(1);
    await engine.resume(id, yes, { form: 'recover/parallel/fails/Go' });
    expect(await engine.settled(id)).toMatchObject({ status: 'suspended', waits: [{ path: 'recover[handler]/Sure' }] });
    await engine.resume(id, yes);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [], state: { sure: true } });
    expect((await engine.get(id)).state).not.toHaveProperty('failure');
    expect(deeds.count('recover/parallel/minds/Minds')).toBe(1);
  });

  it('tells steps of nested compositions too', async () => {
    const deeds = new Deeds();
    const inner = parallel({ x: deeds.hold('X', {}, { minds: true }), y: deeds.hold('Y', {}, { minds: true }) });
    const tasks = graph({ inner, fails: list(form('Go', 'go'), deeds.failing('Fail', 1)) }, FAST);
    const { engine, id } = await started(world(), tasks);
    await deeds.at('graph/inner/parallel/y/Y').begun.given;
    await world().clock.advance(1);
    await engine.resume(id, yes);
    const failed = await engine.settled(id);
    const kinds = Object.fromEntries(failed.records.map(({ path, outcome }) => [path, outcome?.kind]));
    expect(kinds).toMatchObject({ 'graph/inner/parallel/x/X': 'cancelled', 'graph/inner/parallel/y/Y': 'cancelled' });
    deeds.at('graph/inner/parallel/x/X').end.give();
    deeds.at('graph/inner/parallel/y/Y').end.give();
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });
});

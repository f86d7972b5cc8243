import { callbackStep, defineWorkflow, forEach, list, parallel, type StepContext, sleep, step, until } from 'stepwright';
import { expect, it } from 'vitest';
import { Registry } from '../../../src/engine/registry.js';
import { onEachStore, opaque } from '../support.js';
import { calling, heldCalling, UNKNOWN } from './calling.js';

/** A step that is called back, and keeps its tokens by path. */
function ordering(more: Parameters<typeof callbackStep>[1] = {}) {
  const tokens: Record<string, string> = {};
  const paths: string[] = [];
  const make = (name: string, resultKey = 'answer') =>
    callbackStep(name, { resultKey, ...more })((ctx: StepContext) => {
      tokens[ctx.path] = ctx.callbackToken;
      paths.push(ctx.path);
    });
  return { make, tokens, paths };
}

onEachStore('Calls back', (world) => {
  it('to branches side by side come in any order, and move only their own branch', async () => {
    const { make, tokens, paths } = ordering();
    const done: string[] = [];
    const after = (name: string) => step(name)((ctx: StepContext) => void done.push(ctx.path));
    const body = parallel({ a: list(make('Order', 'a'), after('Then')), b: list(make('Order', 'b'), after('Then')) });
    const engine = world().engine([defineWorkflow('places', {}, body)]);
    const { id } = await engine.start('places');
    const { status, waits } = await engine.settled(id);
    expect([status, waits.map(({ path }) => path)]).toEqual(['awaiting_callback', ['parallel/a/Order', 'parallel/b/Order']]);
    await engine.answerCallback(tokens['parallel/b/Order']!, 2);
    expect(await engine.settled(id)).toMatchObject({ status: 'awaiting_callback', waits: [{ path: 'parallel/a/Order' }] });
    expect(done).toEqual(['parallel/b/Then']);
    await engine.answerCallback(tokens['parallel/a/Order']!, 1);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { a: 1, b: 2 } });
    expect(paths).toHaveLength(2);
  });

  it('that come in one branch while a timer runs in another wait for nothing', async () => {
    const { make, tokens } = ordering();
    const body = parallel({ a: make('Order'), b: sleep('Rest', '1h') });
    const engine = world().engine([defineWorkflow('places', {}, body)]);
    const { id } = await engine.start('places');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting' });
    await engine.answerCallback(tokens['parallel/a/Order']!, 1);
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ path: 'parallel/b/Rest' }] });
    await world().clock.advance('1h');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { answer: 1 } });
  });

  it('that all come at once are all taken', async () => {
    const { make, tokens } = ordering();
    const body = forEach([1, 2, 3, 4, 5].length ? () => [1, 2, 3, 4, 5] : 'none', make('Order'), {
      name: 'Items',
      concurrency: 5,
      collect: 'answer',
    });
    const workflow = defineWorkflow('places', {}, body);
    const engines = [world().engine([workflow]), world().engine([workflow])];
    const { id } = await engines[0]!.start('places');
    await engines[0]!.settled(id);
    await Promise.all(Object.entries(tokens).map(([path, token], index) => engines[index % 2]!.answerCallback(token, path)));
    for (let turn = 0; turn < 3; turn++) for (const engine of engines) await engine.settled(id);
    expect(await engines[0]!.get(id)).toMatchObject({
      status: 'completed',
      waits: [],
      state: { answer: [0, 1, 2, 3, 4].map((item) => `Items[${item}]/Order`) },
    });
  });

  it('to each loop have a token of their own', async () => {
    const { make, tokens, paths } = ordering();
    const body = until((state) => state.answer === 'enough', make('Order'), { name: 'Ask' });
    const engine = world().engine([defineWorkflow('places', {}, body)]);
    const { id } = await engine.start('places');
    for (const [loop, answer] of ['more', 'more', 'enough'].entries()) {
      await engine.settled(id);
      await engine.answerCallback(tokens[`Ask#${loop + 1}/Order`]!, answer);
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { answer: 'enough' } });
    expect(paths).toEqual(['Ask#1/Order', 'Ask#2/Order', 'Ask#3/Order']);
    expect(new Set(Object.values(tokens)).size).toBe(3);
  });

  it('time out in one item, and a retry asks only that again', async () => {
    const { make, tokens, paths } = ordering({ timeout: '1h' });
    const body = forEach(() => ['x', 'y'], make('Order'), { name: 'Items', concurrency: 2 });
    const engine = world().engine([defineWorkflow('places', {}, body)]);
    const { id } = await engine.start('places');
    await engine.settled(id);
    await engine.answerCallback(tokens['Items[0]/Order']!, 1);
    await engine.settled(id);
    await world().clock.advance('1h');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'failed', failure: { code: 'callback_timeout' } });
    await engine.retry(id);
    await engine.settled(id);
    expect(paths).toEqual(['Items[0]/Order', 'Items[1]/Order', 'Items[1]/Order']);
    await engine.answerCallback(tokens['Items[1]/Order']!, 1);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  });

  it('are still taken in a branch whose sibling has failed fast', async () => {
    const { make, tokens } = ordering();
    const broken = step('Break')((ctx: StepContext) => {
      if (ctx.attempt === 1) throw new Error('it broke');
    });
    const body = parallel({ a: make('Order'), b: list(make('Go', 'go'), broken) }, { failFast: true });
    const engine = world().engine([defineWorkflow('places', {}, body)]);
    const { id } = await engine.start('places');
    await engine.settled(id);
    await engine.answerCallback(tokens['parallel/b/Go']!, 1);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [{ path: 'parallel/a/Order' }] });
    await engine.callbackProgress(tokens['parallel/a/Order']!, 'half');
    await engine.answerCallback(tokens['parallel/a/Order']!, 1);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', waits: [] });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { answer: 1, go: 1 } });
  });
});

onEachStore('A call to a process that ends', (world) => {
  it.each([false, true])('is refused once it is aborted (taken back: %s)', async (undo) => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await engine.abort(id, { undo });
    expect(await engine.settled(id)).toMatchObject({ status: undo ? 'undone' : 'aborted', waits: [] });
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
  });

  it.each([false, true])('is refused while its step still runs (taken back: %s)', async (undo) => {
    const { workflow, tokens, running, end } = heldCalling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await running.given;
    await engine.abort(id, { undo });
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: undo ? 'undone' : 'aborted', waits: [] });
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
  });

  it('is kept by nobody when its step is skipped by hand', async () => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await engine.skip(id, 'Order');
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
    const { state, status } = await engine.settled(id);
    expect([status, state]).toEqual(['completed', { seen: {} }]);
  });
});

onEachStore('The URL of a call back', (world) => {
  const urls: string[] = [];
  const order = callbackStep('Order')((ctx: StepContext) => {
    urls.push(ctx.callbackUrl);
  });

  it('is made of the public URL and the token', async () => {
    const engine = world().engine([defineWorkflow('url', {}, order)], {}, { lease: '30d', publicUrl: 'https://flows.example.org/base//' });
    await engine.settled((await engine.start('url')).id);
    const [url] = urls.splice(0);
    expect(url).toMatch(/^https:\/\/flows\.example\.org\/base\/callbacks\/token-/);
    await engine.answerCallback(url!.split('/callbacks/')[1]!, 1);
  });

  it('needs a public URL, which is said when the engine is made', () => {
    expect(() => world().engine([defineWorkflow('url', {}, parallel({ a: order }))])).toThrow(
      expect.objectContaining({
        code: 'definition',
        message: expect.stringMatching(
          /^Step "Order" of workflow "url" \(.*places\.test\.ts:\d+\) asks for ctx\.callbackUrl, but the service has no publicUrl/,
        ),
      }),
    );
    expect(() => new Registry([defineWorkflow('url', {}, order)], { hasUrl: true })).not.toThrow();
  });

  it('that could not be foreseen fails the step where there is none, and so it does in a step of another kind', async () => {
    const key = 'callbackUrl'.toString();
    const hidden = callbackStep('Order')((ctx: StepContext) => ({ url: ctx[key as 'callbackUrl'] }));
    const plain = step('Plain')((ctx: StepContext) => opaque({ url: ctx.callbackUrl }));
    const token = step('Token')((ctx: StepContext) => opaque({ token: ctx.callbackToken }));
    for (const [name, body] of Object.entries({ hidden, plain, token })) {
      const engine = world().engine([defineWorkflow(name, {}, body)]);
      const failed = await engine.settled((await engine.start(name)).id);
      expect(failed).toMatchObject({ status: 'failed', waits: [], failure: { code: 'wrong_use' } });
    }
  });
});

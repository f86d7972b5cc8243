import {
  callbackStep,
  defineWorkflow,
  inputStep,
  list,
  parallel,
  retryStep,
  type StepContext,
  sleep,
  startChild,
  step,
  until,
} from 'stepwright';
import { testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import '../support/matchers.js';

const order = defineWorkflow(
  'order',
  {},
  list(
    step('Reserve', { undo: () => undefined })(() => ({ reserved: 1 })),
    callbackStep('Ask the lab', { resultKey: 'lab', timeout: '1h', validate: isFine })((ctx: StepContext) => ({ url: ctx.callbackUrl })),
    step('Ship', { undo: () => undefined })((reserved: number) => ({ shipped: reserved })),
  ),
);

function isFine(body: unknown) {
  if ((body as { fine?: unknown }).fine !== true) throw new Error('it is not fine');
}

describe('TestRun.callback', () => {
  it('answers the open call, and moves on', async () => {
    const run = await testWorkflow(order).start();
    expect([run.status, run.waits[0]?.kind]).toEqual(['awaiting_callback', 'callback']);
    expect(run.done).toEqual(['Reserve']);
    await run.callback({ fine: true });
    expect(run).toHaveCompleted({ lab: { fine: true }, shipped: 1 });
    expect(run.state.url).toMatch(/^https:\/\/stepwright\.test\/callbacks\/./);
  });

  it('is refused by what the step refuses, and where nothing is awaited', async () => {
    const run = await testWorkflow(order).start();
    await expect(run.callback({ fine: false })).rejects.toThrow('it is not fine');
    await run.callback({ fine: true }, { path: 'Ask the lab' });
    await expect(run.callback({ fine: true })).rejects.toThrow(`Process ${run.id} is completed; it awaits no call.`);
  });

  it('asks which of several is meant', async () => {
    const both = defineWorkflow(
      'both',
      {},
      parallel({
        a: callbackStep('Ask', { resultKey: 'a' })(() => undefined),
        b: callbackStep('Ask', { resultKey: 'b' })(() => undefined),
      }),
    );
    const run = await testWorkflow(both).start();
    await expect(run.callback()).rejects.toThrow('await a call are: parallel/a/Ask, parallel/b/Ask. Name one as "path".');
    await run.callback(1, { path: 'parallel/a/Ask' });
    await run.callback(2);
    expect(run).toHaveCompleted({ a: 1, b: 2 });
  });

  it('is too late after the timeout, and works again after a retry', async () => {
    const run = await testWorkflow(order).start();
    await run.advance('1h');
    expect([run.status, run.failure?.code]).toEqual(['failed', 'callback_timeout']);
    await run.retry();
    await run.callback({ fine: true });
    expect(run.status).toBe('completed');
  });

  it('can be done by a fake while the step still runs', async () => {
    const lab = { order: async (_url: string) => undefined as unknown };
    const eager = defineWorkflow(
      'eager',
      {},
      list(
        callbackStep('Ask', { resultKey: 'lab' })(async (ctx: StepContext) => {
          await lab.order(ctx.callbackUrl);
        }),
      ),
    );
    const test = testWorkflow(eager);
    lab.order = (url) => test.callBack(url, { fine: true });
    expect(await test.start()).toHaveCompleted({ lab: { fine: true } });
  });
});

describe('TestRun as an operator', () => {
  it('has a process taken back, the latest step first', async () => {
    const run = await testWorkflow(order).start();
    await run.callback({ fine: true });
    await expect(run.undo()).rejects.toThrow('completed');
    const other = await testWorkflow(order).start();
    await other.undo('ordered twice');
    expect(other).toHaveBeenUndone(['Reserve']);
    expect(other.failure).toMatchObject({ code: 'aborted', message: 'ordered twice' });
    expect(() => expect(run).toHaveBeenUndone()).toThrow(`expected process ${run.id} to have been undone, but it is completed`);
    expect(() => expect(other).toHaveBeenUndone(['Ship'])).toThrow('expected ["Ship"], and they are ["Reserve"]');
  });

  it('sees what is left to do by hand', async () => {
    const stuck = defineWorkflow(
      'stuck',
      {},
      list(
        step('Reserve', {
          undo: () => {
            throw new Error('the shop is closed');
          },
        })(() => undefined),
        inputStep('Ask')(function* () {}),
        retryStep('Wait', { every: '1h' })(() => {
          throw new Error('not yet');
        }),
      ),
    );
    const run = await testWorkflow(stuck).start();
    await run.undo();
    expect([run.status, run.undone]).toEqual(['failed', []]);
    expect(() => expect(run).toHaveBeenUndone()).toThrow('left to do by hand:\n  Reserve: the shop is closed');
  });

  it('skips a step, edits the state, and forks', async () => {
    const run = await testWorkflow(order).start();
    await run.skip('Ask the lab', 'it was done by phone');
    expect(run).toHaveCompleted({ shipped: 1 });
    expect(run.record('Ask the lab')?.outcome).toEqual({ kind: 'skipped', reason: 'it was done by phone' });

    const edited = await testWorkflow(order).start();
    await edited.editState({ reserved: 5, url: undefined });
    expect([edited.status, edited.state.reserved]).toEqual(['awaiting_callback', 5]);
    await edited.callback({ fine: true });
    expect(edited).toHaveCompleted({ shipped: 5 });

    const again = await edited.fork('Ship', { state: { reserved: 7 } });
    expect(again.id).not.toBe(edited.id);
    expect(again).toHaveCompleted({ shipped: 7, lab: { fine: true } });
  });

  it('tells steps from what compositions and undos record', async () => {
    const loop = defineWorkflow(
      'loop',
      {},
      list(
        step('Begin', { undo: () => undefined })(() => ({ n: 0 })),
        until(
          (state) => state.n === 2,
          step('Count', { undo: () => undefined })((n: number) => ({ n: n + 1 })),
          { name: 'Loop', maxLoops: 3 },
        ),
        sleep('Rest', '1h'),
      ),
    );
    const run = await testWorkflow(loop).start();
    expect(run.done).toEqual(['Begin', 'Loop#1/Count', 'Loop#2/Count']);
    await run.undo();
    expect(run).toHaveBeenUndone(['Loop#2/Count', 'Loop#1/Count', 'Begin']);
    expect(run.done).toEqual(['Begin', 'Loop#1/Count', 'Loop#2/Count']);
  });
});

describe('TestRun.children', () => {
  const child = defineWorkflow(
    'child',
    {},
    list(
      sleep('Rest', '1h'),
      callbackStep('Ask', { resultKey: 'answer' })(() => undefined),
    ),
  );
  const parent = defineWorkflow(
    'parent',
    {},
    list(
      startChild('Start', { workflow: 'child', resultKey: 'port' }),
      step('End')(() => undefined),
    ),
  );

  it('are runs of their own, and the parent goes on with them', async () => {
    const run = await testWorkflow(parent, { workflows: [child] }).start();
    const [port, ...others] = run.children;
    expect([run.status, port?.workflow, port?.status, others]).toEqual(['waiting', 'child', 'waiting', []]);
    await run.advance('1h');
    expect([run.status, port?.status]).toEqual(['waiting', 'awaiting_callback']);
    await port?.callback('yes');
    expect(port?.status).toBe('completed');
    expect(run.children[0]).toBe(port);
    expect(run).toHaveCompleted({ port: { id: port?.id ?? '', status: 'completed', state: { answer: 'yes' } } });
  });

  it('end with their parent', async () => {
    const run = await testWorkflow(parent, { workflows: [child] }).start();
    await run.abort();
    expect([run.status, run.children[0]?.status]).toEqual(['aborted', 'aborted']);
  });

  it('must be known', () => {
    expect(() => testWorkflow(parent, { workflows: [class Other {}] })).toThrow(
      '"workflows" has the class or function Other, which is no workflow',
    );
  });
});

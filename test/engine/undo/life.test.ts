import { ask, callbackStep, inputStep, list, parallel, retryStep, type StepContext, sleep, step } from 'stepwright';
import { expect, it } from 'vitest';
import { TestPort, testPort } from '../../support/models.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore } from '../support.js';
import { broken, Notes, undoing } from './notes.js';

const URL = { publicUrl: 'https://flows.example.org', lease: '30d' } as const;

const confirm = inputStep('Confirm')(function* () {
  return { ...(yield* ask(Confirm)) };
});

onEachStore('Taking a process back', (world) => {
  it('waits for the branches that still run, and undoes what they did', async () => {
    const notes = new Notes();
    const [running, end] = [signal(), signal()];
    const long = notes.step('Long', async () => {
      running.give();
      await end.given;
    });
    const engine = world().engine([undoing(parallel({ quick: broken, slow: list(long, notes.step('Next')) }))]);
    const { id } = await engine.start('undoing');
    await running.given;
    await world().clock.advance('1m');
    expect(await world().store.process(id)).toMatchObject({ status: 'running' });
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', failure: { message: 'broken' } });
    expect(notes.undone).toEqual(['parallel/slow/Next', 'parallel/slow/Long']);
  });

  it('gives up every form, timer and callback, which are answered no more', async () => {
    const notes = new Notes();
    const tokens: string[] = [];
    const busy = retryStep('Busy', { every: '1m' })(() => {
      throw new Error('busy');
    });
    const call = callbackStep('Call', { timeout: '1h' })((ctx: StepContext) => void tokens.push(ctx.callbackToken));
    const [going, end] = [signal(), signal()];
    const fails = notes.step('Fails', async () => {
      going.give();
      await end.given;
      throw new Error('too bad');
    });
    const branches = { confirm, busy, call, wait: sleep('Wait', '1h'), fails };
    const engine = world().engine([undoing(parallel(branches))], {}, URL);
    const { id } = await engine.start('undoing');
    await going.given;
    await world().clock.advance(1);
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', waits: [], failure: { message: 'too bad' } });
    expect(notes.undone).toEqual(['parallel/fails/Fails']);
    const before = await world().everything(id);
    await expect(engine.resume(id, { approved: true }, { form: 'parallel/confirm/Confirm' })).rejects.toMatchObject({
      code: 'wrong_status',
    });
    await expect(engine.answerCallback(tokens[0]!, {})).rejects.toMatchObject({ code: 'unknown_callback' });
    await world().clock.advance('2h');
    expect(await engine.tick()).toEqual([]);
    expect(await world().everything(id)).toEqual(before);
  });

  it('leaves nothing open either where an undo fails for good', async () => {
    const notes = new Notes();
    const fails = notes.step('Fails', undefined, () => {
      throw new Error('stuck');
    });
    const engine = world().engine([undoing(fails, parallel({ confirm, wait: sleep('Wait', '1m'), broken }))]);
    const { id } = await engine.start('undoing');
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({ status: 'failed', waits: [] });
    const before = await world().everything(id);
    await world().clock.advance('2m');
    expect(await engine.tick()).toEqual([]);
    await expect(engine.resume(id, { approved: true }, { form: 'parallel/confirm/Confirm' })).rejects.toMatchObject({
      code: 'wrong_status',
    });
    await expect(engine.skip(id, 'parallel/broken/Break')).rejects.toMatchObject({ code: 'wrong_status' });
    await expect(engine.editState(id, { changes: { a: 1 }, before: 'parallel/broken/Break' })).rejects.toMatchObject({
      code: 'wrong_status',
    });
    expect(await world().everything(id)).toEqual(before);
  });

  it('tries an undo again by its own policy, and is at rest meanwhile', async () => {
    const notes = new Notes();
    const undo = (ctx: StepContext) => {
      notes.lines.push(`undo B ${ctx.attempt}`);
      if (ctx.attempt < 3) throw new Error('busy');
    };
    const b = step('B', { undo: { run: undo, retry: { every: '1m' } } })(() => ({ b: 1 }));
    const [engine, other] = [1, 2].map(() => world().engine([undoing(notes.step('A'), b, broken)]));
    const { id } = await engine!.start('undoing');
    const due = world().clock.now() + 60_000;
    expect(await engine!.settled(id)).toMatchObject({ status: 'undoing', waits: [{ path: 'B#undo', kind: 'timer', deadline: due }] });
    const before = await world().everything();
    for (const one of [engine!, other!]) {
      expect(await one.tick()).toEqual([]);
      await expect(one.abort(id)).rejects.toMatchObject({ code: 'wrong_status', message: expect.stringContaining('can not be stopped') });
      await expect(one.abort(id, { undo: true })).rejects.toMatchObject({ code: 'wrong_status' });
    }
    expect(await world().everything()).toEqual(before);
    await engine!.close();
    for (const minute of [1, 2]) {
      await world().clock.advance('1m');
      expect(await other!.tick(), `minute ${minute}`).toEqual([id]);
    }
    expect(await other!.get(id)).toMatchObject({ status: 'undone', waits: [], failure: { message: 'broken' } });
    expect(notes.lines).toEqual(['A', 'undo B 1', 'undo B 2', 'undo B 3', 'undo A']);
  });

  it('tries an undo that waits at once when it is told to', async () => {
    const notes = new Notes();
    const undo = (ctx: StepContext) => {
      if (ctx.attempt < 2) throw new Error('busy');
    };
    const b = step('B', { undo: { run: undo, retry: { every: '1h', maxAttempts: 2 } } })(() => ({ b: 1 }));
    const engine = world().engine([undoing(notes.step('A'), b, broken)]);
    const { id } = await engine.start('undoing');
    await engine.settled(id);
    await engine.retry(id, { path: 'B' });
    expect(await engine.settled(id)).toMatchObject({ status: 'undone', waits: [] });
  });

  it('fails with what is left when undos fail, performs the others, and then only what is left', async () => {
    const notes = new Notes();
    let stuck = true;
    const fail = () => {
      if (stuck) throw new Error('stuck');
    };
    const steps = [notes.step('A', undefined, fail), notes.step('B'), notes.step('C', undefined, fail), notes.step('D')];
    const engine = world().engine([undoing(...steps, broken)]);
    const { id } = await engine.start('undoing');
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({
      status: 'failed',
      failure: {
        message: 'broken',
        undo: [
          { path: 'C', failure: { message: 'stuck' } },
          { path: 'A', failure: { message: 'stuck' } },
        ],
      },
    });
    expect(notes.undone).toEqual(['D', 'C', 'B', 'A']);
    await expect(engine.abort(id, { undo: true })).rejects.toMatchObject({
      code: 'wrong_status',
      message: expect.stringContaining('retry'),
    });
    await engine.retry(id, { path: 'C' });
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { message: 'broken', undo: [{ path: 'C' }, { path: 'A' }] },
    });
    stuck = false;
    notes.lines.length = 0;
    await engine.retry(id, { path: 'A' });
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { undo: [{ path: 'C' }] } });
    await engine.retry(id);
    const undone = await engine.settled(id);
    expect(undone).toMatchObject({ status: 'undone', failure: { message: 'broken' }, endedAt: world().clock.now() });
    expect(undone.failure).not.toHaveProperty('undo');
    expect(notes.undone).toEqual(['A', 'C']);
    await expect(engine.retry(id)).rejects.toMatchObject({ code: 'wrong_status' });
  });

  it('can be given up when undos fail, and taken up again', async () => {
    let stuck = true;
    const notes = new Notes();
    const a = notes.step('A', undefined, () => {
      if (stuck) throw new Error('stuck');
    });
    const engine = world().engine([undoing(a, broken)]);
    const { id } = await engine.start('undoing');
    await engine.settled(id);
    await engine.abort(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'aborted' });
    stuck = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
  });

  it('saves the models that an undo gives, and fails it where they are refused', async () => {
    const notes = new Notes();
    let refused = true;
    const saved = notes.step(
      'Make',
      () => ({ port: testPort('ams', { subscriptionId: 'p-1' }) }),
      async () => {
        const [port] = (await world().models.load([TestPort], ['p-1'])) as TestPort[];
        return { port: Object.assign(port!, { device: 'none', ...(refused ? { version: 7 } : {}) }) };
      },
    );
    const engine = world().engine([undoing(saved, broken)]);
    const { id } = await engine.start('undoing');
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { undo: [{ path: 'Make', failure: { code: 'store_refused' } }] },
    });
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ device: 'ams' }]);
    refused = false;
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect(await world().models.load([TestPort], ['p-1'])).toMatchObject([{ device: 'none' }]);
  });

  it('lets an engine close while an undo runs, and another goes on', async () => {
    const notes = new Notes();
    const [running, end] = [signal(), signal()];
    const b = notes.step('B', undefined, async (_state, ctx) => {
      running.give();
      if (ctx.attempt === 1) await end.given;
    });
    const workflow = undoing(notes.step('A'), b, broken);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('undoing');
    await running.given;
    const closing = engine.close({ grace: '5s' });
    await world().clock.advance('5s');
    await closing;
    const next = world().engine([workflow]);
    expect(await next.tick()).toEqual([id]);
    expect(await next.get(id)).toMatchObject({ status: 'undone' });
    end.give();
    expect(notes.undone).toEqual(['B', 'B', 'A']);
  });

  it('performs an undo once, whatever is asked of the process meanwhile', async () => {
    const notes = new Notes();
    const [running, end] = [signal(), signal()];
    const b = notes.step('B', undefined, async () => {
      running.give();
      await end.given;
    });
    const engine = world().engine([undoing(notes.step('A'), b, broken)]);
    const { id } = await engine.start('undoing');
    await running.given;
    await expect(engine.retry(id)).rejects.toMatchObject({ code: 'wrong_status' });
    await expect(engine.abort(id)).rejects.toMatchObject({ code: 'wrong_status' });
    await engine.tick();
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['B', 'A']);
  });
});

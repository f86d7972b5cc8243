import { defineWorkflow, list, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { answer } from '../../src/engine/edits/answers.js';
import { Editor } from '../../src/engine/edits/editor.js';
import { abort } from '../../src/engine/edits/endings.js';
import { retry, wake } from '../../src/engine/edits/retries.js';
import { Registry } from '../../src/engine/registry.js';
import { ProcessRun } from '../../src/engine/run/process-run.js';
import { Runs } from '../../src/engine/runs.js';
import { storeStart } from '../../src/engine/starts.js';
import { WriteQueue } from '../../src/engine/write-queue.js';
import { TestPort, testPort } from '../support/models.js';
import { formWait } from '../support/process-writes.js';
import { around } from './faults.js';
import { signal } from './signal.js';
import { NO_PEERS, onEachStore, opaque, type World } from './support.js';

/** A process of two steps, the first of which ends when the test says so, and all that moves it. */
async function parts(world: World, wrap = world.store, more: object = {}) {
  const [running, end] = [signal(), signal()];
  const performed: string[] = [];
  const signals: AbortSignal[] = [];
  const workflow = defineWorkflow(
    'parts',
    {},
    list(
      step('Long')(async (ctx: StepContext) => {
        performed.push('Long');
        signals.push(ctx.signal);
        running.give();
        await end.given;
        return opaque({ long: true, ...more });
      }),
      step('Later')((long: boolean) => {
        performed.push('Later');
        return { later: long };
      }),
    ),
  );
  const ports = world.ports({ store: wrap });
  const shared = { ...ports, queue: new WriteQueue(ports.store, () => undefined), peers: NO_PEERS, publicUrl: undefined };
  const registry = new Registry([workflow]);
  const { id } = await storeStart(shared, registry, workflow, [], {});
  const register = (runner: string) =>
    shared.store.keepAlive({ id: runner, aliveUntil: Number.MAX_SAFE_INTEGER, host: shared.host.self() });
  await register('runner-1');
  await register('runner-2');
  return {
    running,
    end,
    performed,
    signals,
    workflow,
    shared,
    registry,
    id,
    runs: new Runs(shared, registry, 'runner-1', async () => undefined),
  };
}

onEachStore('A run', (world) => {
  it('that hears of edits starts no body twice, and goes on from what the running one gives', async () => {
    const { running, end, performed, workflow, shared, id } = await parts(world());
    const row = await world().store.claim(id, 'runner-1', 0);
    const run = new ProcessRun(shared, workflow, () => undefined, row!);
    const running_ = run.run();
    await running.given;
    for (let edits = 0; edits < 5; edits++) {
      run.edited();
      await world().clock.advance(1);
    }
    run.edited();
    run.edited();
    end.give();
    await running_;
    expect(performed).toEqual(['Long', 'Later']);
    expect(await world().store.process(id)).toMatchObject({ status: 'completed' });
    expect((await world().facts(id)).filter((fact) => fact.startsWith('step_'))).toEqual([
      'step_started Long',
      'step_ended Long success',
      'step_started Later',
      'step_ended Later success',
    ]);
  });

  it('does not settle where an edit came first, but looks again', async () => {
    const { end, workflow, shared, id } = await parts(world());
    end.give();
    let edits = 0;
    const store = around(world().store, async (method, call, [batch]) => {
      const settles = method === 'commit' && JSON.stringify(batch).includes('"status":"completed"');
      if (settles && edits++ === 0) await world().store.commit([{ process: id, expect: {}, change: { updatedAt: 1, revision: 7 } }]);
      return call();
    });
    const row = await world().store.claim(id, 'runner-1', 0);
    await new ProcessRun({ ...shared, store, queue: new WriteQueue(store, () => undefined) }, workflow, () => undefined, row!).run();
    expect(edits).toBe(2);
    expect(await world().store.process(id)).toMatchObject({ status: 'completed', revision: 8 });
    const facts = await world().facts(id);
    expect(new Set(facts).size).toBe(facts.length);
    expect(await world().store.snapshot(id)).toEqual({ long: true, later: true });
  });

  it('reads the journal again when it is shown that another engine has edited the process, and goes on from that', async () => {
    const { running, end, workflow, shared, id } = await parts(world());
    let settles = 0;
    const store = around(world().store, async (method, call, [batch]) => {
      if (method === 'commit' && JSON.stringify(batch).includes('"status":"completed"')) settles++;
      return call();
    });
    const row = await world().store.claim(id, 'runner-1', 0);
    const run = new ProcessRun({ ...shared, store, queue: new WriteQueue(store, () => undefined) }, workflow, () => undefined, row!);
    const running_ = run.run();
    await running.given;
    await world().store.commit([{ process: id, expect: {}, change: { updatedAt: 1, revision: 7 } }]);
    run.compare(row);
    run.compare(await world().store.process(id));
    await world().clock.advance(1);
    end.give();
    await running_;
    expect(settles).toBe(1);
    expect(await world().store.process(id)).toMatchObject({ status: 'completed', revision: 8 });
  });

  it('ends without a word when the process was taken before it began', async () => {
    const { performed, workflow, shared, id } = await parts(world());
    const row = await world().store.claim(id, 'runner-1', 0);
    await world().store.claim(id, 'runner-1', 0);
    await new ProcessRun(shared, workflow, () => undefined, row!).run();
    expect(performed).toEqual([]);
  });
});

onEachStore('The runs of an engine', (world) => {
  it('are one for each process, however often it is to be driven', async () => {
    const { running, end, performed, runs, id } = await parts(world());
    runs.drive(id);
    runs.drive(id);
    expect(runs.has(id)).toBe(true);
    await running.given;
    runs.drive(id);
    end.give();
    await runs.settled(id);
    expect(runs.has(id)).toBe(false);
    expect(performed).toEqual(['Long', 'Later']);
    expect(await world().store.process(id)).toMatchObject({ status: 'completed', epoch: 1 });
  });

  it('take up an edit that is stored just when the process has settled', async () => {
    let settles = 0;
    let edit = async (): Promise<void> => undefined;
    const store = around(world().store, async (method, call, [batch]) => {
      const result = await call();
      if (method === 'commit' && JSON.stringify(batch).includes('"status":"failed"') && ++settles === 1) await edit();
      return result;
    });
    const { end, performed, shared, registry, id, runs } = await parts(world(), store, { at: Number.NaN });
    edit = async () => {
      const elsewhere = { ...shared, store: world().store, queue: new WriteQueue(world().store, () => undefined) };
      await retry(new Editor(elsewhere, registry), id, undefined, undefined);
      runs.drive(id);
    };
    end.give();
    runs.drive(id);
    await runs.settled(id);
    expect(performed).toEqual(['Long', 'Long']);
    expect(settles).toBe(2);
    expect(await world().store.process(id)).toMatchObject({ status: 'failed' });
  });

  it('have nothing to do with a process that is not there, or that another runner has', async () => {
    const { performed, runs, id } = await parts(world());
    await world().store.claim(id, 'runner-2', 0);
    const before = await world().everything();
    for (const process of [id, 'p-9']) {
      runs.drive(process);
      await runs.settled(process);
    }
    expect(await world().everything()).toEqual(before);
    expect(performed).toEqual([]);
    expect(world().complaints).toEqual([]);
  });

  it('that are abandoned tell their steps, wait for nothing, and store nothing more', async () => {
    const more = { port: testPort('ams', { subscriptionId: 'p-1' }) };
    const { running, end, performed, signals, runs, id } = await parts(world(), world().store, more);
    runs.drive(id);
    await running.given;
    const before = await world().everything();
    runs.abandon();
    await runs.settled(id);
    expect(signals[0]?.aborted).toBe(true);
    runs.drive(id);
    expect(runs.has(id)).toBe(false);
    end.give();
    await world().clock.advance(1);
    expect(await world().everything()).toEqual(before);
    expect(await world().models.load([TestPort], ['p-1'])).toEqual([undefined]);
    expect(performed).toEqual(['Long']);
  });

  it('that are stopped while a process is being claimed start no step of it', async () => {
    const [claiming, end] = [signal(), signal()];
    const store = around(world().store, async (method, call) => {
      if (method !== 'claim') return call();
      claiming.give();
      await end.given;
      return call();
    });
    const { performed, runs, id } = await parts(world(), store);
    runs.drive(id);
    await claiming.given;
    const stopping = runs.stop();
    end.give();
    await stopping;
    expect(performed).toEqual([]);
    const row = await world().store.process(id);
    expect(row).toMatchObject({ status: 'running' });
    expect(row).not.toHaveProperty('claimedBy');
  });
});

onEachStore('An answer to a process with several open forms', (world) => {
  it('must name the one that it is for', async () => {
    const { shared, registry, id } = await parts(world());
    const openWaits = ['Left', 'Right'].map((path) => formWait(path));
    await world().store.commit([{ process: id, expect: {}, change: { updatedAt: 1, status: 'suspended' }, openWaits }]);
    await expect(answer(new Editor(shared, registry), id, [], undefined, undefined)).rejects.toMatchObject({
      code: 'wrong_status',
      message: `Process ${id} has several open forms; name the one that you answer: Left@1, Right@1.`,
    });
  });
});

onEachStore('A timer that has been dealt with already', (world) => {
  it('wakes nothing', async () => {
    const { shared, registry, id } = await parts(world());
    const editor = new Editor(shared, registry);
    const before = await world().everything();
    await wake(editor, id, [{ path: 'Long', attempt: 1 }]);
    await abort(editor, id, 'enough', undefined);
    const after = await world().everything();
    await wake(editor, id, [{ path: 'Long', attempt: 1 }]);
    expect(await world().everything()).toEqual(after);
    expect(after).not.toEqual(before);
  });
});

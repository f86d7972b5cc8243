import { ask, defineWorkflow, inputStep, list, retryStep, type StepContext, step } from 'stepwright';
import { expect, it } from 'vitest';
import { around } from '../faults.js';
import { signal } from '../signal.js';
import { Confirm, onEachStore } from '../support.js';

const later = step('Later')(() => ({ later: true }));
const stops = {
  suspended: inputStep('Stop')(function* () {
    return { ...(yield* ask(Confirm)) };
  }),
  waiting: retryStep('Stop', { every: '1m' })(() => {
    throw new Error('busy');
  }),
  failed: step('Stop')(() => {
    throw new Error('broken');
  }),
};

onEachStore('An abort', (world) => {
  it.each(['suspended', 'waiting', 'failed'] as const)('ends a process that is %s, and everything that it waits for', async (status) => {
    const engine = world().engine([
      defineWorkflow(
        'stops',
        {},
        list(
          step('Begin')(() => ({ begun: true })),
          stops[status],
          later,
        ),
      ),
    ]);
    const { id } = await engine.start('stops');
    const { records } = await engine.settled(id);
    await engine.abort(id, { reason: 'ordered twice', by: 'ann' });
    const aborted = await engine.settled(id);
    expect(aborted).toMatchObject({
      status: 'aborted',
      waits: [],
      records,
      state: { begun: true },
      endedAt: world().clock.now(),
      failure: { code: 'aborted', message: 'ordered twice (by ann)', retryable: false },
    });
    expect((await world().facts(id)).at(-1)).toBe('process_status aborted');
    await world().clock.advance('1h');
    expect(await engine.tick()).toEqual([]);
  });

  it('is refused when the process has ended, and stores nothing', async () => {
    const engine = world().engine([defineWorkflow('stops', {}, stops.failed), defineWorkflow('done', {}, later)]);
    const [aborted, done] = [await engine.start('stops'), await engine.start('done')];
    await Promise.all([engine.settled(aborted.id), engine.settled(done.id)]);
    await engine.abort(aborted.id);
    const before = await world().everything();
    for (const [{ id }, what] of [
      [aborted, '(stops) is aborted'],
      [done, '(done) is completed'],
    ] as const)
      await expect(engine.abort(id)).rejects.toMatchObject({
        code: 'wrong_status',
        message: `Process ${id} ${what}; there is nothing to abort.`,
      });
    await expect(engine.retry(aborted.id)).rejects.toMatchObject({ code: 'wrong_status' });
    await expect(engine.resume(aborted.id, {})).rejects.toMatchObject({ code: 'wrong_status' });
    expect(await world().everything()).toEqual(before);
  });

  it('reaches a running step through its signal at once, and stores nothing of what it gives', async () => {
    const running = signal();
    const told = signal();
    const end = signal();
    const long = step('Long')(async (ctx: StepContext) => {
      ctx.signal.addEventListener('abort', told.give);
      running.give();
      await end.given;
      return { reason: (ctx.signal.reason as Error).message };
    });
    const engine = world().engine([
      defineWorkflow(
        'long',
        {},
        list(
          step('Begin')(() => ({ begun: true })),
          long,
          later,
        ),
      ),
    ]);
    const { id } = await engine.start('long');
    await running.given;
    await engine.abort(id, { reason: 'enough' });
    await told.given;
    const aborted = await engine.settled(id);
    expect(aborted).toMatchObject({ status: 'aborted', failure: { message: 'enough' } });
    const before = await world().everything();
    end.give();
    await world().clock.advance(1);
    await engine.close();
    expect(await world().everything()).toEqual(before);
    expect(aborted.records.find(({ path }) => path === 'Long')).toMatchObject({ outcome: null, attempt: 1 });
    expect(await world().facts(id)).toEqual([
      'process_created',
      'step_started Begin',
      'step_ended Begin success',
      'step_started Long',
      'process_status aborted',
    ]);
  });

  it('from another engine stops the process at its next write', async () => {
    const running = signal();
    const end = signal();
    const performed: string[] = [];
    const long = step('Long')(async (ctx: StepContext) => {
      running.give();
      await end.given;
      performed.push('Long');
      expect(ctx.signal.aborted).toBe(false);
      return { long: true };
    });
    const workflow = defineWorkflow(
      'long',
      {},
      list(
        long,
        step('Later')(() => void performed.push('Later')),
      ),
    );
    const [engine, other] = [world().engine([workflow]), world().engine([workflow])];
    const { id } = await engine.start('long');
    await running.given;
    await other.abort(id);
    const before = await world().everything();
    end.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'aborted' });
    expect(await world().everything()).toEqual(before);
    expect(performed).toEqual(['Long']);
  });

  it('that comes too late to stop the last step is refused, and changes nothing', async () => {
    const [running, end] = [signal(), signal()];
    const last = step('Last')(async () => {
      running.give();
      await end.given;
    });
    const workflow = defineWorkflow('late', {}, last);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('late');
    await running.given;
    const slow = around(world().store, async (method, call) => {
      if (method !== 'commit') return call();
      end.give();
      await engine.settled(id);
      return call();
    });
    await expect(world().engine([workflow], { store: slow }).abort(id)).rejects.toMatchObject({
      code: 'wrong_status',
      message: `Process ${id} (late) is completed; there is nothing to abort.`,
    });
    expect(await engine.get(id)).toMatchObject({ status: 'completed' });
    expect((await world().facts(id)).at(-1)).toBe('process_status completed');
  });

  it('that is stored while the process is being claimed ends it before its first step', async () => {
    const claimed = signal();
    const aborted = signal();
    const store = around(world().store, async (method, call) => {
      const result = await call();
      if (method !== 'claim') return result;
      claimed.give();
      await aborted.given;
      return result;
    });
    let performed = 0;
    const engine = world().engine(
      [
        defineWorkflow(
          'counted',
          {},
          step('Count')(() => void performed++),
        ),
      ],
      { store },
    );
    const { id } = await engine.start('counted');
    await claimed.given;
    await engine.abort(id);
    aborted.give();
    expect(await engine.settled(id)).toMatchObject({ status: 'aborted', records: [{ path: '#start' }] });
    expect(performed).toBe(0);
  });

  it('and an answer at the same time do not both happen', async () => {
    const engine = world().engine([defineWorkflow('stops', {}, list(stops.suspended, later))]);
    const { id } = await engine.start('stops');
    await engine.settled(id);
    const [abort, answer] = await Promise.allSettled([engine.abort(id), engine.resume(id, { approved: true })]);
    expect(abort.status).toBe('fulfilled');
    expect(await engine.settled(id)).toMatchObject({ status: 'aborted', waits: [] });
    const answered = (await world().facts(id)).includes('step_answered Stop');
    expect(answered).toBe(answer.status === 'fulfilled');
  });
});

onEachStore('A process that keeps changing', (world) => {
  it('is given up on after a while, with an error that says so', async () => {
    const engine = world().engine([defineWorkflow('stops', {}, stops.suspended)]);
    const { id } = await engine.start('stops');
    await engine.settled(id);
    let commits = 0;
    const contended = around(world().store, async (method, call) => {
      if (method !== 'commit') return call();
      commits++;
      return [{ stored: false, why: 'changed' }];
    });
    const other = world().engine([defineWorkflow('stops', {}, stops.suspended)], { store: contended });
    await expect(other.resume(id, { approved: true })).rejects.toMatchObject({
      code: 'conflict',
      retryable: true,
      message: `Process ${id} kept changing while this was tried 20 times; try again.`,
    });
    expect(commits).toBe(20);
  });
});

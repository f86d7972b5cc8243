import { expect, it } from 'vitest';
import { onEachStore } from '../support.js';
import { flaky } from '../workflows.js';

const MINUTE = 60_000;

onEachStore('A retry step that throws', (world) => {
  it('makes the process wait until the next attempt is due, and is not tried before', async () => {
    const { clock } = world();
    const { workflow, performed } = flaky({ every: '10m' }, 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    const due = clock.now() + 10 * MINUTE;
    const failure = { code: 'step_threw', message: 'busy 1', retryable: true, stack: expect.stringContaining('busy 1') };
    const waiting = await engine.settled(id);
    expect(waiting).toMatchObject({ status: 'waiting', state: { before: 1 } });
    expect(waiting.waits).toStrictEqual([
      { path: 'Push', kind: 'timer', attempt: 1, since: clock.now(), deadline: due, reason: 'attempt 1 failed: busy 1' },
    ]);
    expect(waiting.records.at(-1)).toMatchObject({
      path: 'Push',
      attempt: 1,
      outcome: { kind: 'waiting', until: due, reason: 'attempt 1 failed: busy 1', failure },
      failure,
    });
    await clock.advanceTo(due - 1);
    expect(await engine.tick()).toEqual([]);
    expect(performed).toEqual(['Before', 'Push']);
    await clock.advanceTo(due);
    expect(await engine.tick()).toEqual([id]);
    expect(performed).toEqual(['Before', 'Push', 'Push', 'After']);
    expect(await engine.tick()).toEqual([]);
  });

  it('shows after its success how often it was tried, and what went wrong last', async () => {
    const { clock } = world();
    const { workflow } = flaky({ every: '10m' }, 2);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    const started = clock.now();
    for (let attempt = 2; attempt <= 3; attempt++) {
      await clock.advance('10m');
      expect(await engine.tick(id)).toEqual([id]);
    }
    const { records, waits, status, state, failure } = await engine.get(id);
    expect({ status, state, waits, failure }).toEqual({ status: 'completed', state: { before: 1, pushed: 3, after: 3 }, waits: [] });
    expect(records.find(({ path }) => path === 'Push')).toMatchObject({
      outcome: { kind: 'success' },
      attempt: 3,
      failure: { message: 'busy 2' },
      countsFrom: { attempt: 0, at: started },
      startedAt: started + 20 * MINUTE,
    });
    expect(await world().facts(id)).toEqual([
      'process_created',
      'step_started Before',
      'step_ended Before success',
      'step_started Push',
      'step_ended Push waiting',
      'process_status waiting',
      'step_cleared Push',
      'process_status running',
      'step_started Push',
      'step_ended Push waiting',
      'process_status waiting',
      'step_cleared Push',
      'process_status running',
      'step_started Push',
      'step_ended Push success',
      'step_started After',
      'step_ended After success',
      'process_status completed',
    ]);
  });

  it('waits longer each time, with the jitter that the dice give', async () => {
    const { clock } = world();
    const { workflow } = flaky({ backoff: { initial: '1m', factor: 4, max: '10m', jitter: 0.5 } }, 4);
    const engine = world().engine([workflow], { random: { number: () => 0.5, uuid: () => globalThis.crypto.randomUUID() } });
    const { id } = await engine.start('flaky');
    const waited: number[] = [];
    for (let { waits } = await engine.settled(id); waits[0]?.deadline; { waits } = await engine.get(id)) {
      waited.push(waits[0].deadline - clock.now());
      await clock.advanceTo(waits[0].deadline);
      await engine.tick(id);
    }
    expect(waited).toEqual([1, 4, 10, 10].map((minutes) => minutes * MINUTE * 0.75));
  });

  it('fails the process when its attempts are used up, with the last failure as the cause', async () => {
    const { clock } = world();
    const { workflow, performed } = flaky({ every: '1m', maxAttempts: 2 }, 9);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    await engine.settled(id);
    await clock.advance('1m');
    await engine.tick();
    const failed = await engine.get(id);
    expect(failed).toMatchObject({
      status: 'failed',
      waits: [],
      failure: {
        code: 'attempts_exhausted',
        message: 'gave up after 2 attempts: busy 2',
        retryable: true,
        cause: { code: 'step_threw', message: 'busy 2' },
      },
    });
    expect(failed.records.at(-1)).toMatchObject({ attempt: 2, failure: { code: 'attempts_exhausted' }, outcome: { kind: 'failed' } });
    await clock.advance('1d');
    expect(await engine.tick()).toEqual([]);
    expect(performed).toEqual(['Before', 'Push', 'Push']);
  });

  it('fails the process when no attempt is left before its deadline', async () => {
    const { clock } = world();
    const { workflow, performed } = flaky({ every: '10m', deadline: '25m' }, 9);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    for (let details = await engine.settled(id); details.status === 'waiting'; details = await engine.get(id)) {
      await clock.advance('10m');
      await engine.tick();
    }
    expect(await engine.get(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'deadline_passed', message: 'no attempt is left before its deadline: busy 3', cause: { message: 'busy 3' } },
    });
    expect(performed).toEqual(['Before', 'Push', 'Push', 'Push']);
  });

  it.each([
    ['says that it is not retryable', {}, () => Object.assign(new Error('no such port'), { retryable: false })],
    [
      'is not worth it, as its policy says',
      { retryIf: (failure: { message: string }) => failure.message !== 'no such port' },
      () => new Error('no such port'),
    ],
  ] as const)('fails at once when the error %s', async (_why, policy, fail) => {
    const { workflow, performed } = flaky({ every: '1m', ...policy }, 9, fail);
    const engine = world().engine([workflow]);
    const { status, failure, waits } = await engine.settled((await engine.start('flaky')).id);
    expect({ status, waits }).toEqual({ status: 'failed', waits: [] });
    expect(failure).toMatchObject({ code: 'step_threw', message: 'no such port' });
    expect(performed).toEqual(['Before', 'Push']);
  });

  it('fails once when its policy itself throws, and says so', async () => {
    const retryIf = () => {
      throw new Error('no opinion');
    };
    const { workflow, performed } = flaky({ every: '1m', retryIf }, 1);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('flaky');
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'predicate_threw', message: expect.stringContaining('no opinion'), cause: { message: 'busy 1' } },
    });
    expect(performed).toEqual(['Before', 'Push']);
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { pushed: 2 } });
  });
});

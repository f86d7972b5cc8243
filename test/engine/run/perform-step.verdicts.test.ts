import { ask, complete, conditional, focus, inputStep, refuse, skip, step } from 'stepwright';
import { expect, it } from 'vitest';
import { Confirm, onEachStore, opaque } from '../support.js';
import { run } from '../workflows.js';

onEachStore('A verdict', (world) => {
  it('of skip() is recorded with its reason, and the next step follows', async () => {
    const details = await run(
      world(),
      step('Skip')(() => skip('it is there already')),
      step('Silent')(() => skip()),
      step('Next')(() => ({ next: true })),
    );
    expect(details).toMatchObject({ status: 'completed', state: { next: true } });
    expect(details.records.slice(1, 3).map(({ outcome }) => outcome)).toEqual([
      { kind: 'skipped', reason: 'it is there already' },
      { kind: 'skipped', reason: 'nothing to do' },
    ]);
  });

  it('of skip() by every step completes the process', async () => {
    expect(
      await run(
        world(),
        step('Skip')(() => skip()),
      ),
    ).toMatchObject({ status: 'completed', state: {} });
  });

  it('of complete() ends the process with its changes, from any depth', async () => {
    const details = await run(
      world(),
      conditional(() => true)(
        focus('part')(
          step('End')(() => complete({ last: 1 })),
          step('Never')(() => ({ never: true })),
        ),
      ),
      step('Neither')(() => ({ neither: true })),
    );
    expect(details).toMatchObject({ status: 'completed', state: { part: { last: 1 } } });
    expect(details.records.map(({ path }) => path)).toEqual(['#start', 'End#focus#if', 'End']);
    expect(details.records.at(-1)?.outcome).toEqual({ kind: 'complete', changes: { set: { last: 1 }, unset: [] } });
  });

  it('of complete() may be without changes, and refuses what is none', async () => {
    expect(
      await run(
        world(),
        step('End')(() => complete()),
      ),
    ).toMatchObject({ status: 'completed', state: {} });
    const wrong = step('End')(() => complete('all of it' as never));
    expect(await run(world(), wrong)).toMatchObject({ status: 'failed', failure: { code: 'bad_result' } });
  });
});

onEachStore('A form that asks nothing', (world) => {
  it('is done at once, with what it returns', async () => {
    const details = await run(
      world(),
      step('Begin')(() => opaque({ port: null })),
      // biome-ignore lint/correctness/useYield: this form has no pages
      inputStep('Ask')(function* (state: object) {
        return { asked: Object.keys(state) };
      }),
    );
    expect(details).toMatchObject({ status: 'completed', waits: [], state: { asked: ['port'] } });
    expect(details.records.at(-1)).toMatchObject({ path: 'Ask', attempt: 1, outcome: { kind: 'success' } });
  });

  it.each([
    ['skip()', () => skip()],
    ['complete()', () => complete({ a: 1 })],
  ])('fails its step when it returns %s, which is no answer', async (call, verdict) => {
    // biome-ignore lint/correctness/useYield: this form has no pages
    const question = inputStep('Ask')(function* () {
      return verdict();
    });
    expect(await run(world(), question)).toMatchObject({
      status: 'failed',
      state: {},
      failure: { code: 'bad_result', message: expect.stringContaining(`returned ${call}, which is for steps that run`) },
    });
  });

  it('fails its step when it refuses before anybody has answered', async () => {
    const details = await run(
      world(),
      inputStep('Ask')(function* () {
        if (opaque(true)) refuse('there are no ports left');
        return { ...(yield* ask(Confirm)) };
      }),
    );
    expect(details).toMatchObject({
      status: 'failed',
      failure: { code: 'form_failed', message: expect.stringMatching(/^Step "Ask" of workflow "run" \(.*\): there are no ports left$/) },
    });
  });
});

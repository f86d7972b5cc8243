import { complete, defineWorkflow, list, retryStep, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { toAnswers } from '../../../src/engine/run/perform-step.js';
import { testPort } from '../../support/models.js';
import { onEachStore, opaque, type World } from '../support.js';
import { run } from '../workflows.js';

type Fn = Parameters<ReturnType<typeof step>>[0];

/** Runs a workflow of one step that gives this, after one that gives the state. */
function returning(world: World, value: unknown, state: object = {}) {
  const start = step('Begin')(() => state);
  return run(
    world,
    start,
    step('Give')(() => value),
  );
}

onEachStore('What a step returns', (world) => {
  it('is merged into the state as the text that is stored says it, for the next step and after a restart alike', async () => {
    const seen: unknown[] = [];
    const see = (name: string) => step(name)((state: unknown) => void seen.push(state));
    class Point {
      x = 1;
      y = undefined;
    }
    const first = world().engine([
      defineWorkflow(
        'run',
        {},
        list(
          step('Give')(() => ({ at: new Date(0), point: new Point(), minus: -0, nested: { at: [new Date(1)] }, text: 'ä\u0000\u2028😀' })),
          see('First run'),
          step('Break')(() => {
            throw new Error('not now');
          }),
          see('Resumed'),
        ),
      ),
    ]);
    const { id } = await first.start('run');
    const failed = await first.settled(id);
    const state = {
      at: '1970-01-01T00:00:00.000Z',
      point: { x: 1 },
      minus: 0,
      nested: { at: ['1970-01-01T00:00:00.001Z'] },
      text: 'ä\u0000\u2028😀',
    };
    expect(failed).toMatchObject({ status: 'failed', state });
    const repaired = defineWorkflow(
      'run',
      {},
      list(
        step('Give')(() => ({})),
        see('First run'),
        step('Break')(() => undefined),
        see('Resumed'),
      ),
    );
    const second = world().engine([repaired]);
    await second.retry(id);
    expect(await second.settled(id)).toMatchObject({ status: 'completed', state });
    expect(seen).toStrictEqual([state, state]);
  });

  it('takes a key away when it is undefined, and is no change when it says the same', async () => {
    const begin = { kept: { b: 1, a: [null] }, gone: 1, other: 2 };
    const details = await returning(world(), { kept: { a: [null], b: 1 }, gone: undefined, never: undefined, other: 3 }, begin);
    expect(details.records.at(-1)).toMatchObject({ outcome: { kind: 'success', changes: { set: { other: 3 }, unset: ['gone'] } } });
    expect(details.state).toEqual({ kept: begin.kept, other: 3 });
  });

  it.each([[undefined], [null], [{}], [Object.create(null)]])('may be nothing: %o', async (nothing) => {
    const details = await returning(world(), nothing, { a: 1 });
    expect(details).toMatchObject({ status: 'completed', state: { a: 1 } });
    expect(details.records.at(-1)).toMatchObject({ outcome: { kind: 'success', changes: { set: {}, unset: [] } } });
  });

  it('is not changed afterwards through what a step keeps of it, or of what it was given', async () => {
    const kept: { list: number[] } = { list: [1] };
    const details = await run(
      world(),
      step('Give')(() => kept),
      step('Change')((list: number[]) => {
        list.push(2);
        kept.list.push(3);
      }),
      step('Look')((list: number[]) => ({ seen: list })),
    );
    expect(details.state).toEqual({ list: [1], seen: [1] });
  });

  it.each([
    ['a list', [1], 'bad_result', 'returned a list; return nothing, or an object of changes'],
    ['a text', 'done', 'bad_result', 'returned a string'],
    ['a number', 0, 'bad_result', 'returned a number'],
    ['a Map', new Map(), 'bad_result', 'returned a Map'],
    ['a model itself', testPort('a'), 'bad_result', 'returned a domain model itself; return it under a key, such as { subscription }.'],
    ['a reserved key', { state: 1 }, 'bad_result', 'returned the key "state", which is reserved'],
    ['a complete() with a model itself', complete(testPort('a')), 'bad_result', 'returned a domain model itself'],
    ['not a number', { deep: [{ ratio: Number.NaN }] }, 'not_json', 'returned "deep", and deep[0].ratio is NaN'],
    ['a bigint', { count: 1n }, 'not_json', 'count is a bigint'],
    ['a function', { call: () => 1 }, 'not_json', 'call is a function'],
    ['a Promise inside', { later: Promise.resolve(1) }, 'not_json', 'later is a Promise'],
    ['a hole in a list', { list: opaque([1, undefined]) }, 'not_json', 'list[1] is undefined in a list'],
  ])('fails the step when it is %s', async (_what, value, code, message) => {
    const details = await returning(world(), value, { before: 1 });
    expect(details).toMatchObject({
      status: 'failed',
      state: { before: 1 },
      failure: { code, message: expect.stringContaining(message), retryable: false },
    });
    expect(details.failure?.message).toMatch(/^Step "Give" of workflow "run" \(.*perform-step\.test\.ts:\d+\) returned/);
    expect(details.failure).not.toHaveProperty('stack');
  });

  it('fails a retry step at once when it can not be kept, for trying again gives the same', async () => {
    const details = await run(
      world(),
      retryStep('Give')(() => opaque([])),
    );
    expect(details).toMatchObject({ status: 'failed', waits: [], failure: { code: 'bad_result' } });
  });
});

onEachStore('What a step throws', (world) => {
  const throwing = (fn: Fn) => run(world(), step('Throw')(fn));

  it('is kept as a failure, with its code and its causes', async () => {
    const { failure } = await throwing(() => {
      const cause = Object.assign(new Error('refused', { cause: 'the firewall' }), { code: 'ECONNREFUSED' });
      throw new TypeError('no connection', { cause });
    });
    expect(failure).toMatchObject({
      code: 'step_threw',
      message: 'no connection',
      stack: expect.stringContaining('perform-step.test.ts'),
      retryable: true,
      cause: { message: 'refused', details: { code: 'ECONNREFUSED' }, cause: { message: 'threw "the firewall", which is not an Error' } },
    });
  });

  it.each([['text'], [undefined], [null], [{ a: 1 }], [Symbol('s')], [() => 1]])('may be anything, even %o', async (thrown) => {
    expect(await throwing(() => Promise.reject(thrown))).toMatchObject({
      status: 'failed',
      failure: { code: 'step_threw', message: expect.stringContaining('which is not an Error') },
    });
  });

  it('may come from a parameter, before the step itself is called', async () => {
    let called = false;
    const details = await run(
      world(),
      step('Give')(() => opaque({ parcel: 1 })),
      step('Ship')((parcle: unknown) => {
        called = true;
        return { parcle };
      }),
    );
    expect(details).toMatchObject({
      status: 'failed',
      failure: { code: 'missing_key', message: expect.stringContaining('Did you mean "parcel"?'), retryable: false },
    });
    expect(called).toBe(false);
  });

  it('fails with bad_value where a parameter can not be converted', async () => {
    const details = await run(
      world(),
      step('Give')(() => ({ at: 'soon' })),
      step('Wait', { params: { at: Date } })((at: Date) => ({ later: at })),
    );
    expect(details.failure).toMatchObject({
      code: 'bad_value',
      message: expect.stringMatching(/^Step "Wait" of workflow "run" .* "at": it holds "soon"/),
    });
  });
});

describe('toAnswers', () => {
  it.each([
    [undefined, []],
    [{ a: 1 }, [{ a: 1 }]],
    [[], []],
    [
      [{ a: 1 }, null],
      [{ a: 1 }, null],
    ],
    ['text', ['text']],
    [null, [null]],
  ])('takes %j for %j', (input, answers) => {
    expect(toAnswers(input)).toEqual(answers);
  });
});

import { conditional, defineWorkflow, focus, list, type State, step } from 'stepwright';
import { expect, it } from 'vitest';
import { onEachStore, opaque } from '../support.js';

const begin = step('Begin')(() => ({ yes: true }));

onEachStore('A condition', (world) => {
  it('is decided once, and holds to that when state and code say otherwise later', async () => {
    const asked: unknown[] = [];
    let broken = true;
    const define = (predicate: (state: State) => boolean) =>
      defineWorkflow(
        'conditions',
        {},
        list(
          begin,
          conditional((state) => {
            asked.push(state.yes);
            return predicate(state);
          })(
            step('Undo the reason')(() => ({ yes: false })),
            step('Break')(() => {
              if (broken) throw new Error('not now');
            }),
          ),
          conditional(() => !predicate({ yes: true }))(step('Other')(() => ({ other: true }))),
        ),
      );
    const engine = world().engine([define((state) => state.yes === true)]);
    const { id } = await engine.start('conditions');
    const failed = await engine.settled(id);
    expect(failed).toMatchObject({ status: 'failed', state: { yes: false } });
    expect(failed.records.find(({ path }) => path === 'Undo the reason#if')).toMatchObject({ outcome: null, decision: true });
    broken = false;
    const changed = world().engine([define(() => false)]);
    await changed.retry(id);
    expect(await changed.settled(id)).toMatchObject({ status: 'completed', state: { yes: false, other: true } });
    expect(asked).toEqual([true]);
  });

  it('that does not hold is recorded too, and its steps leave no trace', async () => {
    const engine = world().engine([
      defineWorkflow(
        'conditions',
        {},
        list(begin, conditional((state) => state.yes !== true, 'No')(step('Never')(() => ({ never: true })))),
      ),
    ]);
    const details = await engine.settled((await engine.start('conditions')).id);
    expect(details).toMatchObject({ status: 'completed', state: { yes: true } });
    expect(details.records.map(({ path, decision }) => [path, decision])).toEqual([
      ['#start', undefined],
      ['Begin', undefined],
      ['No#if', false],
    ]);
  });

  it('is decided again, and durably, before the first step inside it starts', async () => {
    const stored: unknown[] = [];
    const engine = world().engine([
      defineWorkflow(
        'conditions',
        {},
        conditional(() => true)(
          focus('part')(
            step('Look')(async (ctx) => {
              stored.push(await world().store.records(ctx.processId));
            }),
          ),
        ),
      ),
    ]);
    await engine.settled((await engine.start('conditions')).id);
    expect(stored).toMatchObject([[{ path: '#start' }, { path: 'Look#focus#if', decision: true }, { path: 'Look', outcome: null }]]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no opinion');
      },
      'no opinion',
    ],
    ['gives a promise', () => Promise.reject(new Error('late')), 'it returned a promise'],
    ['gives no answer', () => undefined, 'return true or false'],
  ])('that %s fails the process, and is asked again by a retry', async (_what, wrong, message) => {
    let asked = 0;
    const predicate = () => (++asked === 1 ? wrong() : true) as boolean;
    const body = list(begin, conditional(predicate)(step('Inside')(() => ({ inside: true }))));
    const engine = world().engine([defineWorkflow('conditions', {}, body)]);
    const { id } = await engine.start('conditions');
    expect(await engine.settled(id)).toMatchObject({
      status: 'failed',
      state: { yes: true },
      failure: { code: 'predicate_threw', message: expect.stringMatching(`^The condition at "Inside#if" failed: .*${message}`) },
    });
    await engine.retry(id, { path: 'Inside#if' });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed', state: { yes: true, inside: true } });
    expect(done.records.find(({ path }) => path === 'Inside#if')).toMatchObject({ decision: true });
    expect(asked).toBe(2);
  });

  it('fails as often as it throws, with a number for each attempt', async () => {
    const predicate = () => {
      throw new Error('never');
    };
    const engine = world().engine([defineWorkflow('conditions', {}, conditional(predicate)(begin))]);
    const { id } = await engine.start('conditions');
    for (let attempt = 1; attempt <= 3; attempt++) {
      const failed = await engine.settled(id);
      expect(failed).toMatchObject({ status: 'failed', records: [{}, { path: 'Begin#if', attempt, outcome: { kind: 'failed' } }] });
      await engine.retry(id);
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'failed' });
  });
});

onEachStore('A focus', (world) => {
  it('gives its steps one object of the state, and merges what they change into that', async () => {
    const seen: unknown[] = [];
    const engine = world().engine([
      defineWorkflow(
        'focuses',
        {},
        list(
          step('Begin')(() => ({ part: { a: 1, b: 2 }, outside: 1 })),
          focus(
            'part',
            'Part',
          )(
            step('Change')((state: State, a: number) => {
              seen.push(state);
              return { a: a + 1, b: undefined, c: 3 };
            }),
          ),
          step('After')((part: object) => void seen.push(part)),
        ),
      ),
    ]);
    const details = await engine.settled((await engine.start('focuses')).id);
    expect(details.state).toEqual({ part: { a: 2, c: 3 }, outside: 1 });
    expect(seen).toEqual([
      { a: 1, b: 2 },
      { a: 2, c: 3 },
    ]);
  });

  it('fails where the key holds no object, and goes on after that was put right', async () => {
    let value: unknown = 'text';
    const engine = world().engine([
      defineWorkflow(
        'focuses',
        {},
        list(
          step('Begin')(() => opaque({ part: value })),
          focus('part')(step('In')(() => ({ in: 1 }))),
        ),
      ),
    ]);
    const { id } = await engine.start('focuses');
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'focus_not_object' } });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'failed', failure: { code: 'focus_not_object' } });
    value = {};
    const { id: next } = await engine.start('focuses');
    expect(await engine.settled(next)).toMatchObject({ status: 'completed', state: { part: { in: 1 } } });
  });
});

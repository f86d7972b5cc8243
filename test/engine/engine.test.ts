import { ask, conditional, defineWorkflow, initialForm, inputStep, list, step, workflow, workflowOf } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { signal } from './signal.js';
import { Amount, Confirm, onEachStore } from './support.js';

const greet = defineWorkflow(
  'greet',
  { target: 'validate', description: 'Says hello' },
  list(
    step('Hello')(() => ({ text: 'hello' })),
    step('Louder')((text: string) => ({ text: `${text}!` })),
  ),
);
const failing = defineWorkflow(
  'failing',
  {},
  step('Break')(() => {
    throw new Error('broken');
  }),
);

onEachStore('Engine', (world) => {
  it('starts a process, moves it to its end, and tells all that is known of it', async () => {
    const engine = world().engine([greet]);
    const at = world().clock.now();
    const { id, existed } = await engine.start('greet', undefined, { by: 'ann' });
    expect(existed).toBe(false);
    const details = await engine.settled(id);
    const step = { attempt: 1, countsFrom: { attempt: 0, at }, startedAt: at, endedAt: at };
    expect(details).toStrictEqual({
      id,
      workflow: 'greet',
      target: 'validate',
      status: 'completed',
      revision: 1,
      epoch: 1,
      createdBy: 'ann',
      createdAt: at,
      updatedAt: at,
      endedAt: at,
      records: [
        { path: '#start', outcome: { kind: 'success', changes: { set: {}, unset: [] } }, by: 'ann', ...step },
        { path: 'Hello', outcome: { kind: 'success', changes: { set: { text: 'hello' }, unset: [] } }, ...step },
        { path: 'Louder', outcome: { kind: 'success', changes: { set: { text: 'hello!' }, unset: [] } }, ...step },
      ],
      waits: [],
      state: { text: 'hello!' },
    });
    expect(await engine.get(id)).toStrictEqual(details);
  });

  it('stores every fact in order', async () => {
    const engine = world().engine([greet]);
    const { id } = await engine.start('greet');
    await engine.settled(id);
    expect(await world().facts(id)).toEqual([
      'process_created',
      'step_started Hello',
      'step_ended Hello success',
      'step_started Louder',
      'step_ended Louder success',
      'process_status completed',
    ]);
  });

  it('runs the methods of a class on one frozen instance, made on first use', async () => {
    let made = 0;
    @workflow('class')
    class Counting {
      readonly factor = 3;
      constructor() {
        made++;
      }
      @initialForm()
      *order() {
        return { ...(yield* ask(Amount)) };
      }
      @step('Multiply')
      multiply(amount: number) {
        return { amount: amount * this.factor, frozen: Object.isFrozen(this) };
      }
      @conditional((state) => Number(state.amount) > 10)
      @step('Many')
      many() {
        return { many: true };
      }
    }
    const engine = world().engine([workflowOf(Counting)!]);
    expect(made).toBe(0);
    const ids = [(await engine.start('class', { amount: 2 })).id, (await engine.start('class', { amount: 4 })).id];
    const states = await Promise.all(ids.map(async (id) => (await engine.settled(id)).state));
    expect(states).toEqual([
      { amount: 6, frozen: true },
      { amount: 12, frozen: true, many: true },
    ]);
    expect(made).toBe(1);
  });

  it('names its workflows, and the nearest one where it knows none of that name', async () => {
    const engine = world().engine([greet, failing]);
    expect(engine.workflows).toEqual([greet, failing]);
    const unknown = { code: 'unknown_workflow', message: expect.stringContaining('Did you mean "greet"? Known are: failing, greet.') };
    await expect(engine.start('gret')).rejects.toMatchObject(unknown);
    expect(() => engine.tryStart('gret')).toThrow(expect.objectContaining(unknown));
    await expect(world().engine([]).start('greet')).rejects.toMatchObject({ message: expect.stringContaining('No workflow is loaded.') });
    expect(await world().everything()).toEqual([]);
  });

  it('refuses every call about a process that is not there, and stores nothing', async () => {
    const engine = world().engine([greet]);
    const calls = [
      engine.get('p-1'),
      engine.settled('p-1'),
      engine.resume('p-1', {}),
      engine.tryAnswer('p-1'),
      engine.retry('p-1'),
      engine.abort('p-1'),
    ];
    for (const call of await Promise.allSettled(calls))
      expect(call).toMatchObject({ reason: { code: 'unknown_process', message: expect.stringContaining('p-1') } });
    expect(await engine.tick('p-1')).toEqual([]);
    expect(await world().everything()).toEqual([]);
  });

  it('lists processes, the newest first, by status and by workflow', async () => {
    const { clock } = world();
    const engine = world().engine([greet, failing]);
    const ids: string[] = [];
    for (const name of ['greet', 'failing', 'greet']) {
      ids.push((await engine.start(name)).id);
      await engine.settled(ids.at(-1)!);
      await clock.advance('1s');
    }
    const found = async (...filter: Parameters<typeof engine.list>) => (await engine.list(...filter)).map(({ id }) => ids.indexOf(id));
    expect(await found()).toEqual([2, 1, 0]);
    expect(await found({ status: ['failed'] })).toEqual([1]);
    expect(await found({ workflow: 'greet', limit: 1 })).toEqual([2]);
    expect(await found({ status: ['suspended'] })).toEqual([]);
  });

  it('tells listeners of a fact once it is stored, until they have had enough', async () => {
    const engine = world().engine([greet]);
    const heard: string[] = [];
    const stored: Promise<boolean>[] = [];
    const stop = engine.onFact((process, fact) => {
      heard.push([fact.type, fact.path].filter(Boolean).join(' '));
      stored.push(
        world()
          .store.facts(process)
          .then((facts) => facts.some(({ type, path }) => type === fact.type && path === fact.path)),
      );
    });
    await engine.settled((await engine.start('greet')).id);
    expect(heard).toEqual([
      'process_created',
      'step_started Hello',
      'step_ended Hello',
      'step_started Louder',
      'step_ended Louder',
      'process_status',
    ]);
    expect(new Set(await Promise.all(stored))).toEqual(new Set([true]));
    stop();
    await engine.settled((await engine.start('greet')).id);
    expect(heard).toHaveLength(6);
  });

  it('is not harmed by listeners that throw or reject', async () => {
    const engine = world().engine([greet]);
    const heard: string[] = [];
    engine.onFact(() => {
      throw new Error('deaf');
    });
    engine.onFact(async () => {
      throw new Error('slow and deaf');
    });
    engine.onFact((_process, { type }) => heard.push(type));
    expect(await engine.settled((await engine.start('greet')).id)).toMatchObject({ status: 'completed' });
    expect(heard).toHaveLength(6);
    expect(world().complaints).toHaveLength(12);
    expect(new Set(world().complaints)).toEqual(new Set(['a listener broke']));
  });

  it('keeps processes apart that run at the same time', async () => {
    const turns = signal();
    let running = 0;
    const meeting = defineWorkflow(
      'meeting',
      {
        initialForm: function* () {
          return { ...(yield* ask(Amount)) };
        },
      },
      list(
        step('Meet')(async (amount: number) => {
          if (++running === 20) turns.give();
          await turns.given;
          return { met: amount };
        }),
        step('Part')((met: number) => ({ parted: met })),
      ),
    );
    const engine = world().engine([meeting]);
    const amounts = Array.from({ length: 20 }, (_, index) => index + 1);
    const started = await Promise.all(amounts.map((amount) => engine.start('meeting', { amount })));
    const ended = await Promise.all(started.map(({ id }) => engine.settled(id)));
    expect(ended.map(({ status, state }) => [status, state])).toEqual(
      amounts.map((amount) => ['completed', { amount, met: amount, parted: amount }]),
    );
  });
});

describe('an engine of two workflows that have one name', () => {
  it('is refused, with both places', async () => {
    const other = defineWorkflow(
      'greet',
      {},
      step('Other')(() => undefined),
    );
    const { Engine } = await import('../../src/engine/engine.js');
    expect(() => new Engine({} as never, [greet, other])).toThrow(
      /Two workflows are named "greet" \(.*engine\.test\.ts:\d+ and .*engine\.test\.ts:\d+\)/,
    );
    expect(new Engine({ random: { uuid: () => 'r' } } as never, [greet, greet]).workflows).toEqual([greet]);
  });
});
void [inputStep, Confirm];

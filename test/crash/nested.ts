import { IsBoolean, IsIn } from 'class-validator';
import {
  ask,
  callbackStep,
  choose,
  conditional,
  defineWorkflow,
  type FormGenerator,
  focus,
  forEach,
  graph,
  inputStep,
  list,
  optional,
  parallel,
  recover,
  retryStep,
  type State,
  type StepContext,
  sleep,
  startChild,
  step,
  until,
  type Workflow,
  withLock,
} from 'stepwright';
import { CrashPort } from './crashing.js';
import type { Outside } from './outside.js';

export const ENDINGS = ['well', 'badly'] as const;

class Wish {
  @IsIn(ENDINGS)
  ending!: string;
}

class ChildWish {
  @IsBoolean()
  held!: boolean;
}

function* wish(): FormGenerator<Wish> {
  return yield* ask(Wish);
}

function* childWish(): FormGenerator<ChildWish> {
  return yield* ask(ChildWish);
}

class Approval {
  @IsBoolean()
  approved!: boolean;
}

/** The step that nobody ever calls back: only the end of its parent ends it. */
export const HELD = 'Be held';

/**
 * Workflows whose every step has an effect outside, and is taken back by another: one with every composition, and its child.
 *
 * As the process was asked to, its last step succeeds, or fails: then all is taken back.
 */
export function nested(outside: Outside): readonly Workflow[] {
  const undo = (ctx: StepContext) => outside.effect(ctx, { undo: true });
  const act = (name: string, changes: (state: State, ctx: StepContext) => object = () => ({})) =>
    step(name, { undo })((ctx: StepContext, state: State) => {
      outside.effect(ctx);
      return changes(state, ctx);
    });
  const call = (name: string) =>
    callbackStep(name, { resultKey: 'called', undo })((ctx: StepContext) => outside.effect(ctx, { token: ctx.callbackToken }));

  const build = step('Build', { params: { port: CrashPort }, undo })((ctx: StepContext, port: CrashPort, site: string, rounds: number) => {
    outside.effect(ctx);
    port.description = `${site}, round ${rounds}`;
    port.uses = 1;
    return { port };
  });
  const use = step('Use', {
    params: { port: optional(CrashPort) },
    undo: (ctx: StepContext, port: CrashPort | undefined) => {
      undo(ctx);
      if (!port) return {};
      port.uses = 0;
      return { port };
    },
  })((ctx: StepContext, port: CrashPort) => {
    outside.effect(ctx);
    port.uses = 2;
    return { port, made: port.description };
  });
  const probe = retryStep('Probe', { every: '5ms', undo })((ctx: StepContext) => {
    outside.effect(ctx);
    if (outside.isFirst(ctx.idempotencyKey)) throw new Error('busy');
    return { probed: true };
  });
  const site = parallel({ build: list(build, use), probe: list(sleep('Settle', '5ms'), probe) }, { name: 'Both' });
  const rounds = until(
    (state) => state.rounds === 2,
    list(
      act('Round', (state) => ({ rounds: Number(state.rounds) + 1 })),
      forEach('sites', site, { name: 'Sites', as: 'site', concurrency: 2, collect: 'made' }),
    ),
    { name: 'Rounds' },
  );

  const breaking = list(
    act('Try', () => ({ tried: true })),
    act('Break', () => {
      throw new Error('it breaks');
    }),
  );
  const mend = act('Mend', (state) => ({ mended: (state.problem as { message: string }).message }));
  const tasks = graph(
    {
      plan: act('Plan', () => ({ planned: true })),
      order: { run: call('Order'), after: ['plan'] },
      try: { run: recover(breaking, mend, { name: 'Recover', as: 'problem' }), after: ['plan'] },
      join: { run: act('Join', (state) => ({ joined: [state.called ?? null, state.mended ?? null] })), after: ['order', 'try'] },
    },
    { name: 'Tasks' },
  );

  const approve = inputStep('Approve')(function* (): FormGenerator<Approval> {
    return yield* ask(Approval);
  });
  const fibre = list(approve, conditional((state) => state.approved === true)(act('Splice', () => ({ spliced: true }))));
  const medium = choose(
    (state) => state.medium ?? null,
    [
      { value: 'copper', node: act('Solder') },
      { value: 'fibre', node: fibre },
    ],
    { name: 'Medium' },
  );

  const locks = ['shared'];
  const locked = (name: string) => step(name, { undo })((ctx: StepContext) => outside.effect(ctx, { locks }));
  const guarded = withLock(locks, list(locked('Enter'), sleep('Stay', '5ms'), locked('Leave')), { name: 'Guarded' });

  // The call comes while the step's function still runs.
  const early = callbackStep('Early', { resultKey: 'early', undo })(async (ctx: StepContext) => {
    outside.effect(ctx, { token: ctx.callbackToken });
    await outside.callBack(ctx.callbackToken, { came: 'early' });
    return { asked: true };
  });

  const end = act('End', ({ ending }) => {
    if (ending === 'badly') throw new Error('it ends badly');
    return { ended: true };
  });

  return [
    defineWorkflow(
      'nested',
      { product: 'port', onFailure: 'undo', initialForm: wish },
      list(
        act('Begin', (_, ctx) => ({ customerId: ctx.processId, sites: ['a', 'b', 'c'], rounds: 0, medium: 'fibre', box: { size: 1 } })),
        rounds,
        tasks,
        medium,
        guarded,
        early,
        focus('box')(act('Inside', ({ size }) => ({ size: Number(size) + 1 }))),
        startChild('Child', { workflow: 'nested_child', input: () => ({ held: false }) }),
        startChild('Left alone', {
          workflow: 'nested_child',
          input: ({ ending }) => ({ held: ending === 'badly' }),
          wait: false,
          resultKey: 'alone',
        }),
        end,
      ),
    ),
    defineWorkflow(
      'nested_child',
      { initialForm: childWish },
      list(
        act('Grow', () => ({ grown: true })),
        conditional((state) => state.held === true)(call(HELD)),
        act('Leave home'),
      ),
    ),
  ];
}

/** A workflow that has one lock, and then several side by side; it may end badly while it has the first. */
export function contended(outside: Outside): Workflow {
  const within = (name: string, locks: (state: State) => readonly string[]) => {
    const effect = (undo: { undo?: true }) => (ctx: StepContext, state: State) => outside.effect(ctx, { ...undo, locks: locks(state) });
    return step(name, { undo: effect({ undo: true }) })(effect({}));
  };
  const all = () => ['east', 'west'];
  const one = ({ site }: State) => [String(site)];
  const fail = step('Fail')((ending: string) => {
    if (ending === 'badly') throw new Error('it ends badly');
  });
  return defineWorkflow(
    'contended',
    { onFailure: 'undo', initialForm: wish },
    list(
      withLock(all(), list(within('Enter', all), sleep('Stay', '5ms'), within('Leave', all), fail), { name: 'All' }),
      forEach(all, withLock(one, list(within('Enter', one), sleep('Stay', '5ms'), within('Leave', one)), { name: 'One' }), {
        name: 'Each',
        as: 'site',
        concurrency: 2,
      }),
    ),
  );
}

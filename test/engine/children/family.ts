import { ask, defineWorkflow, inputStep, list, retryStep, type StepContext, sleep, startChild, step, type Workflow } from 'stepwright';
import type { Engine } from '../../../src/engine/engine.js';
import { Amount, Confirm, type World } from '../support.js';

/** A workflow that starts another and waits for it, between two steps. */
export function parent(child: string, options: { readonly name?: string; readonly wait?: boolean } = {}): Workflow {
  const { name = 'parent', wait = true } = options;
  return defineWorkflow(
    name,
    {},
    list(
      step('Before')(() => ({ before: 1 })),
      startChild('Child', { workflow: child, wait, resultKey: 'got' }),
      step('After')(() => ({ after: 1 })),
    ),
  );
}

/** A child that is done at once; it adds to what it is given. */
export const quick = defineWorkflow(
  'quick',
  {
    initialForm: function* () {
      return { ...(yield* ask(Amount)) };
    },
  },
  step('Add')((amount: number) => ({ sum: amount + 1 })),
);

/** A child that does nothing, at once. */
export const idle = defineWorkflow(
  'idle',
  {},
  step('Idle')(() => ({ idle: true })),
);

/** A child that asks a person. */
export const asking = defineWorkflow(
  'asking',
  {},
  inputStep('Confirm')(function* () {
    return { ...(yield* ask(Confirm)) };
  }),
);

/** A child that fails as long as it is told to. */
export function fragile(name = 'fragile') {
  const state = { broken: true, performed: 0 };
  const work = step('Work')((ctx: StepContext) => {
    state.performed++;
    if (state.broken) throw new Error(`broken at ${ctx.attempt}`);
    return { worked: true };
  });
  return { state, workflow: defineWorkflow(name, {}, work) };
}

/** A child that waits for an hour, or is tried again after a minute. */
export const sleeping = defineWorkflow('sleeping', {}, sleep('Sleep', '1h'));
export const retrying = defineWorkflow(
  'retrying',
  {},
  retryStep('Try', { every: '1m' })((ctx: StepContext) => {
    if (ctx.attempt < 3) throw new Error('busy');
    return { tried: ctx.attempt };
  }),
);

/** The children of a process, the oldest first. */
export async function childrenOf(world: World, process: string) {
  return [...(await world.store.list({ parent: process }))].reverse();
}

/** Starts a workflow, and gives its id when it has stopped. */
export async function startAndSettle(engine: Engine, workflow: string): Promise<string> {
  const { id } = await engine.start(workflow);
  await engine.settled(id);
  return id;
}

import { ask, defineWorkflow, inputStep, list, type RetryOptions, retryStep, type StepContext, step } from 'stepwright';
import { Confirm, type World } from './support.js';

// Workflows that several tests use.

/** A step that asks a person for approval. */
export const confirm = inputStep('Confirm', { assignee: 'NOC' })(function* () {
  return { ...(yield* ask(Confirm)) };
});

/** A workflow that waits for approval between two steps. */
export const order = defineWorkflow(
  'order',
  {},
  list(
    step('Prepare')(() => ({ price: 5 })),
    confirm,
    step('Ship')((approved: boolean) => ({ shipped: approved })),
  ),
);

/** A workflow whose middle step fails so often, and then succeeds; and how often each step was performed. */
export function flaky(
  policy: RetryOptions,
  failures: number,
  fail: (attempt: number) => unknown = (attempt) => new Error(`busy ${attempt}`),
) {
  const performed: string[] = [];
  const count = <T>(name: string, result: T) => {
    performed.push(name);
    return result;
  };
  const workflow = defineWorkflow(
    'flaky',
    {},
    list(
      step('Before')(() => count('Before', { before: 1 })),
      retryStep(
        'Push',
        policy,
      )((ctx: StepContext) => {
        if (count('Push', ctx.attempt) <= failures) throw fail(ctx.attempt);
        return { pushed: ctx.attempt };
      }),
      step('After')((pushed: number) => count('After', { after: pushed })),
    ),
  );
  return { workflow, performed };
}

/** Runs a workflow of these steps to where it stops. */
export async function run(world: World, ...steps: Parameters<typeof list>) {
  const engine = world.engine([defineWorkflow('run', {}, list(...steps))]);
  return engine.settled((await engine.start('run')).id);
}

import {
  ask,
  complete,
  conditional,
  defineWorkflow,
  focus,
  inputStep,
  list,
  type Node,
  named,
  retryStep,
  type State,
  type StepContext,
  skip,
  step,
  type Workflow,
} from 'stepwright';
import type { Engine } from '../../src/engine/engine.js';
import type { ProcessDetails } from '../../src/engine/process-details.js';
import { holds, type Plan, returned, type Script } from '../support/plans.js';
import { brokenFacts } from './broken-facts.js';
import type { Witness } from './journey.js';
import { Confirm, type World } from './support.js';

/** So often is a failed step retried before that counts as the end: as often as a script's first attempts can fail. */
const RETRIES = 2;

/** A workflow that does what a plan says, after a step that gives the first state. */
export function workflowOf(plan: Plan, start: State, witness: Witness): Workflow {
  return defineWorkflow(
    'random',
    {},
    list(
      step('Begin')(() => ({ ...start })),
      toNode(plan, witness),
    ),
  );
}

function toNode(plan: Plan, witness: Witness): Node {
  switch (plan.kind) {
    case 'step':
      return toStep(plan.name, plan.script, witness);
    case 'list':
      return plan.name === undefined
        ? list(...plan.plans.map((one) => toNode(one, witness)))
        : named(plan.name)(...plan.plans.map((one) => toNode(one, witness)));
    case 'conditional':
      return conditional((state) => holds(plan.condition, state), plan.name)(toNode(plan.plan, witness));
    case 'focus':
      return focus(plan.key, plan.name)(toNode(plan.plan, witness));
  }
}

/** `waiting` is a failure that a retry policy tries again, `failed` one that a person must. */
function toStep(name: string, { first, gives, effects }: Script, witness: Witness): Node {
  if (gives === 'suspended' || gives === 'awaiting_callback') {
    return inputStep(name)(function* (state: State) {
      yield* ask(Confirm);
      return returned(effects, state);
    });
  }
  const body = async (ctx: StepContext, state: State) => {
    await witness.effect(ctx);
    const early = first[ctx.attempt - 1];
    if (early !== undefined || gives === 'failed') throw Object.assign(new Error('not yet'), { retryable: early === 'waiting' });
    if (gives === 'skipped') return skip();
    return gives === 'complete' ? complete(returned(effects, state)) : returned(effects, state);
  };
  return first.includes('waiting') ? retryStep(name, { every: '1m' })(body) : step(name)(body);
}

/** Moves a random process to its end on one engine, whatever state it finds it in. */
export async function travel(engine: Engine, world: World): Promise<ProcessDetails> {
  await engine.tick();
  const { id } = await engine.start('random', undefined, { idempotencyKey: 'the only one' });
  for (let turns = 0; turns < 500; turns++) {
    const details = await engine.settled(id);
    const [wait] = details.waits;
    const standing = details.records.find(({ outcome }) => outcome?.kind === 'failed');
    if (details.status === 'completed') return details;
    if (standing) {
      const retries = (await world.facts(id)).filter((fact) => fact === `step_cleared ${standing.path} ann`);
      if (retries.length === RETRIES) return details;
      await engine.retry(id, { by: 'ann' });
    } else if (wait?.kind === 'form') await engine.resume(id, { approved: true });
    else {
      await world.clock.advanceTo(Math.max(world.clock.now(), wait?.deadline ?? 0));
      await engine.tick();
    }
  }
  throw new Error('the process does not end');
}

/** What the facts and the steps themselves say is wrong. */
export async function faultsOf(world: World, id: string, witness: Witness): Promise<readonly unknown[]> {
  return [...witness.broken, ...brokenFacts(await world.store.facts(id), await world.store.records(id))];
}

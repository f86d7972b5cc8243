import {
  ask,
  callbackStep,
  complete,
  defineWorkflow,
  inputStep,
  list,
  type Node,
  retryStep,
  type State,
  type StepContext,
  skip,
  step,
  type Workflow,
} from 'stepwright';
import type { Json } from '../../src/core/json.js';
import { type StepNode, stepNode } from '../../src/core/nodes/step.js';
import type { Engine } from '../../src/engine/engine.js';
import type { ProcessDetails } from '../../src/engine/process-details.js';
import { RETRIES } from '../support/interpret.js';
import { type Plan, returned, type Script } from '../support/plan.js';
import { toNode } from '../support/plan-node.js';
import { brokenFacts } from './broken-facts.js';
import { Witness } from './journey.js';
import { Confirm, type World } from './support.js';

/** A workflow that does what a plan says, and what its steps do in this world. */
export class RandomProcess {
  readonly workflow: Workflow;
  readonly witness: Witness;
  readonly #world: World;
  /** What is to be sent to whom: by the path of the step. */
  readonly #calls = new Map<string, { readonly token: string; readonly body: Json }>();

  constructor(plan: Plan, start: State, world: World) {
    this.#world = world;
    this.witness = new Witness(world);
    const functions = {
      bodyOf: () => () => undefined,
      ask: <T>(_id: number, answer: () => T) => answer(),
      stepOf: (name: string, script: Script) => this.#toStep(name, script),
    };
    this.workflow = defineWorkflow(
      'random',
      {},
      list(
        step('Begin')(() => ({ ...start })),
        toNode(plan, functions),
      ),
    );
  }

  /** `waiting` is a failure that a retry policy tries again, `failed` one that a person must. */
  #toStep(name: string, script: Script): Node {
    const { gives, effects, first } = script;
    if (gives === 'suspended') {
      return inputStep(name)(function* (state: State) {
        yield* ask(Confirm);
        return returned(effects, state);
      });
    }
    const retry = first.includes('waiting') ? { retry: { every: '1m' } as const } : {};
    if (gives === 'awaiting_callback') {
      const resultKey = effects[0]?.key ?? 'a';
      const body = async (ctx: StepContext, state: State) => {
        await this.#begin(ctx, script);
        const { [resultKey]: value, ...own } = { [resultKey]: state[resultKey], ...returned(effects, state) };
        this.#calls.set(ctx.path, { token: ctx.callbackToken, body: value === undefined ? [] : [value] });
        return own;
      };
      return withCheck(callbackStep(name, { resultKey, ...retry })(body));
    }
    const body = async (ctx: StepContext, state: State) => {
      await this.#begin(ctx, script);
      if (gives === 'skipped') return skip();
      return gives === 'complete' ? complete(returned(effects, state)) : returned(effects, state);
    };
    return retry.retry ? retryStep(name, retry.retry)(body) : step(name)(body);
  }

  /** The start of a step: it fails as often as it is to, of those times that are recorded. */
  async #begin(ctx: StepContext, { first, gives, minds }: Script): Promise<void> {
    await this.witness.effect(ctx);
    if (minds && ctx.signal.aborted) throw Object.assign(new Error('told to stop'), { retryable: false });
    const failed = (await this.#world.facts(ctx.processId)).filter(
      (fact) => /^step_ended .* (waiting|failed)$/.test(fact) && fact.split(' ')[1] === ctx.path,
    );
    const early = first[failed.length];
    if (early !== undefined || gives === 'failed') throw Object.assign(new Error('not yet'), { retryable: early === 'waiting' });
  }

  /** Moves the process to its end on one engine, whatever state it finds it in. @param chance says what is done next of what can be */
  async travel(engine: Engine, chance: () => number): Promise<ProcessDetails> {
    const { clock } = this.#world;
    await engine.tick();
    const { id } = await engine.start('random', undefined, { idempotencyKey: 'the only one' });
    for (let turns = 0; turns < 2000; turns++) {
      const details = await engine.settled(id);
      if (details.status === 'completed') return details;
      const facts = await this.#world.facts(id);
      const fails = (path: string) => facts.filter((fact) => fact === `step_ended ${path} failed`).length;
      const edits = [
        ...details.records
          .filter(({ path, outcome, retired }) => !retired && outcome?.kind === 'failed' && fails(path) <= RETRIES)
          .map(
            ({ path }) =>
              () =>
                engine.retry(id, { path, by: 'ann' }),
          ),
        // A call that nobody was asked for yet is open while its step is kept from its next attempt: nothing leads on from there.
        ...details.waits
          .filter(({ path, kind, deadline }) => kind !== 'callback' || deadline !== undefined || this.#calls.has(path))
          .map(({ path, kind, attempt, deadline = 0 }) => async () => {
            if (kind === 'form') return engine.resume(id, { approved: true }, { form: `${path}@${attempt}` });
            const call = this.#calls.get(path);
            if (kind === 'callback' && call) return engine.answerCallback(call.token, call.body);
            await clock.advanceTo(Math.max(clock.now(), deadline));
            return engine.tick();
          }),
      ];
      if (edits.length === 0 && details.status === 'failed') return details;
      await edits[chance() % edits.length]?.();
    }
    throw new Error('the process does not end');
  }

  /** What the facts and the steps themselves say is wrong. */
  async faults(id: string): Promise<readonly unknown[]> {
    const { store } = this.#world;
    // Branches go side by side, and one may stand while another goes on.
    const own = this.witness.broken.filter((one) => !/ran though|ran before the end/.test(one));
    return [...own, ...brokenFacts(await store.facts(id), await store.records(id))];
  }
}

/** A call brings a list of one value; an empty one takes the key away. */
function withCheck({ name, action }: StepNode): StepNode {
  if (action.kind !== 'callback') throw new Error(`"${name}" is not called back`);
  return stepNode(name, { ...action, callback: { ...action.callback, validate: (body) => (body as readonly Json[])[0] } });
}

/** The same plan without locks, which one process alone does not feel, and with forms that do not fail before they ask. */
export function forOneProcess(plan: Plan): Plan {
  switch (plan.kind) {
    case 'step':
      return plan.script.gives === 'suspended' ? { ...plan, script: { ...plan.script, first: [] } } : plan;
    case 'withLock':
      return { kind: 'list', name: plan.name, plans: [forOneProcess(plan.plan)] };
    case 'list':
      return { ...plan, plans: plan.plans.map(forOneProcess) };
    case 'parallel':
      return { ...plan, branches: plan.branches.map((one) => ({ ...one, plan: forOneProcess(one.plan) })) };
    case 'graph':
      return { ...plan, tasks: plan.tasks.map((one) => ({ ...one, plan: forOneProcess(one.plan) })) };
    case 'choose': {
      const cases = plan.cases.map((one) => ({ ...one, plan: forOneProcess(one.plan) }));
      return { ...plan, cases, otherwise: plan.otherwise && forOneProcess(plan.otherwise) };
    }
    case 'recover':
      return { ...plan, body: forOneProcess(plan.body), handler: forOneProcess(plan.handler) };
    default:
      return { ...plan, plan: forOneProcess(plan.plan) };
  }
}

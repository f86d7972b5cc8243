import { StepwrightError } from '../core/error.js';
import { isObject, type Json } from '../core/json.js';
import { listNode } from '../core/nodes/list.js';
import type { Node } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { withLockNode } from '../core/nodes/with-lock.js';
import type { State } from '../core/state.js';
import type { Target, Workflow } from '../core/workflow.js';
import type { StepContext } from '../ports/step-context.js';
import { type Steppable, toNode } from './compositions/steppable.js';
import { assemble, OPTIONS, type WorkflowOptions } from './define-workflow.js';
import { Problems } from './definition-error.js';
import type { FormFunction } from './forms/form.js';
import { callerLocation } from './location.js';
import { isSubscriptionClass, type SubscriptionClass, type SubscriptionModel } from './models/subscription-model.js';
import type { SubscriptionStatus } from './models/subscription-status.js';
import { existing, optionalKey } from './parameters/hints.js';
import { step } from './steps/step.js';
import { type WorkflowClass, workflowClass } from './workflow.js';

/*
 * The usual life of a subscription, as workflows that do what nobody should have to remember.
 *
 * `modify` and `terminate` take a subscription that is in sync, and leave it in sync when they are done: in between it is out of sync, and
 * no other of these takes it. `validate` and `reconcile` take any, and done they say that it is in sync. All of them hold the lock
 * `subscription:<id>` while they run, so that two never work on one subscription at once. When such a workflow fails, the subscription
 * stays out of sync, for nobody knows how it is; when it is taken back, it is in sync again if it was before.
 */

/** What a workflow on a subscription says of itself. */
export interface LifeOptions extends Omit<WorkflowOptions, 'target' | 'locks' | 'product'> {
  /** The class of the subscription. */
  readonly product: SubscriptionClass;
  /** The state key of the subscription. @default 'subscription' */
  readonly key?: string;
  /** What the subscription becomes when all is done. @default 'active' for a create, 'terminated' for a terminate, else as it is */
  readonly status?: SubscriptionStatus;
  /** What happens where another of these works on it: `wait` in order, or `refuse`. @default 'refuse' */
  readonly whenBusy?: 'wait' | 'refuse';
}

/** Makes a class a workflow, or a step list. */
export interface LifeWorkflow {
  (name: string, options: LifeOptions): (type: WorkflowClass) => void;
  (name: string, options: LifeOptions & { readonly initialForm?: FormFunction }, body: Steppable): Workflow;
}

/**
 * A workflow that makes a subscription: a step of it leaves the new subscription under the key, and at the end it is `active` and in sync.
 * @throws StepwrightError `definition`, as `workflow` does
 * @example `@createWorkflow('create_l2vpn', { product: L2Vpn }) export class CreateL2Vpn { … }`
 */
export const createWorkflow: LifeWorkflow = life('create', { takes: 'none', status: 'active' });

/**
 * A workflow that changes a subscription: it is taken first, which needs it to be in sync, and in sync again at the end.
 * @example `modifyWorkflow('change_speed', { product: L2Vpn, initialForm: order }, list(change, push))`
 */
export const modifyWorkflow: LifeWorkflow = life('modify', { takes: 'in_sync' });

/** A workflow that ends a subscription: it is taken first, which needs it to be in sync, and at the end it is `terminated`. */
export const terminateWorkflow: LifeWorkflow = life('terminate', { takes: 'in_sync', status: 'terminated' });

/** A workflow that finds out whether a subscription is as it should be; where its steps succeed it is in sync. */
export const validateWorkflow: LifeWorkflow = life('validate', { takes: 'any' });

/** A workflow that brings the outside world in line with a subscription; where its steps succeed it is in sync. */
export const reconcileWorkflow: LifeWorkflow = life('reconcile', { takes: 'any' });

/** What a task says of itself. */
export type TaskWorkflowOptions = Omit<WorkflowOptions, 'target' | 'product'>;

/** A workflow that works on no subscription: a class of steps, or a step list. */
export function task(name: string, options?: TaskWorkflowOptions): (type: WorkflowClass) => void;
export function task(name: string, options: TaskWorkflowOptions & { readonly initialForm?: FormFunction }, body: Steppable): Workflow;
export function task(name: string, options: TaskWorkflowOptions & { readonly initialForm?: FormFunction } = {}, body?: Steppable): unknown {
  return define(name, options, 'system', body, callerLocation());
}

interface Life {
  /** Which subscriptions it takes before its steps. */
  readonly takes: 'none' | 'in_sync' | 'any';
  /** What it becomes at the end. */
  readonly status?: SubscriptionStatus;
}

const LIFE_OPTIONS = [...OPTIONS, 'key', 'status', 'whenBusy', 'initialForm'].filter((option) => option !== 'target' && option !== 'locks');

function life(target: Target, { takes, status: usual }: Life): LifeWorkflow {
  return ((name: string, options: LifeOptions & { readonly initialForm?: FormFunction }, body?: Steppable) => {
    const { key = 'subscription', status = usual, whenBusy = 'refuse', ...rest } = options;
    const { product } = rest;
    for (const option of Object.keys(options)) {
      if (!LIFE_OPTIONS.includes(option))
        throw new StepwrightError(
          'definition',
          `Workflow "${name}" has an unknown option "${option}". Known are: ${LIFE_OPTIONS.join(', ')}.`,
        );
    }
    if (!isSubscriptionClass(product))
      throw new StepwrightError(
        'definition',
        `Workflow "${name}" needs a product: the class of the subscription, which extends SubscriptionModel.`,
      );
    const source = callerLocation();
    const around = (inner: Node): Node => {
      const release = releaseStep(key, product, status, source);
      if (takes === 'none') return listNode([inner, release]);
      const all = listNode([takeStep(key, product, takes === 'in_sync', source), inner, release]);
      return withLockNode((state) => lockOf(state, key), all, whenBusy);
    };
    return define(name, rest, target, body, source, around);
  }) as LifeWorkflow;
}

function define(
  name: string,
  options: WorkflowOptions & { readonly initialForm?: FormFunction },
  target: Target,
  body: Steppable | undefined,
  source: string | undefined,
  around?: (body: Node) => Node,
): unknown {
  const { initialForm, ...rest } = options;
  const said: WorkflowOptions = { ...rest, target };
  if (body === undefined && initialForm)
    throw new StepwrightError('definition', `Workflow "${name}" is a class; put @initialForm() on a method of it instead of the option.`);
  if (body === undefined) return workflowClass(name, said, source, around);
  const problems = new Problems();
  const node = problems.try(() => toNode(body));
  const form = initialForm ? { form: initialForm } : {};
  return assemble(
    { name, options: said, body: node, ...(around ? { around } : {}), ...form, instantiate: () => undefined, source },
    problems,
  );
}

/** The lock of the subscription that the state names; where it names none, the first step says so. */
function lockOf(state: State, key: string): readonly string[] {
  const id = idIn(state[key]);
  return id === undefined ? [] : [`subscription:${id}`];
}

function idIn(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const { id, subscriptionId } = isObject(value) ? value : {};
  return typeof id === 'string' ? id : typeof subscriptionId === 'string' ? subscriptionId : undefined;
}

/** The process keeps its lock when it is refused, as any that failed does: it may be retried. So the message says how that is given back. */
function refuseUnless({ insync, status, subscriptionId }: SubscriptionModel, { name }: SubscriptionClass, mustBeInSync: boolean): void {
  const what = `${name} ${subscriptionId}`;
  if (status === 'terminated') throw refused(`${what} is terminated, and nothing can be done with it any more; abort this process.`);
  if (mustBeInSync && !insync)
    throw refused(
      `${what} is out of sync: a workflow on it has failed, or was aborted. Abort this process, which holds its lock; then retry that one, or validate or reconcile the subscription.`,
    );
}

/** Takes the subscription: from here on it is out of sync. What it was is kept under a key of its own, for the undo. */
function takeStep(key: string, product: SubscriptionClass, mustBeInSync: boolean, source: string | undefined): Node {
  const wasInSync = `${key}WasInSync`;
  const take = (subscription: SubscriptionModel) => {
    refuseUnless(subscription, product, mustBeInSync);
    const { insync } = subscription;
    subscription.insync = false;
    return { [key]: subscription, [wasInSync]: insync };
  };
  const giveBack = (subscription: SubscriptionModel, before: boolean | undefined) => {
    if (before === undefined) return undefined; // it was refused, or not stored: nothing was taken
    subscription.insync = before;
    return { [key]: subscription };
  };
  const params = { subscription: existing(key, product), before: optionalKey(wasInSync) };
  return placed(step('Take subscription', { params, undo: giveBack })(take), [key, wasInSync], source);
}

/** Gives the subscription back: it is in sync, and has the status that this workflow leads to. */
function releaseStep(key: string, product: SubscriptionClass, status: SubscriptionStatus | undefined, source: string | undefined): Node {
  const release = (subscription: SubscriptionModel, ctx: StepContext) => {
    if (status !== undefined) subscription.transition(status, new Date(ctx.now()));
    subscription.insync = true;
    return { [key]: subscription };
  };
  return placed(step('Release subscription', { params: { subscription: existing(key, product) } })(release), [key], source);
}

/** Says which keys a step returns, which its source does not tell, and that it stands where its workflow does. */
function placed(node: StepNode, keys: readonly string[], source: string | undefined): StepNode {
  const { source: _here, ...rest } = node;
  return Object.freeze({ ...rest, returns: new Set(keys), ...(source === undefined ? {} : { source }) });
}

function refused(message: string): StepwrightError {
  return new StepwrightError('wrong_status', message);
}

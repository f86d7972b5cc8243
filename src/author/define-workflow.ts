import { StepwrightError } from '../core/error.js';
import type { Form } from '../core/form.js';
import { didYouMean } from '../core/nearest.js';
import type { Node } from '../core/nodes/node.js';
import { checkName } from '../core/path.js';
import { ON_FAILURE, type OnFailure, TARGETS, type Target, type Workflow } from '../core/workflow.js';
import { checkKeys } from './check-keys.js';
import { type Steppable, toNode } from './compositions/steppable.js';
import { lockedBody, type WorkflowLocks } from './compositions/with-lock.js';
import { Problems, within } from './definition-error.js';
import { compileForm, type FormFunction } from './forms/form.js';
import { callerLocation } from './location.js';
import { type AnyClass, isModelClass } from './parameters/types.js';
import { returnedKeys } from './source/returned-keys.js';
import { readSignature } from './source/signature.js';

/** What a workflow says of itself. */
export interface WorkflowOptions {
  /** What it does to its subscription. @default 'system' */
  readonly target?: Target;
  /** The domain model that it works on, or the product's name; the state gets it as `product`. */
  readonly product?: AnyClass | string;
  readonly description?: string;
  /**
   * What it must not share with another process while it runs: names, a pure function of the state that gives them, or `{ keys, policy }`.
   * They are held from its first step until it has ended.
   * @default nothing
   */
  readonly locks?: WorkflowLocks;
  /** What follows when it fails: `undo` takes the completed steps back, `stop` leaves it for a person to retry. @default 'stop' */
  readonly onFailure?: OnFailure;
}

/** The parts of a workflow, whichever way it was written. */
export interface WorkflowParts {
  readonly name: string;
  readonly options: WorkflowOptions;
  /** What `options` may be given, by name. @default the names in `WorkflowOptions` */
  readonly knownOptions?: readonly string[];
  /** Undefined where it could not be built; the problems say why. */
  readonly body: Node | undefined;
  /** Puts around the body what its kind of workflow always does. */
  readonly around?: (body: Node) => Node;
  readonly form?: FormFunction;
  readonly instantiate: () => unknown;
  readonly source: string | undefined;
}

export const OPTIONS: readonly string[] = ['target', 'product', 'description', 'locks', 'onFailure'] satisfies (keyof WorkflowOptions)[];

/**
 * Defines a workflow of plain functions.
 * @throws StepwrightError `definition` for everything that is wrong with it, saying what to write instead
 * @example `export const greet = defineWorkflow('greet', {}, list(step('Hello')(() => ({ text: 'hello' }))));`
 */
export function defineWorkflow(
  name: string,
  options: WorkflowOptions & { readonly initialForm?: FormFunction },
  body: Steppable,
): Workflow {
  const { initialForm, ...rest } = options;
  const problems = new Problems();
  return assemble(
    {
      name,
      options: rest,
      knownOptions: [...OPTIONS, 'initialForm'],
      body: problems.try(() => toNode(body)),
      ...(initialForm ? { form: initialForm } : {}),
      instantiate: () => undefined,
      source: callerLocation(),
    },
    problems,
  );
}

/**
 * Puts a workflow together.
 * @throws StepwrightError `definition` for all that is wrong with it, and for the problems of its parts
 */
export function assemble(parts: WorkflowParts, problems: Problems): Workflow {
  const { name, options, knownOptions = OPTIONS, form, instantiate, source, around = (inner) => inner } = parts;
  const place = `"${name}"${source === undefined ? '' : ` (${source})`}`;
  const what = `Workflow ${place}`;
  problems.try(() => checkName(name, 'A workflow'));
  for (const key of Object.keys(options)) {
    if (!knownOptions.includes(key))
      problems.add(`${what} has an unknown option "${key}".${didYouMean(key, knownOptions)} Known are: ${knownOptions.join(', ')}.`);
  }
  const body = parts.body && problems.try(() => around(parts.body as Node));
  const { target = 'system', product, description, locks, onFailure } = options;
  if (!TARGETS.includes(target)) problems.add(`${what} has the target "${target}"; write one of ${TARGETS.join(', ')}.`);
  if (onFailure !== undefined && !ON_FAILURE.includes(onFailure))
    problems.add(`${what} has onFailure "${onFailure}"; write one of ${ON_FAILURE.join(', ')}.`);
  const productName = typeof product === 'function' ? product.name : product;
  if (typeof product === 'function' && !isModelClass(product))
    problems.add(`${what} names the product ${product.name}, which is no domain model; it must extend SubscriptionModel.`);
  const initial = new Set([...(form ? (returnedKeys(form) ?? []) : []), ...(productName === undefined ? [] : ['product'])]);
  if (body) checkKeys(name, body, form && !returnedKeys(form) ? undefined : initial, problems);
  const locked = body && locks !== undefined ? problems.try(() => within(what, () => lockedBody(locks, body))) : body;
  const initialForm = form && problems.try(() => within(what, () => compileInitialForm(form)));
  problems.throwIfAny(`workflow ${place}`);
  return Object.freeze({
    name,
    target,
    body: locked as Node,
    instantiate,
    ...(productName === undefined ? {} : { product: productName }),
    ...(description === undefined ? {} : { description }),
    ...(initialForm ? { initialForm } : {}),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(source === undefined ? {} : { source }),
  });
}

function compileInitialForm(form: FormFunction): Form {
  if (readSignature(form).length > 0)
    throw new StepwrightError('definition', 'its initial form has parameters, but there is no state yet to fill them from; take them out.');
  return compileForm(form);
}

import { StepwrightError } from '../../core/error.js';
import type { StepNode } from '../../core/nodes/step.js';
import { checkName } from '../../core/path.js';
import { RETRY_OPTIONS, type RetryOptions, retryPolicy } from '../../core/retry-policy.js';
import type { FormFunction } from '../forms/form.js';
import { checkOptions } from '../known-options.js';
import { callerLocation } from '../location.js';
import { type AnyFunction, recordOf, type StepDeclaration } from '../method-records.js';
import { buildStep, declare, describe, nameAndPlace, type Params } from './build-step.js';
import { readUndo, type UndoOption } from './undo.js';

/** What a step made of a plain function may say besides: a function has no emitted types, so it names those that matter. */
export interface StepOptions {
  /** The types of parameters by name: a class, or `optional(…)`, `listOf(…)`, `oneOf(…)`, `fromState(…)`. @default plain JSON */
  readonly params?: Params;
  /** How to take the step back; of a class, write `@undo('Step name')` on a method instead. */
  readonly undo?: UndoOption;
}

/** The names of a step's options, for what has more besides. */
export const STEP_OPTIONS: readonly string[] = ['params', 'undo'] satisfies (keyof StepOptions)[];

/** A decorator for a method, and a wrapper for a plain function. */
export interface StepMaker<F extends AnyFunction> {
  <M extends F>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<M>): void;
  (fn: F): StepNode;
}

/**
 * Makes a method, or a function, a step: it is performed once, and what it returns is merged into the state.
 *
 * When it throws, the process fails; a person may retry it.
 * @example `@step('Construct') construct(subscription: L2Vpn) { … }`, or `step('Construct')((order) => …)`
 */
export function step(name: string, options: StepOptions = {}): StepMaker<AnyFunction> {
  checkOptions(options, STEP_OPTIONS, `Step "${name}"`);
  return maker('@step', { name, kind: 'step', source: callerLocation() }, options);
}

/**
 * Makes a method, or a function, a step that is tried again when it throws: the process waits meanwhile, and nothing is held.
 *
 * An error with `retryable: false` fails at once.
 * @param options how it is tried again @default exponential from one minute to one hour, with full jitter, without end
 * @example `@retryStep('Push', { every: '10m', maxAttempts: 12 }) push() { … }`
 */
export function retryStep(name: string, options: RetryOptions & StepOptions = {}): StepMaker<AnyFunction> {
  checkOptions(options, [...RETRY_OPTIONS, ...STEP_OPTIONS], `Step "${name}"`);
  const retry = retryPolicy(options, `The retry of step "${name}"`);
  return maker('@retryStep', { name, kind: 'retry', retry, source: callerLocation() }, options);
}

/**
 * Makes a generator method, or a generator function, a step that asks a person: the process is suspended until the form is answered.
 *
 * The form is replayed on every request, so it must be free of side effects; what it returns is merged into the state.
 * @example `@inputStep('Confirm', { assignee: 'NOC' }) *confirm(): FormGenerator<Confirm> { return yield* ask(Confirm); }`
 */
export function inputStep(name: string, options: { readonly assignee?: string; readonly params?: Params } = {}): StepMaker<FormFunction> {
  checkOptions(options, ['assignee', 'params'], `Step "${name}"`);
  const assignee = options.assignee === undefined ? {} : { assignee: options.assignee };
  return maker<FormFunction>('@inputStep', { name, kind: 'input', ...assignee, source: callerLocation() }, options);
}

/** A decorator, and a wrapper, that make a step of what is declared. */
export function maker<F extends AnyFunction>(decorator: string, record: StepDeclaration, options: StepOptions): StepMaker<F> {
  checkName(record.name, 'A step');
  return ((...args: [F] | [object, string | symbol, PropertyDescriptor?]) => {
    if (args.length < 2) return wrapFunction(args[0] as F, record, options);
    const [target, method, descriptor] = args as [object, string | symbol, PropertyDescriptor?];
    const methodRecord = recordOf(decorator, target, method, descriptor);
    const { step: before } = methodRecord;
    if (before)
      throw new StepwrightError(
        'definition',
        `${describe(record)} and step ${nameAndPlace(before)} stand on one method, "${String(method)}"; a method is one step.`,
      );
    if (options.params)
      throw new StepwrightError(
        'definition',
        `${describe(record)} is a method, so its parameters have types of their own; leave "params" out, or decorate the parameters.`,
      );
    if (options.undo)
      throw new StepwrightError(
        'definition',
        `${describe(record)} is a method; write @undo('${record.name}') on the method that takes it back, instead of "undo".`,
      );
    methodRecord.step = record;
    return undefined;
  }) as StepMaker<F>;
}

/**
 * Makes a step of a plain function.
 * @throws StepwrightError `definition` for what is no function, and for a parameter that can't be injected
 */
export function wrapFunction(fn: AnyFunction, record: StepDeclaration, { params = {}, undo }: StepOptions): StepNode {
  const where = describe(record);
  if (typeof fn !== 'function')
    throw new StepwrightError('definition', `${where} wraps ${String(fn)}; write ${WRAPPERS[record.kind]}('${record.name}')((key) => …).`);
  const undoing = undo && readUndo(undo, where);
  const [declared, declaredUndo] = declare(undoing ? [fn, undoing.fn] : [fn], params, where);
  if (!declared) throw new TypeError('declare() gives one entry per function');
  return buildStep(record, declared, declaredUndo && { ...declaredUndo, ...(undoing?.retry ? { retry: undoing.retry } : {}) });
}

const WRAPPERS: Readonly<Record<StepDeclaration['kind'], string>> = {
  step: 'step',
  retry: 'retryStep',
  input: 'inputStep',
  callback: 'callbackStep',
};

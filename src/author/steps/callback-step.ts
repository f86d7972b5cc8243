import { type Duration, toMilliseconds } from '../../core/duration.js';
import { hasCode, StepwrightError } from '../../core/error.js';
import { isObject, type Json } from '../../core/json.js';
import type { Callback } from '../../core/nodes/step.js';
import { checkName } from '../../core/path.js';
import { type RetryOptions, retryPolicy } from '../../core/retry-policy.js';
import { within } from '../definition-error.js';
import { checkPage } from '../forms/check-page.js';
import type { PageClass } from '../forms/field.js';
import { hasRules } from '../forms/page.js';
import { validateAnswer } from '../forms/validate.js';
import { checkOptions } from '../known-options.js';
import { callerLocation } from '../location.js';
import type { AnyFunction } from '../method-records.js';
import { checkStateKey } from '../state-key.js';
import type { BrokenRule } from '../validation.js';
import { maker, STEP_OPTIONS, type StepMaker, type StepOptions } from './step.js';

/**
 * Checks what a call brings: a class with class-validator decorators, which takes no unknown fields, or a function.
 *
 * What the function returns, or resolves to, is kept; with nothing, or `true`, it is what came. It refuses by throwing, or with `false`.
 */
export type CallbackValidation = PageClass | ((body: Json) => unknown);

/** How a callback is awaited. */
export interface CallbackOptions extends StepOptions {
  /** How long; then the step fails, and a retry sends a new URL. @default without end */
  readonly timeout?: Duration;
  /** The state key that gets what the call brings. @default 'result' */
  readonly resultKey?: string;
  /** What a call must bring; one that does not is refused, and another may come. @default anything */
  readonly validate?: CallbackValidation;
  /** How it is tried again when the function throws. @default not at all */
  readonly retry?: RetryOptions;
}

/**
 * Makes a method, or a function, a step that hands `ctx.callbackUrl` to another system, and then awaits its call.
 *
 * The URL works once. What the function returns is merged into the state, and what the call brings stands there under `resultKey`.
 * @throws StepwrightError `definition` for a timeout that is none, a key that no step can set, or a class without rules
 * @example `@callbackStep('Wait for the lab', { timeout: '2d', resultKey: 'labResult' }) async order(ctx: StepContext) { … }`
 */
export function callbackStep(name: string, options: CallbackOptions = {}): StepMaker<AnyFunction> {
  checkName(name, 'A step');
  checkOptions(options, [...STEP_OPTIONS, 'timeout', 'resultKey', 'validate', 'retry'], `Step "${name}"`);
  const { timeout, resultKey = 'result', validate, retry } = options;
  const where = `The callback of step "${name}"`;
  const callback: Omit<Callback, 'needsUrl'> = {
    resultKey: checkStateKey(resultKey, `${where} has "resultKey"`),
    ...(timeout === undefined ? {} : { timeout: toMilliseconds(timeout, `${where}: the timeout`) }),
    ...(validate === undefined ? {} : { validate: validator(validate, where) }),
  };
  const policy = retry && { retry: retryPolicy(retry, `The retry of step "${name}"`) };
  return maker('@callbackStep', { name, kind: 'callback', callback, ...policy, source: callerLocation() }, options);
}

function validator(validate: CallbackValidation, where: string): (body: Json) => Promise<unknown> {
  if (typeof validate !== 'function')
    throw new StepwrightError(
      'definition',
      `${where} has "validate" ${String(validate)}; write a class with class-validator decorators, or a function of what the call brings.`,
    );
  return isPage(validate) ? byClass(validate, where) : byFunction(validate, where);
}

function isPage(validate: CallbackValidation): validate is PageClass {
  return hasRules(validate) || /^class\b/.test(Function.prototype.toString.call(validate));
}

function byClass(page: PageClass, where: string): (body: Json) => Promise<unknown> {
  within(`${where}: validate`, () => checkPage(page));
  return async (body) => {
    const validated = await validateAnswer(page, body);
    if (validated.kind === 'valid') return validated.value;
    throw refusal(where, validated.errors);
  };
}

function byFunction(validate: (body: Json) => unknown, where: string): (body: Json) => Promise<unknown> {
  return async (body) => {
    let kept: unknown;
    try {
      kept = await validate(body);
    } catch (cause) {
      throw refusal(where, [{ field: blamed(cause), message: cause instanceof Error ? cause.message : String(cause) }], cause);
    }
    if (kept === false) throw refusal(where, [{ field: '', message: 'it is not what was asked for' }]);
    return kept === undefined || kept === true ? body : kept;
  };
}

function refusal(where: string, errors: readonly BrokenRule[], cause?: unknown): StepwrightError {
  const list = errors.map(({ field, message }) => `\n  ${field ? `${field}: ` : ''}${message}`).join('');
  return new StepwrightError('input_refused', `${where} refused what came:${list}`, {
    details: { errors: errors.map(({ field, message }) => ({ field, message })) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The field that `refuse(message, field)` names. */
function blamed(thrown: unknown): string {
  if (!hasCode(thrown, 'input_refused') || !isObject(thrown.details)) return '';
  return typeof thrown.details.field === 'string' ? thrown.details.field : '';
}

import { StepwrightError } from '../../core/error.js';
import { isObject } from '../../core/json.js';
import { type RetryOptions, type RetryPolicy, retryPolicy } from '../../core/retry-policy.js';
import { callerLocation } from '../location.js';
import { type AnyFunction, recordOf } from '../method-records.js';

/** How a step that is made of a function is taken back: by another function, and how that is tried again. */
export type UndoOption =
  | AnyFunction
  | { readonly run: AnyFunction /** How it is tried again when it throws. @default not at all */; readonly retry?: RetryOptions };

/**
 * Says that a method takes back the step of this name; the step may have failed half-way, so what it returns must be `@optional()`.
 * @param retry how the undo is tried again when it throws @default not at all; `{}` is as for `@retryStep`
 * @example `@undo('Push to network', { every: '1m' }) remove(ctx: StepContext, @optional() circuitId?: string) { … }`
 */
export function undo(
  step: string,
  retry?: RetryOptions,
): (target: object, method: string | symbol, descriptor: PropertyDescriptor) => void {
  if (typeof step !== 'string' || step === '')
    throw new StepwrightError('definition', "@undo() takes the name of a step of this class, such as @undo('Push to network').");
  const source = callerLocation();
  const policy = retry && { retry: retryPolicy(retry, `The retry of @undo('${step}')`) };
  return (target, method, descriptor) => {
    recordOf('@undo', target, method, descriptor).undoes.push({ step, source, ...policy });
  };
}

/**
 * Reads the `undo` of a function step.
 * @throws StepwrightError `definition` for what is no function and has none as `run`
 */
export function readUndo(undo: UndoOption, where: string): { readonly fn: AnyFunction; readonly retry?: RetryPolicy } {
  if (typeof undo === 'function') return { fn: undo };
  if (!isObject(undo) || typeof undo.run !== 'function')
    throw new StepwrightError(
      'definition',
      `${where}: undo is ${typeof undo === 'object' ? 'an object without a function "run"' : String(undo)}; write undo: fn, or undo: { run: fn, retry: { every: '1m' } }.`,
    );
  return { fn: undo.run, ...(undo.retry ? { retry: retryPolicy(undo.retry, `${where}: the retry of its undo`) } : {}) };
}

import { StepwrightError } from '../core/error.js';
import { callerLocation } from './location.js';
import { recordOf } from './method-records.js';

/**
 * Says that a method takes back the step of this name; the step may have failed half-way, so what it returns must be `@optional()`.
 * @example `@undo('Push to network') remove(ctx: StepContext, @optional() circuitId?: string) { … }`
 */
export function undo(step: string): (target: object, method: string | symbol, descriptor: PropertyDescriptor) => void {
  if (typeof step !== 'string' || step === '')
    throw new StepwrightError('definition', "@undo() takes the name of a step of this class, such as @undo('Push to network').");
  const source = callerLocation();
  return (target, method, descriptor) => {
    recordOf('@undo', target, method, descriptor).undoes.push({ step, source });
  };
}

import type { FormFunction } from './forms/form.js';
import { callerLocation } from './location.js';
import { recordOf } from './method-records.js';

/**
 * Makes a generator method the form that starts the workflow: what it returns is the first state.
 *
 * It is replayed on every request, so it must be free of side effects, and it has no parameters.
 */
export function initialForm(): <M extends FormFunction>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void {
  const source = callerLocation();
  return (target, method, descriptor) => {
    recordOf('@initialForm', target, method, descriptor).initialForm = { source };
  };
}

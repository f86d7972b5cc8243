import { type CallbackOptions, callbackStep, defineWorkflow, list, type StepContext, step } from 'stepwright';
import { signal } from '../signal.js';
import { opaque } from '../support.js';

/** A workflow that awaits a call between two steps; its body can be held open, and fail. */
export function calling(options: CallbackOptions = {}, body: (ctx: StepContext) => unknown = () => ({ own: 1 })) {
  const tokens: string[] = [];
  const performed: string[] = [];
  const order = callbackStep('Order', { resultKey: 'answer', ...options })(async (ctx: StepContext) => {
    tokens.push(ctx.callbackToken);
    performed.push('Order');
    return opaque(await body(ctx));
  });
  const after = step('After')((state: object) => {
    performed.push('After');
    return { seen: { ...state } };
  });
  return { workflow: defineWorkflow('calling', {}, list(order, after)), tokens, performed };
}

/** The same, whose body is held open until the test lets it end. */
export function heldCalling(options: CallbackOptions = {}, fail: (attempt: number) => boolean = () => false) {
  const [running, end] = [signal(), signal()];
  const made = calling(options, async (ctx) => {
    running.give();
    await end.given;
    if (fail(ctx.attempt)) throw new Error('it broke');
    return { own: 1 };
  });
  return { ...made, running, end };
}

export const UNKNOWN = { code: 'unknown_callback' };

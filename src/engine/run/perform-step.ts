import { type Failure, StepwrightError, toFailure } from '../../core/error.js';
import { isObject, type Json } from '../../core/json.js';
import type { Action, StepAction, StepNode } from '../../core/nodes/step.js';
import { failed, type Outcome, Verdict } from '../../core/outcome.js';
import { NO_CHANGES, type StateView, toChanges } from '../../core/state.js';
import type { ModelStore } from '../../ports/model-store.js';
import type { StepContext } from '../../ports/step-context.js';
import { inject } from './inject.js';
import { extractModels } from './returned-models.js';

/** What performing a step gave, and the domain models to be stored with it. */
export interface Performed {
  readonly outcome: Outcome;
  readonly models: readonly object[];
}

/** Everything a step's function needs. */
export interface Setting {
  readonly what: string;
  /** Gives the object that the step is a method of. */
  readonly self: () => unknown;
  readonly state: StateView;
  readonly context: StepContext;
  readonly models: ModelStore;
  /** When the step was first started, in milliseconds since 1970. */
  readonly since: number;
  /** What the token of a step that is called back is known by. */
  readonly tokenHash?: string;
  /** The composition whose branches go side by side around the step: it can't complete the whole process there. */
  readonly branching?: string;
}

/** Performs a step once: fills its parameters, calls it, and reads what it returned. Stores nothing; never throws. */
export async function performStep(action: Exclude<StepAction, { kind: 'child' }>, setting: Setting): Promise<Performed> {
  try {
    switch (action.kind) {
      case 'run':
        return await run(action.body, setting);
      case 'ask':
        return await ask(action, setting);
      case 'sleep':
        return sleep(action, setting);
      case 'callback':
        return awaiting(action, await run(action.body, setting), setting);
      default:
        return action satisfies never;
    }
  } catch (error) {
    return failure(toFailure(error));
  }
}

async function run(body: Action, setting: Setting): Promise<Performed> {
  const returned = await callAction(body, setting);
  if (!(returned instanceof Verdict)) return success(returned, 'success', setting);
  if (returned.kind === 'skipped') return { outcome: { kind: 'skipped', reason: returned.reason }, models: [] };
  if (setting.branching !== undefined) {
    const where = `inside "${setting.branching}", whose branches go side by side`;
    throw new StepwrightError(
      'bad_result',
      `${setting.what} returned complete(), which ends the whole process; ${where}, it can't. Return skip() or changes, and decide behind it.`,
    );
  }
  return success(returned.changes, 'complete', setting);
}

/** Fills a function's parameters, and calls it. */
export async function callAction(
  action: Action,
  setting: Pick<Setting, 'what' | 'self' | 'state' | 'context' | 'models'>,
): Promise<unknown> {
  const args = await inject(action.parameters, setting);
  return action.call(setting.self(), args);
}

async function ask(action: StepAction & { kind: 'ask' }, setting: Setting): Promise<Performed> {
  const reply = await action.form(setting.self(), await inject(action.parameters, setting), []);
  switch (reply.kind) {
    case 'page': {
      const { assignee } = action;
      return { outcome: { kind: 'suspended', form: reply.page.schema, ...(assignee === undefined ? {} : { assignee }) }, models: [] };
    }
    case 'done':
      return success(reply.value, 'success', setting);
    case 'refused':
      return failure({
        code: 'form_failed',
        message: `${setting.what}: ${reply.errors.map((error) => error.message).join('; ')}`,
        retryable: false,
      });
    default:
      return reply satisfies never;
  }
}

function sleep(action: StepAction & { kind: 'sleep' }, { state, since, context }: Setting): Performed {
  const until = action.until(state.toObject(), since);
  const slept = context.now() >= until;
  return { outcome: slept ? { kind: 'success', changes: NO_CHANGES } : { kind: 'waiting', until, reason: 'sleeping' }, models: [] };
}

/** A step whose function is done, and which now awaits a call. */
function awaiting({ callback }: StepAction & { kind: 'callback' }, { outcome, models }: Performed, setting: Setting): Performed {
  if (outcome.kind !== 'success') return { outcome, models };
  const expires = callback.timeout === undefined ? {} : { expiresAt: setting.context.now() + callback.timeout };
  return { outcome: { kind: 'awaiting_callback', tokenHash: setting.tokenHash ?? '', ...expires, changes: outcome.changes }, models };
}

/** Reads what a step, or a form, returned. */
export function success(
  returned: unknown,
  kind: 'success' | 'complete',
  setting: Pick<Setting, 'what' | 'state' | 'models'>,
): Performed & { readonly outcome: Extract<Outcome, { kind: 'success' | 'complete' }> } {
  if (isObject(returned) && setting.models.reference(returned)) {
    throw new StepwrightError(
      'bad_result',
      `${setting.what} returned a domain model itself; return it under a key, such as { subscription }.`,
    );
  }
  if (returned instanceof Verdict) {
    const call = returned.kind === 'skipped' ? 'skip()' : 'complete()';
    throw new StepwrightError(
      'bad_result',
      `${setting.what} returned ${call}, which is for steps that run, not for forms; return an object.`,
    );
  }
  const { value, models } = extractModels(returned, setting.models);
  return { outcome: { kind, changes: toChanges(value, setting.state, setting.what) }, models };
}

function failure(failure: Failure): Performed {
  return { outcome: failed(failure), models: [] };
}

/** How messages name a step. */
export function describeStep(step: StepNode, workflow: string): string {
  return `Step "${step.name}" of workflow "${workflow}"${step.source ? ` (${step.source})` : ''}`;
}

/** Answers of a form, one object per page: a single object is short for one page. */
export function toAnswers(input: Json | undefined): readonly Json[] {
  if (input === undefined) return [];
  return Array.isArray(input) ? input : [input as Json];
}

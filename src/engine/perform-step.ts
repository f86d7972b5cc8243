import { type Failure, StepwrightError, toFailure } from '../core/error.js';
import { isObject, type Json } from '../core/json.js';
import type { Action, StepNode } from '../core/nodes/step.js';
import { failed, type Outcome, Verdict } from '../core/outcome.js';
import { type StateLayer, toChanges } from '../core/state.js';
import type { ModelStore } from '../ports/model-store.js';
import type { StepContext } from '../ports/step-context.js';
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
  readonly state: StateLayer;
  readonly context: StepContext;
  readonly models: ModelStore;
}

/** Performs a step once: fills its parameters, calls it, and reads what it returned. Stores nothing; never throws. */
export async function performStep(step: StepNode, setting: Setting): Promise<Performed> {
  try {
    return step.action.kind === 'run' ? await run(step.action.body, setting) : await ask(step.action, setting);
  } catch (error) {
    return failure(toFailure(error));
  }
}

async function run(body: Action, setting: Setting): Promise<Performed> {
  const args = await inject(body.parameters, setting);
  const returned = await body.call(setting.self(), args);
  if (returned instanceof Verdict && returned.kind === 'skipped')
    return { outcome: { kind: 'skipped', reason: returned.reason }, models: [] };
  const result = returned instanceof Verdict ? returned.changes : returned;
  return success(result, returned instanceof Verdict ? 'complete' : 'success', setting);
}

async function ask(action: StepNode['action'] & { kind: 'ask' }, setting: Setting): Promise<Performed> {
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

/** Reads what a step, or a form, returned. */
export function success(returned: unknown, kind: 'success' | 'complete', setting: Pick<Setting, 'what' | 'state' | 'models'>): Performed {
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

import { StepwrightError } from '../../core/error.js';
import { didYouMean } from '../../core/nearest.js';
import type { Action, StepAction, StepNode } from '../../core/nodes/step.js';
import { stepNode } from '../../core/nodes/step.js';
import type { Parameter } from '../../core/parameter.js';
import type { RetryPolicy } from '../../core/retry-policy.js';
import { within } from '../definition-error.js';
import { compileForm, type FormFunction } from '../forms/form.js';
import type { AnyFunction, StepDeclaration } from '../method-records.js';
import { type Hint, type HintDecorator, knownClass } from '../parameters/hints.js';
import { planParameter } from '../parameters/plan.js';
import type { AnyClass } from '../parameters/types.js';
import { mentions } from '../source/mentions.js';
import { returnedKeys } from '../source/returned-keys.js';
import { readSignature, type SourceParameter } from '../source/signature.js';

/** A function with what is known of its parameters: their emitted types and hints, by place. */
export interface Declared {
  readonly fn: AnyFunction;
  /** The function whose source names the parameters, where `fn` only wraps it. @default fn */
  readonly wrapped?: AnyFunction;
  readonly types: readonly (AnyClass | undefined)[];
  readonly hints: ReadonlyMap<number, Hint>;
}

/** A function that takes a step back. */
export interface DeclaredUndo extends Declared {
  readonly retry?: RetryPolicy;
}

/** The types or hints of a function step's parameters, by name. */
export type Params = Readonly<Record<string, AnyClass | HintDecorator>>;

/**
 * Brings the `params` of a function step, and of its undo, into the order of their parameters.
 * @throws StepwrightError `definition` for a name that no parameter has
 */
export function declare(fns: readonly AnyFunction[], params: Params, where: string): readonly Declared[] {
  const names = fns.flatMap((fn) => signature(fn, where).flatMap(({ name }) => name ?? []));
  for (const [name, type] of Object.entries(params)) {
    if (!names.includes(name))
      throw new StepwrightError(
        'definition',
        `${where}: params names "${name}", but the function has no such parameter.${didYouMean(name, names)}`,
      );
    knownClass(type, `${where}: params.${name}`);
  }
  return fns.map((fn) => {
    const given = readSignature(fn).map(({ name }) => (name === undefined ? undefined : params[name]));
    const hints = new Map(given.flatMap((one, index): [number, Hint][] => (one && 'hint' in one ? [[index, one.hint]] : [])));
    return { fn, types: given.map((one) => (one && !('hint' in one) ? one : undefined)), hints };
  });
}

/** What each parameter of a function gets. */
function planParameters({ fn, wrapped = fn, types, hints }: Declared, where: string): readonly Parameter[] {
  return signature(wrapped, where).map((parameter) =>
    planParameter(parameter, types[parameter.index], hints.get(parameter.index) ?? {}, where),
  );
}

function signature(fn: AnyFunction, where: string): readonly SourceParameter[] {
  return within(where, () => readSignature(fn));
}

/** Makes a step of a function and what a decorator, or a wrapper, said of it. */
export function buildStep(record: StepDeclaration, declared: Declared, undo?: DeclaredUndo): StepNode {
  const action = stepAction(record, declared);
  const undoing = undo && { ...call(undo, `The undo of step ${nameAndPlace(record)}`), ...(undo.retry ? { retry: undo.retry } : {}) };
  const returns = returnsOf(record, declared.fn);
  return stepNode(record.name, action, {
    ...(undoing ? { undo: undoing } : {}),
    ...(returns ? { returns } : {}),
    ...(record.source === undefined ? {} : { source: record.source }),
  });
}

/** The keys that a step can change, where its function's source tells. */
export function returnsOf({ callback }: StepDeclaration, fn: AnyFunction): ReadonlySet<string> | undefined {
  const own = returnedKeys(fn);
  return own && callback ? new Set([...own, callback.resultKey]) : own;
}

function stepAction(record: StepDeclaration, declared: Declared): StepAction {
  const where = describe(record);
  const { kind, assignee, callback } = record;
  const retry = record.retry ? { retry: record.retry } : {};
  if (kind === 'input') {
    const parameters = planParameters(declared, where);
    const form = within(where, () => compileForm(declared.fn as FormFunction));
    return { kind: 'ask', parameters, form, ...(assignee === undefined ? {} : { assignee }) };
  }
  const body = call(declared, where);
  if (!callback) return { kind: 'run', body, ...retry };
  const needsUrl = mentions(declared.wrapped ?? declared.fn, 'callbackUrl');
  return { kind: 'callback', body, ...retry, callback: Object.freeze({ ...callback, needsUrl }) };
}

function call(declared: Declared, where: string): Action {
  const { fn } = declared;
  if (Object.prototype.toString.call(fn).endsWith('GeneratorFunction]'))
    throw new StepwrightError(
      'definition',
      `${where} is a generator, whose body a step would never run; take the * away, or ask a person with inputStep().`,
    );
  return { parameters: planParameters(declared, where), call: (self, args) => fn.apply(self, [...args]) };
}

/** A step for the start of a sentence: `Step "Push" (workflows/order.ts:41)`. */
export function describe(record: StepDeclaration): string {
  return `Step ${nameAndPlace(record)}`;
}

/** A step's name and where it is written: `"Push" (workflows/order.ts:41)`. */
export function nameAndPlace({ name, source }: StepDeclaration): string {
  return `"${name}"${source === undefined ? '' : ` (${source})`}`;
}

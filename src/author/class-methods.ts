import { didYouMean } from '../core/nearest.js';
import type { RetryPolicy } from '../core/retry-policy.js';
import type { Problems } from './definition-error.js';
import { type MethodRecord, memberName, recordsOf } from './method-records.js';
import { nameAndPlace } from './steps/build-step.js';

/** A decorated method, and the prototype that declares it. */
export interface PlacedMethod {
  readonly prototype: object;
  readonly record: MethodRecord;
}

/** A method that takes a step back, and how that is tried again. */
export interface PlacedUndo {
  readonly method: PlacedMethod;
  readonly retry?: RetryPolicy;
}

/** What a workflow's class has, its bases' methods first. */
export interface ClassMethods {
  readonly steps: readonly PlacedMethod[];
  /** The methods that take steps back, by the step's name. */
  readonly undoOf: ReadonlyMap<string, PlacedUndo>;
  readonly initialForm: PlacedMethod | undefined;
}

/** Gathers the decorated methods of a class and its bases; an overridden one keeps its place. */
export function collectMethods(prototype: object, problems: Problems): ClassMethods {
  const methods = new Map<string, PlacedMethod>();
  for (const level of chain(prototype)) {
    const records = recordsOf(level);
    for (const name of Object.getOwnPropertyNames(level)) {
      const record = records.get(name);
      const before = methods.get(name);
      if (record) methods.set(name, { prototype: level, record });
      else if (before)
        problems.add(
          `${level.constructor.name} overrides "${name}", which ${describeMethod(before)}; decorate it again, so that it is one here too.`,
        );
    }
  }
  const all = [...methods.values()];
  for (const method of all) checkMethod(method, problems);
  const steps = all.filter(({ record }) => record.step);
  const forms = all.filter(({ record }) => record.initialForm);
  if (forms.length > 1)
    problems.add(
      `Two methods are decorated with @initialForm: ${forms.map(nameOf).join(' and ')}; a workflow has one, so make them pages of one form, or override the method of the base class.`,
    );
  return { steps, undoOf: collectUndos(all, steps, problems), initialForm: forms[0] };
}

function collectUndos(all: readonly PlacedMethod[], steps: readonly PlacedMethod[], problems: Problems): ReadonlyMap<string, PlacedUndo> {
  const names = steps.flatMap(({ record }) => record.step?.name ?? []);
  const undoOf = new Map<string, PlacedUndo>();
  for (const method of all) {
    for (const { step, retry, source } of method.record.undoes) {
      const where = `@undo('${step}')${source === undefined ? '' : ` (${source})`}`;
      if (!names.includes(step))
        problems.add(
          `${where} names a step that the class does not have.${didYouMean(step, names)} ${names.length === 0 ? 'It has no steps.' : `Its steps are: ${names.join(', ')}.`}`,
        );
      const before = undoOf.get(step);
      if (before)
        problems.add(`${where} stands on two methods, ${nameOf(before.method)} and ${nameOf(method)}; a step is taken back by one.`);
      undoOf.set(step, { method, ...(retry ? { retry } : {}) });
    }
  }
  return undoOf;
}

function checkMethod(method: PlacedMethod, problems: Problems): void {
  const { record } = method;
  const roles = [record.step && 'a step', record.initialForm && 'the initial form', record.undoes.length > 0 && 'an undo'].filter(Boolean);
  if (roles.length > 1) problems.add(`The method ${nameOf(method)} is ${roles.join(' and ')}; make it one of them.`);
  if (record.conditions.length > 0 && !record.step)
    problems.add(`@conditional stands on the method ${nameOf(method)}, which is no step; add @step('…') below it.`);
}

function nameOf({ prototype, record }: PlacedMethod): string {
  return `"${memberName(prototype, record.method)}"`;
}

function describeMethod({ record }: PlacedMethod): string {
  if (record.step) return `is step ${nameAndPlace(record.step)}`;
  return record.initialForm ? 'is the initial form' : 'takes a step back';
}

/** The prototypes of a class, from its first base down to itself. */
function chain(prototype: object): readonly object[] {
  const levels: object[] = [];
  for (let level: object | null = prototype; level && level !== Object.prototype; level = Object.getPrototypeOf(level))
    levels.unshift(level);
  return levels;
}

import 'reflect-metadata';
import { StepwrightError } from '../../core/error.js';
import type { AnyClass } from './types.js';

/** What an author says about a parameter beyond its name and type. */
export interface Hint {
  readonly key?: string;
  readonly optional?: boolean;
  readonly type?: AnyClass;
  readonly listOf?: AnyClass;
  readonly oneOf?: readonly AnyClass[];
}

const HINTS = Symbol.for('stepwright.hints');

/** A hint: a decorator on a method's parameter, or an entry in the `params` of a function step. */
export interface HintDecorator {
  (target: object, method: string | symbol | undefined, index: number): void;
  readonly hint: Hint;
}

function hintDecorator(hint: Hint): HintDecorator {
  const decorate = (target: object, method: string | symbol | undefined, index: number): void => {
    if (method === undefined)
      throw new StepwrightError('definition', 'Parameters of a constructor are not injected; decorate parameters of steps.');
    const hints: Map<number, Hint> = Reflect.getOwnMetadata(HINTS, target, method) ?? new Map();
    hints.set(index, { ...hints.get(index), ...hint });
    Reflect.defineMetadata(HINTS, hints, target, method);
  };
  return Object.assign(decorate, { hint });
}

/** The hints on a method's parameters, by their place. */
export function hintsOf(target: object, method: string): ReadonlyMap<number, Hint> {
  return Reflect.getOwnMetadata(HINTS, target, method) ?? new Map();
}

/** Gives a parameter the state key `key`, whatever its own name; the type is for function steps, which have no emitted types. */
export function fromState(key: string, type?: AnyClass): HintDecorator {
  if (typeof key !== 'string' || key === '')
    throw new StepwrightError('definition', "@fromState() takes the name of a state key, such as @fromState('subscription').");
  return hintDecorator({ key, ...typeHint(type, '@fromState()') });
}

/** Gives a parameter `undefined` when its state key is missing, instead of failing; the type is for function steps. */
export function optional(type?: AnyClass): HintDecorator {
  return hintDecorator({ optional: true, ...typeHint(type, '@optional()') });
}

/** Gives a parameter a list of models, each loaded, or of validated objects; an empty list when its state key is missing. */
export function listOf(type: AnyClass): HintDecorator {
  return hintDecorator({ listOf: knownClass(type, '@listOf()') });
}

/** Gives a parameter a model that must be of one of these classes. */
export function oneOf(...types: readonly AnyClass[]): HintDecorator {
  if (types.length < 2) throw new StepwrightError('definition', '@oneOf() takes two classes or more, such as @oneOf(Port, Node).');
  return hintDecorator({ oneOf: types.map((type) => knownClass(type, '@oneOf()')) });
}

/** Gives a parameter the model under a state key, which must be there: it is never made. */
export function existing(key: string, type: AnyClass): HintDecorator {
  return hintDecorator({ key, oneOf: [type] });
}

/** Gives a parameter a state key, or undefined where it is missing. */
export function optionalKey(key: string): HintDecorator {
  return hintDecorator({ key, optional: true });
}

function typeHint(type: AnyClass | undefined, where: string): Hint {
  return type === undefined ? {} : { type: knownClass(type, where) };
}

/** @throws StepwrightError `definition` for what is no class */
export function knownClass(type: unknown, where: string): AnyClass {
  if (typeof type === 'function') return type as AnyClass;
  if (type !== undefined)
    throw new StepwrightError(
      'definition',
      `${where} got ${String(type)}, which is no class; write a class there, and decorators with parentheses: @optional(), @listOf(Port).`,
    );
  throw new StepwrightError(
    'definition',
    `${where} got ${String(type)} instead of a class; import it as a value (not with "import type"), and look for two files that import each other.`,
  );
}

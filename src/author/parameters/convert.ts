import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { StepwrightError } from '../../core/error.js';
import { isObject, type Json } from '../../core/json.js';
import { within } from '../definition-error.js';
import { wantedFor } from '../forms/scalar.js';
import { flattenErrors } from '../validation.js';
import type { AnyClass } from './types.js';
import { isValidatedClass } from './types.js';

type Convert = (value: Json) => unknown;

/**
 * How a stored value becomes one of a declared type: `String`, `Number`, `Boolean`, `Date`, `Array`, or a class with class-validator
 * decorators. Any other type is plain JSON, given as it is.
 */
export function converter(type: AnyClass | undefined): Convert {
  switch (type as unknown) {
    case String:
      return (value) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : refuse(value, 'a text'));
    case Number:
      return toNumber;
    case Boolean:
      return (value) =>
        value === true || value === 'true' ? true : value === false || value === 'false' ? false : refuse(value, 'true or false');
    case Date:
      return toDate;
    case Array:
      return (value) => (Array.isArray(value) ? untyped(value) : refuse(value, 'a list'));
    default:
      return isValidatedClass(type) ? (value) => toInstance(type, value) : untyped;
  }
}

/** How a stored list becomes one of validated objects. */
export function listConverter(type: AnyClass): Convert {
  const convert = converter(type);
  return (value) =>
    Array.isArray(value) ? value.map((item: Json, index) => within(`[${index}]`, () => convert(item))) : refuse(value, 'a list');
}

function toNumber(value: Json): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : refuse(value, 'a number');
}

function toDate(value: Json): Date {
  const wanted = wantedFor(Date, value);
  if (wanted === undefined) return new Date(value as string);
  return isMoment(value) ? new Date(value) : refuse(value, wanted);
}

/** Whether a value is milliseconds since 1970, or what JSON makes of a Date, which beyond the year 9999 is written in another way. */
function isMoment(value: Json): value is number | string {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && (typeof value === 'number' || date.toISOString() === value);
}

function toInstance(type: new () => object, value: Json): object {
  if (!isObject(value)) return refuse(value, `an object for ${type.name}`);
  const instance = instanceOf(type, value);
  const errors = flattenErrors(validateSync(instance));
  if (errors.length === 0) return instance;
  const list = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  throw new StepwrightError('bad_value', `it holds no valid ${type.name}: ${list}.`);
}

function instanceOf(type: new () => object, value: object): object {
  try {
    return plainToInstance(type, value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StepwrightError('bad_value', `it holds what can't be made a ${type.name}: ${why}`, { cause });
  }
}

/** A model's reference that meets a parameter without a type: the sign of a model class that was imported with `import type`. */
function untyped(value: Json): unknown {
  const name = modelIn(value);
  if (name !== undefined)
    throw new StepwrightError(
      'bad_value',
      `it holds a ${name}, but the parameter has no type at run time; import ${name} as a value (not with "import type"), or name it: @oneOf, or params of a function step.`,
    );
  const item = Array.isArray(value) ? value.map(modelIn).find((one) => one !== undefined) : undefined;
  if (item === undefined) return value;
  throw new StepwrightError('bad_value', `it holds a list of ${item}, but items have no type at run time; name it: @listOf(${item}).`);
}

/** The name of the domain model that a value refers to, if it does. */
function modelIn(value: Json): string | undefined {
  return isObject(value) && typeof value.$model === 'string' ? value.$model : undefined;
}

function refuse(value: Json, expected: string): never {
  const text = JSON.stringify(value);
  throw new StepwrightError('bad_value', `it holds ${text.length > 80 ? `${text.slice(0, 77)}...` : text}, which is not ${expected}.`);
}

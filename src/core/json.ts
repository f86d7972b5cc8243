import { StepwrightError } from './error.js';

/** A value that survives storage: what JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

const MAX_DEPTH = 200;

/** Whether a value is an object with keys: not null, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Turns what a step returned into the text that is stored.
 *
 * Dates and anything else with `toJSON` are asked for their JSON; a class instance is stored by its own fields.
 * @throws StepwrightError `not_json`, naming the place, for what JSON would drop or bend without a word: `NaN`, infinity, bigint,
 * functions, symbols, `Map`, `Set`, `Promise`, typed arrays, `undefined` in a list, a cycle, the key `__proto__`.
 */
export function toJsonText(value: unknown, place: string): string | undefined {
  return JSON.stringify(checked(value, place, []));
}

function checked(value: unknown, place: string, parents: readonly object[]): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw notJson(place, `${value}`, 'null, a string, or leave the key out');
    case 'bigint':
      throw notJson(place, 'a bigint', 'String(value)');
    case 'function':
    case 'symbol':
      throw notJson(place, `a ${typeof value}`, 'data instead');
    default:
      return value === null ? null : checkedObject(value as object, place, parents);
  }
}

function checkedObject(value: object, place: string, parents: readonly object[]): Json | undefined {
  if (parents.includes(value)) throw notJson(place, 'a reference to an object that contains it', 'an id instead');
  if (parents.length >= MAX_DEPTH) throw notJson(place, `nested more than ${MAX_DEPTH} levels deep`, 'a flatter value');
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    return Array.from(value as readonly unknown[], (item, index) => {
      const json = checked(item, `${place}[${index}]`, inside);
      if (json === undefined) throw notJson(`${place}[${index}]`, 'undefined in a list', 'null');
      return json;
    });
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) throw notJson(place, 'an invalid Date', 'a valid one, or null');
  if (hasToJson(value)) return checked(value.toJSON(), place, inside);
  const exotic = exoticName(value);
  if (exotic) throw notJson(place, `a ${exotic}`, exotic === 'Promise' ? 'await value' : 'a plain object or list');
  const result: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw notJson(`${place}.__proto__`, 'a key that JavaScript treats as the prototype', 'another key');
    const json = checked(item, `${place}.${key}`, inside);
    if (json !== undefined) result[key] = json;
  }
  return result;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** The name of a built-in class whose instances JSON would turn into `{}`, else undefined. */
export function exoticName(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === 'Object' ? undefined : tag;
}

function notJson(place: string, what: string, instead: string): StepwrightError {
  return new StepwrightError('not_json', `${place} is ${what}, which can't be kept in the state as JSON; return ${instead}.`);
}

/** Whether two JSON values say the same; the order of keys does not matter. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (Array.isArray(b)) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}

/** Freezes a JSON value all the way down, and returns it. What is frozen already is taken to be so all the way down. */
export function deepFreeze<T extends Json>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item as Json);
  return Object.freeze(value);
}

/** A copy that its receiver may change. */
export function copyJson(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyJson(item)]));
}

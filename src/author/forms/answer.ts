import { isObject } from '../../core/json.js';
import { didYouMean } from '../../core/nearest.js';
import type { BrokenRule } from '../validation.js';
import type { PageClass } from './field.js';
import { fieldsOf, isRequiredPage, type PageField } from './page.js';
import { declaredScalar, wantedFor } from './scalar.js';

/** An answer whose shape is that of its page. */
export interface ReadAnswer {
  /** A copy without what is wrong, safe to turn into instances. */
  readonly value: Record<string, unknown>;
  /** What is wrong; rules about these places and what is inside them have nothing left to say. */
  readonly problems: readonly BrokenRule[];
  /** Values of another type than declared: wrong as well, but a rule that noticed says it better. */
  readonly doubts: readonly BrokenRule[];
}

interface Found {
  readonly problems: BrokenRule[];
  readonly doubts: BrokenRule[];
  /** `fieldsOf`, asked once per class and not once per item of a list. */
  readonly fieldsOf: typeof fieldsOf;
}

const MAX_DEPTH = 200;

/**
 * Compares an answer with its page before any instance is made.
 *
 * class-transformer and class-validator take one object for a list, and a list for an object; turn any text into a date, and any
 * object into the text `[object Object]`; drop keys such as `constructor` without a word, and crash on some. None of that gets past
 * this function.
 */
export function readAnswer(page: PageClass, answer: Readonly<Record<string, unknown>>): ReadAnswer {
  const known = new Map<PageClass, ReturnType<typeof fieldsOf>>();
  const found: Found = {
    problems: [],
    doubts: [],
    fieldsOf(type) {
      const fields = known.get(type) ?? fieldsOf(type);
      known.set(type, fields);
      return fields;
    },
  };
  return { value: readObject(page, answer, '', 0, found), problems: found.problems, doubts: found.doubts };
}

function readObject(page: PageClass, raw: Readonly<Record<string, unknown>>, at: string, depth: number, found: Found) {
  const fields = found.fieldsOf(page);
  const value: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(raw)) {
    const place = at === '' ? key : `${at}.${key}`;
    const field = fields.get(key);
    const read = field ? readField(field, item, place, depth + 1, found) : wrong(found, place, unknownField(key, fields.keys()));
    if (read !== undefined) value[key] = read;
  }
  for (const field of fields.values()) {
    if (isRequiredPage(field) && raw[field.name] === undefined)
      wrong(found, at === '' ? field.name : `${at}.${field.name}`, `${field.name} is required`);
  }
  return value;
}

function readField(field: PageField, item: unknown, place: string, depth: number, found: Found): unknown {
  if (item === null || field.transformed) return readFree(item, place, depth, found);
  if (!field.list) return readItem(field, item, place, depth, found);
  if (!Array.isArray(item)) return wrong(found, place, `${field.name} must be a list`);
  const items = item.map((part, index) => readItem(field, part, `${place}[${index}]`, depth + 1, found));
  // Without a stand-in, the pages behind a wrong one would be numbered anew, and their errors placed wrongly.
  return field.page ? items.map((part) => part ?? {}) : items.filter((part) => part !== undefined);
}

function readItem(field: PageField, item: unknown, place: string, depth: number, found: Found): unknown {
  if (field.page) {
    if (!isObject(item)) return wrong(found, place, `${field.name} must be an object`);
    if (depth > MAX_DEPTH) return wrong(found, place, tooDeep());
    return readObject(field.page, item, place, depth, found);
  }
  if (field.converts) {
    const wanted = wantedFor(field.converts, item);
    return wanted ? wrong(found, place, `${field.name} must be ${wanted}`) : item;
  }
  if (!field.list && item !== null) {
    const declared = declaredScalar(field.declared);
    if (declared && typeof item !== declared[0]) found.doubts.push({ field: place, message: `${field.name} must be ${declared[1]}` });
  }
  return readFree(item, place, depth, found);
}

/** Copies what no page describes: any JSON. */
function readFree(item: unknown, place: string, depth: number, found: Found): unknown {
  if (depth > MAX_DEPTH) return wrong(found, place, tooDeep());
  if (Array.isArray(item)) return item.map((part, index) => readFree(part, `${place}[${index}]`, depth + 1, found) ?? null);
  if (isObject(item)) {
    const value: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(item)) {
      const inside = `${place}.${key}`;
      const read = key in Object.prototype ? wrong(found, inside, reserved(key)) : readFree(part, inside, depth + 1, found);
      if (read !== undefined) value[key] = read;
    }
    return value;
  }
  if (typeof item === 'number' && !Number.isFinite(item)) return wrong(found, place, `${item} is not a number that can be kept`);
  return item;
}

function unknownField(key: string, known: Iterable<string>): string {
  return `${key} is not a field here.${didYouMean(key, known)}`;
}

function reserved(key: string): string {
  return `${key} is a name that JavaScript keeps for itself; use another`;
}

function tooDeep(): string {
  return `the answer is nested more than ${MAX_DEPTH} levels deep`;
}

function wrong(found: Found, field: string, message: string): undefined {
  found.problems.push({ field, message });
  return undefined;
}

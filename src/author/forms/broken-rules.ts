import type { ValidationError } from 'class-validator';
import { isObject } from '../../core/json.js';
import type { Problem } from './answer.js';
import type { PageClass } from './field.js';
import { fieldsOf, ruleName } from './page.js';

/** Lists what class-validator found, one entry per broken rule, each with its place in the answer. */
export function brokenRules(errors: readonly ValidationError[], at = ''): Problem[] {
  return errors.flatMap((error) => {
    const place = placeOf(error, at);
    return [...messages(error).map((message) => ({ field: place, message })), ...brokenRules(error.children ?? [], place)];
  });
}

function placeOf({ target, property }: ValidationError, at: string): string {
  if (property === undefined) return at;
  if (Array.isArray(target)) return `${at}[${property}]`;
  return at === '' ? property : `${at}.${property}`;
}

/** A value that isn't there breaks every rule about what it is like, and one sentence says so, unless the author chose the words. */
function messages(error: ValidationError): string[] {
  const broken = Object.entries(error.constraints ?? {});
  if (broken.length === 0) return [];
  const said = broken.map(([rule, message]) => message || `${error.property} breaks the rule ${rule}`);
  if (error.value !== undefined) return said;
  const chosen = broken.filter(([rule]) => hasOwnMessage(error, rule)).map(([, message]) => message);
  return chosen.length > 0 ? chosen : [`${error.property} is required`];
}

function hasOwnMessage({ target, property }: ValidationError, name: string): boolean {
  if (!isObject(target)) return false;
  const rules = fieldsOf(target.constructor as PageClass).get(property)?.rules ?? [];
  return rules.some((rule) => rule.message && ruleName(rule) === name);
}

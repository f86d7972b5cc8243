import type { ValidationError } from 'class-validator';
import { isObject } from '../../core/json.js';
import type { PageClass } from './field.js';
import { fieldsOf, ruleName } from './page.js';

/** A value that isn't there breaks every rule about what it is like, and one sentence says so, unless the author chose the words. */
export function ruleMessages(error: ValidationError): readonly string[] {
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

import { IS_INT, IS_NUMBER, IS_POSITIVE, MAX, MIN } from 'class-validator';
import type { Choice } from './ask.js';
import { hasRule, type PageField } from './page.js';

/** The values that a field may take, and what a person reads for each. */
export interface Narrowed {
  readonly values: readonly (string | number)[];
  /** By the value as text; undefined when the values speak for themselves. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

const NUMERIC_RULES = [IS_INT, IS_NUMBER, IS_POSITIVE, MIN, MAX];

/** Reads the two ways to write a choice; keys of an object are text, so those for a number field become numbers. */
export function narrow(field: PageField, choice: Choice): Narrowed {
  if (Array.isArray(choice)) return { values: [...new Set(choice as readonly (string | number)[])], labels: undefined };
  const labels = choice as Readonly<Record<string, string>>;
  const numeric = isNumeric(field);
  return { values: Object.keys(labels).map((key) => (numeric ? Number(key) : key)), labels };
}

function isNumeric(field: PageField): boolean {
  if (field.converts) return field.converts === Number;
  return field.declared === Number || NUMERIC_RULES.some((rule) => hasRule(field, rule));
}

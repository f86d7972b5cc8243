import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import type { FieldError } from '../../core/form.js';
import { isObject, type Json } from '../../core/json.js';
import { type BrokenRule, flattenErrors } from '../validation.js';
import { readAnswer } from './answer.js';
import type { Choices } from './ask.js';

import { checkPage } from './check-page.js';
import { type Narrowed, narrow } from './choices.js';
import type { PageClass } from './field.js';
import { fieldsOf, isOptional } from './page.js';
import { ruleMessages } from './rule-messages.js';

/** An answer as an instance of its page, or everything that is wrong with it. */
export type Validated<P extends object> =
  | { readonly kind: 'valid'; readonly value: P }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/**
 * Turns the answer to a page into an instance of its class, which keeps the initial values of fields that were left out.
 *
 * A validator that throws makes the answer invalid, with its message.
 * @throws StepwrightError `definition` for a page that no answer could fill in
 * @param options.choices what the page's fields are narrowed to @default nothing
 * @param options.index the page's place in its form, for the errors @default 0
 */
export async function validateAnswer<P extends object>(
  page: PageClass<P>,
  answer: Json,
  options: { readonly choices?: Choices; readonly index?: number } = {},
): Promise<Validated<P>> {
  checkPage(page);
  const invalid = (problems: readonly BrokenRule[]): Validated<P> => {
    return { kind: 'invalid', errors: problems.map((problem) => ({ page: options.index ?? 0, ...problem })) };
  };
  if (!isObject(answer)) return invalid([{ field: '', message: `the answer must be an object with the fields ${fieldNames(page)}` }]);
  const { value, problems, doubts } = readAnswer(page, answer);
  try {
    const instance = plainToInstance(page, value);
    const errors = await validate(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
    const broken = [...flattenErrors(errors, ruleMessages), ...outsideChoices(page, instance, options.choices ?? {})];
    const unnoticed = doubts.filter(({ field }) => !broken.some((each) => each.field === field));
    const all = [...problems, ...[...broken, ...unnoticed].filter(({ field }) => !problems.some((each) => isWithin(field, each.field)))];
    return all.length === 0 ? { kind: 'valid', value: instance } : invalid(inPageOrder(page, all));
  } catch (thrown) {
    // Rules of the page's author see values of any type; one that stumbles over what is wrong anyway has nothing to add.
    if (problems.length > 0) return invalid(problems);
    return invalid([{ field: '', message: `the answer can't be checked: ${thrown instanceof Error ? thrown.message : String(thrown)}` }]);
  }
}

function outsideChoices(page: PageClass, instance: object, choices: Choices): BrokenRule[] {
  return [...fieldsOf(page).values()].flatMap((field) => {
    const choice = choices[field.name];
    const value = (instance as Record<string, unknown>)[field.name];
    if (choice === undefined || value === undefined || (value === null && isOptional(field))) return [];
    const narrowed = narrow(field, choice);
    const items = Array.isArray(value) ? value.map((item, index) => [item, `${field.name}[${index}]`]) : [[value, field.name]];
    const outside = items.filter(([item]) => !narrowed.values.some((allowed) => allowed === item));
    return outside.map(([, place]) => ({ field: place as string, message: `${field.name} must be ${offered(narrowed)}` }));
  });
}

const MAX_OFFERED = 20;

function offered({ values, labels }: Narrowed): string {
  if (values.length === 0) return 'left out: there is nothing to choose from';
  const shown = values.slice(0, MAX_OFFERED).map((value) => (labels ? `${value} (${labels[value]})` : `${value}`));
  const more = values.length > MAX_OFFERED ? `, or another of ${values.length}` : '';
  return `one of ${shown.join(', ')}${more}`;
}

/** Whether a place is the other one, or inside it. */
function isWithin(place: string, other: string): boolean {
  return place === other || place.startsWith(`${other}.`) || place.startsWith(`${other}[`);
}

function inPageOrder(page: PageClass, problems: readonly BrokenRule[]): BrokenRule[] {
  const names = [...fieldsOf(page).keys()];
  const place = ({ field }: BrokenRule) => names.indexOf(field.split(/[.[]/, 1)[0] ?? '');
  return [...problems].sort((a, b) => place(a) - place(b));
}

function fieldNames(page: PageClass): string {
  return [...fieldsOf(page).keys()].join(', ');
}

/// <reference path="./class-transformer-storage.d.ts" />
import 'reflect-metadata';
import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, IS_ARRAY, IS_DATE, ValidationTypes } from 'class-validator';
import { StepwrightError } from '../../core/error.js';
import { type FieldOptions, fieldType, type PageClass, recordedFields } from './field.js';

/** One rule that a class-validator decorator put on a field. */
export type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** All that a page's class says about one field. */
export interface PageField {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Whether it holds a list of what the rest describes. */
  readonly list: boolean;
  /** The page class that a value, or each item of the list, is an instance of. */
  readonly page: PageClass | undefined;
  /** What `@Type` converts a value, or each item of the list, to, where that is not a page. */
  readonly converts: Scalar | undefined;
  /** The type that TypeScript emitted. */
  readonly declared: Function | undefined;
  /** Whether `@Transform` reads the answer, so that nothing is known about its shape. */
  readonly transformed: boolean;
  /** What its initialiser gives it, else undefined. */
  readonly initial: unknown;
  readonly screen: FieldOptions;
}

/** What `@Type` can make of a value without a class of its own. */
export type Scalar = typeof String | typeof Number | typeof Boolean | typeof Date;

const SCALARS: readonly Function[] = [String, Number, Boolean, Date];

/** A rule's name as class-validator reports it, such as `isInt`. */
export function ruleName(rule: Rule): string {
  return rule.name ?? rule.type;
}

/** A page's fields by name, in the order in which a person sees them: by `order`, then the base class's first, then as declared. */
export function fieldsOf(page: PageClass): ReadonlyMap<string, PageField> {
  const initial = newPage(page) as Record<string, unknown>;
  const recorded = recordedFields(page);
  const rules = rulesOf(page);
  const fields = [...new Set(rules.map((rule) => rule.propertyName))].map((name): PageField => {
    const own = rules.filter((rule) => rule.propertyName === name);
    const declared = fieldType(page, name);
    const type = convertedType(page, name);
    const scalar = type !== undefined && SCALARS.includes(type);
    return {
      name,
      rules: own,
      // Without an annotation only tsc emits Array for a field; the other compilers leave it to the initial value.
      list: declared === Array || Array.isArray(initial[name]) || own.some((rule) => rule.each || ruleName(rule) === IS_ARRAY),
      page: scalar ? undefined : (type as PageClass | undefined),
      converts: scalar ? (type as Scalar) : undefined,
      declared,
      transformed: defaultMetadataStorage.findTransformMetadatas(page, name, TransformationType.PLAIN_TO_CLASS).length > 0,
      initial: initial[name],
      screen: recorded[name] ?? {},
    };
  });
  const place = (each: PageField) => each.screen.order ?? Number.POSITIVE_INFINITY;
  fields.sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  return new Map(fields.map((each) => [each.name, each]));
}

/** A page as it stands before anything is filled in. */
export function newPage(page: PageClass): object {
  try {
    return new page();
  } catch (cause) {
    throw new StepwrightError('definition', `Form page ${page.name} can't be made by new ${page.name}() without arguments.`, { cause });
  }
}

/** Whether any class-validator decorator stands in a class or in one that it extends. */
export function hasRules(type: Function): boolean {
  return typeof type.prototype === 'object' && rulesOf(type).length > 0;
}

/** Whether a field's value is validated as a page of its own. */
export function isNested(field: PageField): boolean {
  return field.rules.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
}

/** Whether a field may be left out whatever its rules say. */
export function isOptional(field: PageField): boolean {
  return field.rules.some((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION);
}

/** Whether a field must hold a page of its own; class-validator's nested validation does not miss one that is not there. */
export function isRequiredPage(field: PageField): boolean {
  return field.page !== undefined && isNested(field) && !isOptional(field) && field.initial === undefined;
}

/** Whether a field has a rule of this name. */
export function hasRule(field: PageField, name: string): boolean {
  return field.rules.some((rule) => ruleName(rule) === name);
}

/** Whether a field's value arrives as a date. */
export function isDate(field: PageField): boolean {
  return field.declared === Date || hasRule(field, IS_DATE);
}

function rulesOf(page: Function): Rule[] {
  const ancestors: unknown[] = [];
  for (let type: unknown = page; typeof type === 'function'; type = Object.getPrototypeOf(type)) ancestors.push(type);
  const depth = (rule: Rule) => ancestors.indexOf(rule.target);
  return getMetadataStorage()
    .getTargetValidationMetadatas(page, '', false, false)
    .sort((a, b) => depth(b) - depth(a));
}

function convertedType(page: PageClass, name: string): Function | undefined {
  const type = defaultMetadataStorage.findTypeMetadata(page, name)?.typeFunction;
  // One that wants the answer can't be asked without; checkPage refuses it.
  return type?.length === 0 ? type() : undefined;
}

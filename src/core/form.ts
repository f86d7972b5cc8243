import type { Json } from './json.js';

/** A page of a form that still needs an answer. */
export interface FormPage {
  /** Its place, from 0. */
  readonly index: number;
  /** The answer that it takes, as JSON Schema (draft 7). */
  readonly schema: Json;
}

/** What is wrong with one field of an answer. */
export interface FieldError {
  /** The place of the page, from 0. */
  readonly page: number;
  /** The field, such as `ports[1].vlan`; empty for the page as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What a form says to the answers given so far. */
export type FormReply =
  /** There are too few: this page comes next. */
  | { readonly kind: 'page'; readonly page: FormPage }
  /** All are there; the form's return value is merged into the state. */
  | { readonly kind: 'done'; readonly value: unknown }
  /** They break its rules, or there are too many. */
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/**
 * A form, replayed from its first page with the answers given so far; it must be free of side effects.
 * @param self the workflow's instance
 * @param args what is injected into the form's parameters
 * @param answers one object per page
 */
export type Form = (self: unknown, args: readonly unknown[], answers: readonly Json[]) => Promise<FormReply>;

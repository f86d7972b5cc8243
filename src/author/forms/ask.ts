import { StepwrightError } from '../../core/error.js';
import { didYouMean } from '../../core/nearest.js';
import { checkPage } from './check-page.js';
import type { PageClass } from './field.js';
import { fieldsOf } from './page.js';

/** The values that a field is narrowed to: a list, or each value with the label that a person reads. */
export type Choice = readonly (string | number)[] | Readonly<Record<string | number, string>>;

/** What a page's fields are narrowed to, by field name. */
export type Choices = Readonly<Record<string, Choice>>;

const REQUEST: unique symbol = Symbol.for('stepwright.page-request');

/** A page that a form asks for; only `ask` makes it. */
export interface PageRequest<P extends object = object> {
  readonly [REQUEST]: true;
  readonly page: PageClass<P>;
  readonly choices: Choices;
}

/**
 * What a form's generator method returns: it asks for pages, and ends with the value that is merged into the state.
 * @example
 * ```ts
 * *order(): FormGenerator<Order> {
 *   const order = yield* ask(OrderForm);
 *   const ports = yield* ask(PortsForm, { choices: { ids: portsOf(order.customerId) } });
 *   return { ...order, ports: ports.ids };
 * }
 * ```
 */
export type FormGenerator<T> = Generator<PageRequest, T, unknown>;

/**
 * Asks a person to fill in a page, and gives the answer as an instance of its class; write `yield* ask(Page)`.
 *
 * `choices` narrows a field, or each item of a list, to values that are known only now. Choices with labels for a number field are
 * compared as numbers.
 * @throws StepwrightError `definition` for a page that no answer could fill in, and for choices of a field that it does not have
 */
export function* ask<P extends object>(
  page: PageClass<P>,
  options: { readonly choices?: { readonly [F in keyof P & string]?: Choice } } = {},
): Generator<PageRequest<P>, P, unknown> {
  checkPage(page);
  const choices = (options.choices ?? {}) as Choices;
  checkChoices(page, choices);
  return (yield Object.freeze({ [REQUEST]: true as const, page, choices })) as P;
}

/** Whether a value was made by `ask`. */
export function isPageRequest(value: unknown): value is PageRequest {
  return typeof value === 'object' && value !== null && (value as { [REQUEST]?: unknown })[REQUEST] === true;
}

function checkChoices(page: PageClass, choices: Choices): void {
  const fields = fieldsOf(page);
  for (const [name, choice] of Object.entries(choices)) {
    const field = fields.get(name);
    const where = `ask(${page.name}, { choices: { ${name}: … } })`;
    if (!field) {
      const known = [...fields.keys()];
      const which = `its fields are ${known.join(', ')}`;
      throw new StepwrightError(
        'definition',
        `${where} names a field that form page ${page.name} does not have; ${which}.${didYouMean(name, known)}`,
      );
    }
    if (field.page || field.converts === Date || field.converts === Boolean || field.declared === Boolean) {
      throw new StepwrightError('definition', `${where} narrows a field that holds neither text nor a number; choices can't do that.`);
    }
    if (typeof choice !== 'object' || choice === null) {
      throw new StepwrightError('definition', `${where} takes a list of values, or an object from value to label, not ${String(choice)}.`);
    }
  }
}

import { hasCode, StepwrightError } from '../../core/error.js';
import type { FieldError, Form, FormReply } from '../../core/form.js';
import { isObject, type Json } from '../../core/json.js';
import { isPageRequest, type PageRequest } from './ask.js';
import { pageSchema } from './schema.js';
import { validateAnswer } from './validate.js';

/** A method or function that asks for pages, `*order() { … }`; its `this` and parameters are the form's own business. */
export type FormFunction = (this: never, ...args: never[]) => Generator<unknown, unknown, never>;

/**
 * Makes a form of a generator function, which is replayed from its first page on every call.
 *
 * The form throws `definition` for a generator that yields anything but `ask(…)`, and `form_failed` for one that throws.
 * @throws StepwrightError `definition` for anything but a generator function
 */
export function compileForm(generator: FormFunction): Form {
  checkGenerator(generator);
  return async (self, args, answers) => {
    const run = start(generator, self, args);
    try {
      return await replay(run, answers);
    } finally {
      run.stop();
    }
  };
}

/**
 * Refuses answers for a rule across pages, from within a form's generator: the person is shown the message at the latest page.
 *
 * @param field the field of that page which is to blame @default the page as a whole
 * @example
 * ```ts
 * if (ports.ids.length < order.minPorts) refuse('Choose more ports.', 'ids');
 * ```
 * @throws StepwrightError `input_refused`, always
 */
export function refuse(message: string, field = ''): never {
  throw new StepwrightError('input_refused', message, { details: { field } });
}

async function replay(run: Run, answers: readonly Json[]): Promise<FormReply> {
  let answer: unknown;
  for (let index = 0; ; index++) {
    const next = run.next(answer, Math.max(0, index - 1));
    if (next.kind === 'refused') return next;
    if (next.kind === 'returned') return index < answers.length ? tooMany(index, answers.length) : { kind: 'done', value: next.value };
    const { page, choices } = next.request;
    if (index >= answers.length) return { kind: 'page', page: { index, schema: await pageSchema(page, choices) } };
    const validated = await validateAnswer(page, answers[index] ?? null, { choices, index });
    if (validated.kind === 'invalid') return { kind: 'refused', errors: validated.errors };
    answer = validated.value;
  }
}

/** What a form's generator did when it was given an answer. */
type Next =
  | { readonly kind: 'asked'; readonly request: PageRequest }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/** One replay's generator; what its author's code throws comes out as an answer or as an error that names the form. */
interface Run {
  next(answer: unknown, page: number): Next;
  stop(): void;
}

function start(generator: FormFunction, self: unknown, args: readonly unknown[]): Run {
  let pages: Generator<unknown, unknown, unknown> | undefined;
  const name = generator.name || 'without a name';
  const failed = (cause: unknown) => {
    if (hasCode(cause, 'definition')) return cause;
    return new StepwrightError('form_failed', `Form ${name} threw ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  };
  return {
    next(answer, page) {
      try {
        // Default values of parameters run here already.
        pages ??= Reflect.apply(generator, self, [...args]) as Generator<unknown, unknown, unknown>;
        const { done, value } = pages.next(answer);
        if (done) return { kind: 'returned', value };
        if (isPageRequest(value)) return { kind: 'asked', request: value };
        throw new StepwrightError('definition', `Form ${name} yields ${describe(value)}. ${yieldAdvice(value)}`);
      } catch (thrown) {
        if (hasCode(thrown, 'input_refused'))
          return { kind: 'refused', errors: [{ page, field: blamed(thrown), message: thrown.message }] };
        throw failed(thrown);
      }
    },
    stop() {
      try {
        pages?.return(undefined);
      } catch (thrown) {
        throw failed(thrown);
      }
    },
  };
}

function tooMany(pages: number, answers: number): FormReply {
  const message = `the form has ${count(pages, 'page')}, but ${count(answers, 'answer')} came`;
  return { kind: 'refused', errors: [{ page: pages, field: '', message }] };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function blamed({ details }: StepwrightError): string {
  return isObject(details) && typeof details.field === 'string' ? details.field : '';
}

function checkGenerator(generator: unknown): void {
  const kind = Object.prototype.toString.call(generator).slice('[object '.length, -1);
  if (kind === 'GeneratorFunction') return;
  const name = typeof generator === 'function' && generator.name ? ` ${generator.name}` : '';
  const write = `write *${name.trim() || 'form'}(): FormGenerator<Order> { const order = yield* ask(OrderForm); return order; }`;
  const fault =
    kind === 'AsyncGeneratorFunction'
      ? `is an async generator, and a form is replayed on every request without waiting for anything; load data in a step before it, and ${write}`
      : typeof generator === 'function'
        ? `is not a generator function; ${write}`
        : `is ${String(generator)}, not a function; ${write}`;
  throw new StepwrightError('definition', `Form${name} ${fault}.`);
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `the class or function ${value.name}`;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return kind === 'Generator' ? 'a generator' : kind === 'Promise' ? 'a promise' : `what ask() did not make (${kind})`;
}

function yieldAdvice(value: unknown): string {
  if (value instanceof Promise) return 'A form can not wait: load data in a step before it, and ask with yield* ask(Page).';
  return 'Write yield* ask(Page), with the star.';
}

import type { FieldError, FormPage, FormReply } from '../../../core/form.js';
import { isObject, type Json, type JsonObject } from '../../../core/json.js';
import { askField } from './ask-field.js';
import { pageFields } from './page-fields.js';
import { CANCELLED, type Prompts } from './prompts.js';

/** What a form says to the answers so far. */
export type TryForm = (answers: readonly Json[]) => Promise<FormReply>;

/**
 * Asks a person for every page of a form, until the form takes the answers.
 *
 * Where it refuses, what is wrong is shown, and the fields that are named are asked again, with what was answered before.
 * @returns the answers, one object per page; `CANCELLED` when the person goes away
 */
export async function askForm(
  prompts: Prompts,
  title: string,
  tryForm: TryForm,
  signal: AbortSignal,
): Promise<readonly Json[] | typeof CANCELLED> {
  const pages: FormPage[] = [];
  let answers: JsonObject[] = [];
  let reply = await tryForm(answers);
  while (reply.kind !== 'done') {
    const place = reply.kind === 'page' ? reply.page.index : Math.min(...reply.errors.map((error) => error.page));
    if (reply.kind === 'page') pages[place] = reply.page;
    const page = pages[place];
    if (!page) throw new TypeError(`the form refused page ${place + 1}, which it had not asked`);
    const wrong = reply.kind === 'refused' ? reply.errors.filter((error) => error.page === place) : [];
    if (wrong.length > 0)
      prompts.error(wrong.map(({ field, message }) => (field && !message.includes(field) ? `${field}: ${message}` : message)).join('\n'));
    else prompts.title(pageTitle(title, page));
    const answer = await askPage(prompts, page, { before: answers[place], wrong }, signal);
    if (answer === CANCELLED) return CANCELLED;
    answers = [...answers.slice(0, place), answer];
    reply = await tryForm(answers);
  }
  return answers;
}

interface Earlier {
  readonly before: JsonObject | undefined;
  readonly wrong: readonly FieldError[];
}

async function askPage(
  prompts: Prompts,
  { schema }: FormPage,
  { before, wrong }: Earlier,
  signal: AbortSignal,
): Promise<JsonObject | typeof CANCELLED> {
  const fields = pageFields(schema);
  const named = new Set(wrong.map(({ field }) => /^[^.[]*/.exec(field)?.[0] ?? ''));
  const again = fields.filter((field) => named.has(field.name));
  const answer: Record<string, Json> = { ...before };
  for (const field of again.length === 0 ? fields : again) {
    const value = await askField(prompts, field, before?.[field.name], signal);
    if (value === CANCELLED) return CANCELLED;
    delete answer[field.name];
    if (value !== undefined) answer[field.name] = value;
  }
  return answer;
}

function pageTitle(title: string, { index, schema }: FormPage): string {
  const own = isObject(schema) && typeof schema.title === 'string' ? schema.title : undefined;
  const page = own ?? (index > 0 ? `page ${index + 1}` : undefined);
  return page === undefined ? title : `${title}: ${page}`;
}

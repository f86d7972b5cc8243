import type { Json } from '../../../core/json.js';
import { locateJsonError } from './locate-json-error.js';
import type { PageField } from './page-fields.js';
import { CANCELLED, type Prompts } from './prompts.js';

/** An answer to a field: a value, or undefined where it is left out. */
type Answer = Json | undefined | typeof CANCELLED;

const LEAVE_OUT = { label: '(leave it out)' };

/**
 * Asks for one field of a page.
 * @param before what the field had when it was asked last
 */
export async function askField(prompts: Prompts, field: PageField, before: Json | undefined, signal: AbortSignal): Promise<Answer> {
  const question = { message: questionOf(field), signal };
  const initial = before ?? field.initial;
  switch (field.kind) {
    case 'boolean':
      return field.required || initial !== undefined
        ? prompts.confirm({ ...question, initial: initial === true })
        : askChoice(
            prompts,
            { ...field, choices: [true, false].map((value) => ({ value, label: value ? 'yes' : 'no' })) },
            initial,
            question,
          );
    case 'choice':
      return askChoice(prompts, field, initial, question);
    case 'choices':
      return askChoices(prompts, field, initial, question);
    default:
      return askText(prompts, field, initial, question);
  }
}

function questionOf({ title, description, kind, required }: PageField): string {
  const hints = [description, kind === 'json' ? 'as JSON' : undefined, required ? undefined : 'optional'].filter(
    (hint) => hint !== undefined,
  );
  return hints.length === 0 ? title : `${title} (${hints.join('; ')})`;
}

async function askChoice(
  prompts: Prompts,
  { choices, required }: PageField,
  initial: Json | undefined,
  question: { message: string; signal: AbortSignal },
): Promise<Answer> {
  const place = choices.findIndex(({ value }) => value === initial);
  const offered = required ? choices : [...choices, LEAVE_OUT];
  const start = place < 0 ? (required ? undefined : choices.length) : place;
  const chosen = await prompts.select({ ...question, choices: offered, ...(start === undefined ? {} : { initial: start }) });
  return chosen === CANCELLED ? CANCELLED : choices[chosen]?.value;
}

async function askChoices(
  prompts: Prompts,
  { choices, required, schema }: PageField,
  initial: Json | undefined,
  question: { message: string; signal: AbortSignal },
): Promise<Answer> {
  const before: readonly Json[] = Array.isArray(initial) ? initial : [];
  const places = choices.flatMap(({ value }, place) => (before.includes(value) ? [place] : []));
  const needsOne = required && Number(schema.minItems ?? 0) > 0;
  const chosen = await prompts.multiselect({ ...question, choices, initial: places, required: needsOne });
  if (chosen === CANCELLED) return CANCELLED;
  const values = chosen.flatMap((place) => choices[place]?.value ?? []);
  return values.length === 0 && !required ? undefined : values;
}

async function askText(
  prompts: Prompts,
  field: PageField,
  initial: Json | undefined,
  question: { message: string; signal: AbortSignal },
): Promise<Answer> {
  const text = await prompts.text({
    ...question,
    ...(initial === undefined ? {} : { initial: field.kind === 'json' || typeof initial !== 'string' ? JSON.stringify(initial) : initial }),
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    validate: (given) => fault(given, field),
  });
  if (text === CANCELLED) return CANCELLED;
  if (text.trim() === '') return undefined;
  if (field.kind === 'text') return text;
  return field.kind === 'json' ? (JSON.parse(text) as Json) : Number(text);
}

/** What is wrong with a text before the form is asked; its rules are the form's own. */
function fault(text: string, { kind, required }: PageField): string | undefined {
  if (text.trim() === '') return required ? 'It is needed.' : undefined;
  switch (kind) {
    case 'number':
      return Number.isFinite(Number(text)) ? undefined : 'Give a number.';
    case 'integer':
      return Number.isInteger(Number(text)) ? undefined : 'Give a whole number.';
    case 'json': {
      const wrong = locateJsonError(text);
      return wrong && `That is no JSON: at position ${wrong.offset + 1} ${wrong.expected} should stand.`;
    }
    default:
      return undefined;
  }
}

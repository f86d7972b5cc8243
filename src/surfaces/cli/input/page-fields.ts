import { isObject, type Json, type JsonObject } from '../../../core/json.js';

/** A value that a field may take, with what people read. */
export interface FieldChoice {
  readonly value: string | number | boolean;
  readonly label: string;
}

/** How a field is filled in. */
export type FieldKind = 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'choices' | 'json';

/** A field of a form page, as its JSON Schema describes it. */
export interface PageField {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly choices: readonly FieldChoice[];
  readonly initial: Json | undefined;
  readonly placeholder: string | undefined;
  readonly schema: JsonObject;
}

/** The fields of a page, in the order in which they are asked. */
export function pageFields(page: Json): readonly PageField[] {
  if (!isObject(page) || !isObject(page.properties)) return [];
  const required: readonly unknown[] = Array.isArray(page.required) ? page.required : [];
  return Object.entries(page.properties).map(([name, value]) => {
    const schema = (isObject(value) ? value : {}) as JsonObject;
    const [first] = Array.isArray(schema.examples) ? schema.examples : [];
    return {
      name,
      title: textOf(schema.title) ?? name,
      description: textOf(schema.description),
      kind: kindOf(schema),
      required: required.includes(name),
      choices: choicesOf(schema),
      initial: schema.default,
      placeholder: textOf(schema['x-placeholder']) ?? (first === undefined ? undefined : String(first)),
      schema,
    };
  });
}

/** The fields as people read them, one on a line. */
export function describeFields(page: Json): string {
  return pageFields(page)
    .map((field) => {
      const title = field.title === field.name ? '' : ` – ${field.title}`;
      const initial = field.initial === undefined ? '' : `, ${JSON.stringify(field.initial)} unless given`;
      return `  ${field.name}: ${typeName(field.schema)}${field.required ? '' : ', optional'}${initial}${title}`;
    })
    .join('\n');
}

function kindOf(schema: JsonObject): FieldKind {
  if (Array.isArray(schema.enum)) return 'choice';
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type;
    case 'array':
      return isObject(schema.items) && Array.isArray(schema.items.enum) ? 'choices' : 'json';
    default:
      return 'json';
  }
}

function choicesOf(schema: JsonObject): readonly FieldChoice[] {
  const narrowed = schema.type === 'array' && isObject(schema.items) ? (schema.items as JsonObject) : schema;
  if (!Array.isArray(narrowed.enum)) return [];
  const labels = isObject(narrowed['x-labels']) ? narrowed['x-labels'] : {};
  return narrowed.enum
    .filter((value): value is FieldChoice['value'] => ['string', 'number', 'boolean'].includes(typeof value))
    .map((value) => ({ value, label: textOf(labels[String(value)]) ?? String(value) }));
}

/** `text (uuid)`, `one of "a", "b"`, `whole number (1 to 5)`, `list of text`. */
function typeName(schema: JsonObject): string {
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  switch (schema.type) {
    case 'string':
      return typeof schema.format === 'string' ? `text (${schema.format})` : 'text';
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list of ${isObject(schema.items) ? typeName(schema.items as JsonObject) : 'anything'}`;
    case 'object':
      return 'object';
    default:
      return 'any JSON';
  }
}

function rangeOf({ minimum, maximum }: JsonObject): string {
  if (minimum !== undefined && maximum !== undefined) return ` (${minimum} to ${maximum})`;
  if (minimum !== undefined) return ` (${minimum} or more)`;
  return maximum === undefined ? '' : ` (at most ${maximum})`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import { isObject, type Json, type JsonObject } from '../../../core/json.js';
import { pageFields } from './page-fields.js';

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  email: 'someone@example.org',
  date: '2030-01-31',
  'date-time': '2030-01-31T12:00:00Z',
  uri: 'https://example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

const MAX_DEPTH = 5;

/** An answer that shows what a page takes: its required fields, or all where none is; a rule it can't know of may still refuse it. */
export function exampleAnswer(page: Json, depth = 0): JsonObject {
  const fields = pageFields(page);
  const wanted = fields.some((field) => field.required) ? fields.filter((field) => field.required) : fields;
  return Object.fromEntries(wanted.map((field) => [field.name, example(field.schema, depth)]));
}

function example(schema: JsonObject, depth: number): Json {
  const [first] = [schema.examples, schema.enum].flatMap((values) => (Array.isArray(values) ? values : []));
  if (schema.default !== undefined) return schema.default;
  if (first !== undefined) return first;
  switch (schema.type) {
    case 'string':
      return (
        (typeof schema.format === 'string' ? BY_FORMAT[schema.format] : undefined) ?? 'text'.padEnd(Number(schema.minLength ?? 0), '.')
      );
    case 'integer':
    case 'number':
      return numberIn(schema);
    case 'boolean':
      return true;
    case 'array':
      return isObject(schema.items) && depth < MAX_DEPTH ? [example(schema.items as JsonObject, depth + 1)] : [];
    case 'object':
      return depth < MAX_DEPTH ? exampleAnswer(schema, depth + 1) : {};
    default:
      return {};
  }
}

function numberIn({ minimum, maximum }: JsonObject): number {
  if (typeof minimum === 'number') return minimum;
  return typeof maximum === 'number' ? Math.min(1, maximum) : 1;
}

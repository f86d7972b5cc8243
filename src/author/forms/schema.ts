import { IS_INT, ValidationTypes, validate } from 'class-validator';
import { validationMetadataArrayToSchemas } from 'class-validator-jsonschema';
import { hasCode, StepwrightError } from '../../core/error.js';
import { isObject, type JsonObject, toJsonText } from '../../core/json.js';
import type { Choices } from './ask.js';
import { checkPage } from './check-page.js';
import { type Narrowed, narrow } from './choices.js';
import { fieldKeywords, type PageClass } from './field.js';
import { jsonSchemaDate, jsonSchemaRules } from './json-schema-rules.js';
import { fieldsOf, hasRule, isRequiredPage, newPage, type PageField, type Rule } from './page.js';

type Schema = Record<string, unknown>;

/** What building a schema needs to know besides the class at hand. */
interface Build {
  /** The fields that break a rule when an answer leaves them out, by page class. */
  readonly missing: ReadonlyMap<PageClass, ReadonlySet<string>>;
  /** Page classes that contain themselves, by their name under `definitions`. */
  readonly definitions: Map<string, PageClass>;
}

/**
 * The JSON Schema (draft 7) of the answers that a page takes.
 *
 * It stands alone: nested pages are inlined, and only one that contains itself is under `definitions`. A field is required when
 * leaving it out breaks a rule, so one with a good initial value is not; that value is its `default`.
 * @throws StepwrightError `definition` for a page that no answer could fill in, `form_failed` when a validator throws on a page that is not filled in
 */
export async function pageSchema(page: PageClass, choices: Choices = {}): Promise<JsonObject> {
  checkPage(page);
  const build: Build = { missing: await missingFields(page), definitions: new Map() };
  const root = objectSchema(page, choices, [], build);
  const definitions: Record<string, Schema> = {};
  // Building one definition may find another class that contains itself: a Map's iterator goes on to entries added meanwhile.
  for (const [name, type] of build.definitions) definitions[name] = objectSchema(type, {}, [], build);
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...root, ...(build.definitions.size > 0 ? { definitions } : {}) };
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}

function objectSchema(page: PageClass, choices: Choices, parents: readonly PageClass[], build: Build): Schema {
  if (parents.includes(page)) return { allOf: [{ $ref: `#/definitions/${definitionName(page, build)}` }] };
  const fields = fieldsOf(page);
  const nested = (rule: Rule) => {
    const type = fields.get(rule.propertyName)?.page;
    return type ? objectSchema(type, {}, [...parents, page], build) : {};
  };
  const rules = [...fields.values()].flatMap((field) => field.rules.map((rule) => converted(rule, field, page)));
  const additionalConverters = { ...jsonSchemaRules, [ValidationTypes.NESTED_VALIDATION]: nested };
  const schema = (Object.values(validationMetadataArrayToSchemas(rules, { additionalConverters }))[0] ?? {}) as Schema;
  const converters = schema.properties as Record<string, Schema>;

  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, field] of fields) {
    const narrowed = choices[name] && narrow(field, choices[name]);
    const property = fieldSchema(field, converters[name] ?? {}, narrowed);
    properties[name] = property;
    const wanted = (schema.required as string[] | undefined)?.includes(name) ?? false;
    if (
      wanted &&
      (build.missing.get(page)?.has(name) ||
        isRequiredPage(field) ||
        (field.initial !== undefined && property.default === undefined && narrowed))
    )
      required.push(name);
  }
  return { ...schema, type: 'object', properties, required: required.length > 0 ? required : undefined, additionalProperties: false };
}

/** The rule as class-validator-jsonschema looks it up: by name, and as the page's own even where a base class declared it. */
function converted(rule: Rule, field: PageField, page: PageClass): Rule {
  const nested = rule.type === ValidationTypes.NESTED_VALIDATION;
  const type = rule.type === ValidationTypes.CUSTOM_VALIDATION ? (rule.name ?? rule.type) : rule.type;
  return { ...rule, target: page, type, each: nested ? field.list : rule.each };
}

function fieldSchema(field: PageField, found: Schema, narrowed: Narrowed | undefined): Schema {
  const items = isObject(found.items) ? found.items : {};
  const value = narrowedSchema(typedSchema(field, field.list ? items : found), narrowed);
  const schema = field.list ? { ...found, type: 'array', items: value } : value;
  const initial = initialJson(field);
  const offered = narrowed === undefined || [initial].flat().every((item) => narrowed.values.some((allowed) => allowed === item));
  return { ...schema, ...defined(fieldKeywords(field.screen)), ...(offered ? defined({ default: initial }) : {}) };
}

/** Where no rule says the type of a value, its declaration does. */
function typedSchema(field: PageField, schema: Schema): Schema {
  if (schema.type === 'number' && hasRule(field, IS_INT)) return { ...schema, type: 'integer' };
  if (['type', 'anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in schema) || field.transformed) return schema;
  switch (field.converts ?? (field.list ? undefined : field.declared)) {
    case String:
      return { type: 'string', ...schema };
    case Number:
      return { type: 'number', ...schema };
    case Boolean:
      return { type: 'boolean', ...schema };
    case Date:
      return { ...jsonSchemaDate, ...schema };
    default:
      return { ...defined({ type: enumType(schema.enum) }), ...schema };
  }
}

function enumType(values: unknown): string | undefined {
  const types = Array.isArray(values) ? new Set(values.map((value) => typeof value)) : new Set<string>();
  const [type] = types;
  return types.size === 1 && ['string', 'number', 'boolean'].includes(type ?? '') ? type : undefined;
}

function narrowedSchema(schema: Schema, narrowed: Narrowed | undefined): Schema {
  if (!narrowed) return schema;
  const allowed = Array.isArray(schema.enum)
    ? narrowed.values.filter((value) => (schema.enum as unknown[]).includes(value))
    : narrowed.values;
  return { ...schema, enum: allowed, ...defined({ 'x-labels': narrowed.labels }) };
}

function initialJson(field: PageField): unknown {
  try {
    const text = toJsonText(field.initial, field.name);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    if (hasCode(error, 'not_json')) return undefined;
    throw error;
  }
}

async function missingFields(page: PageClass, found: Map<PageClass, Set<string>> = new Map()): Promise<Map<PageClass, Set<string>>> {
  if (found.has(page)) return found;
  try {
    const errors = await validate(newPage(page), { forbidUnknownValues: false });
    found.set(page, new Set(errors.map((error) => error.property)));
  } catch (cause) {
    const message = `A validator of form page ${page.name} threw on a page that is not filled in; it must say false instead.`;
    throw new StepwrightError('form_failed', message, { cause });
  }
  for (const field of fieldsOf(page).values()) if (field.page) await missingFields(field.page, found);
  return found;
}

/** A class's name under `definitions`, numbered where another class has it already. */
function definitionName(page: PageClass, { definitions }: Build): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? page.name : `${page.name}${count}`;
    const taken = definitions.get(name);
    if (taken === undefined) definitions.set(name, page);
    if (taken === undefined || taken === page) return name;
  }
}

function defined(keywords: Schema): Schema {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

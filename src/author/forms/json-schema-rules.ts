import {
  CONTAINS,
  IS_DATE,
  IS_DATE_STRING,
  IS_DIVISIBLE_BY,
  IS_ENUM,
  IS_IN,
  IS_IP,
  IS_ISO8601,
  IS_NEGATIVE,
  IS_NOT_EMPTY,
  IS_NOT_IN,
  IS_NUMBER_STRING,
  IS_POSITIVE,
  MATCHES,
  MAX,
  MAX_DATE,
  MIN,
  MIN_DATE,
  NOT_CONTAINS,
  ValidationTypes,
} from 'class-validator';
import type { validationMetadataArrayToSchemas } from 'class-validator-jsonschema';

type Converters = NonNullable<NonNullable<Parameters<typeof validationMetadataArrayToSchemas>[1]>['additionalConverters']>;
type Converter = Extract<Converters[string], (...args: never[]) => unknown>;

const DATE = {
  anyOf: [
    { type: 'string' as const, format: 'date' },
    { type: 'string' as const, format: 'date-time' },
  ],
};

/**
 * Rules whose schema class-validator-jsonschema gets wrong, said anew.
 *
 * Its `type` beside `minimum` or `minLength` replaces a narrower one (`integer`) or a true one (`array`), by the order of the
 * decorators; here only rules about types give a type. Its `oneOf` of two formats matches twice where formats are not checked.
 */
export const jsonSchemaRules: Converters = {
  [ValidationTypes.CUSTOM_VALIDATION]: {},
  [IS_NOT_EMPTY]: { minLength: 1 },
  [MIN]: constraint((minimum) => ({ minimum: minimum as number })),
  [MAX]: constraint((maximum) => ({ maximum: maximum as number })),
  [IS_POSITIVE]: constraint(() => ({ exclusiveMinimum: 0 })),
  [IS_NEGATIVE]: constraint(() => ({ exclusiveMaximum: 0 })),
  [IS_DIVISIBLE_BY]: constraint((multipleOf) => ({ multipleOf: multipleOf as number })),
  [IS_IN]: constraint((values) => ({ enum: [...(values as unknown[])] })),
  [IS_NOT_IN]: constraint((values) => ({ not: { enum: [...(values as unknown[])] } })),
  [IS_ENUM]: constraint((members) => ({ enum: enumValues(members as object) })),
  [MATCHES]: (rule) => matches(rule.constraints[0], rule.constraints[1]),
  [CONTAINS]: constraint((text) => ({ type: 'string', pattern: escaped(text) })),
  [NOT_CONTAINS]: constraint((text) => ({ type: 'string', not: { pattern: escaped(text) } })),
  [IS_IP]: constraint((version) => ipAddress(version)),
  [IS_NUMBER_STRING]: { type: 'string', pattern: '^[-+]?([0-9]*[.])?[0-9]+$' },
  [IS_DATE]: DATE,
  [IS_DATE_STRING]: DATE,
  [IS_ISO8601]: DATE,
  [MIN_DATE]: {},
  [MAX_DATE]: {},
};

/** JSON Schema of a date as text. */
export const jsonSchemaDate: Readonly<Record<string, unknown>> = DATE;

function constraint(keywords: (value: unknown) => Record<string, unknown>): Converter {
  return (rule) => keywords(rule.constraints?.[0]);
}

/** A TypeScript enum of numbers also maps back from number to name. */
function enumValues(members: object): unknown[] {
  return Object.entries(members).flatMap(([key, value]) => (Number.isNaN(Number.parseInt(key, 10)) ? [value] : []));
}

/** JSON Schema has no flags; a pattern that needs them is left to the validator rather than said wrongly. */
function matches(pattern: RegExp | string, modifiers?: string): Record<string, unknown> {
  const regex = typeof pattern === 'string' ? new RegExp(pattern, modifiers) : pattern;
  return /[imsvy]/.test(regex.flags) ? { type: 'string' } : { type: 'string', pattern: regex.source };
}

function escaped(text: unknown): string {
  return String(text).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function ipAddress(version: unknown): Record<string, unknown> {
  if (String(version) === '4' || String(version) === '6') return { type: 'string', format: `ipv${version}` };
  return { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] };
}

import type { Scalar } from './page.js';

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** What a value must be for `@Type` to convert it, or undefined if it is. */
export function wantedFor(type: Scalar, item: unknown): string | undefined {
  switch (type) {
    case Date:
      return isIsoDate(item) ? undefined : 'a date such as 2026-03-01, or a time with its zone such as 2026-03-01T12:00:00Z';
    case Number:
      return typeof item === 'number' || (typeof item === 'string' && item.trim() !== '') ? numeric(item) : 'a number';
    case Boolean:
      return typeof item === 'boolean' ? undefined : 'true or false';
    default:
      return ['string', 'number', 'boolean'].includes(typeof item) ? undefined : 'text';
  }
}

function numeric(item: number | string): string | undefined {
  return Number.isFinite(Number(item)) ? undefined : 'a number';
}

/** Without a zone a time would mean another instant on another machine; JavaScript also takes February 30 for March 2. */
function isIsoDate(item: unknown): boolean {
  const day = typeof item === 'string' ? ISO_DATE.exec(item)?.[1] : undefined;
  if (day === undefined || Number.isNaN(Date.parse(item as string))) return false;
  return new Date(day).toISOString().startsWith(day);
}

/** What `typeof` says of values that TypeScript declared as text, number or boolean, and how a person says it. */
export function declaredScalar(declared: Function | undefined): readonly [typeof: string, words: string] | undefined {
  switch (declared) {
    case String:
      return ['string', 'text'];
    case Number:
      return ['number', 'a number'];
    case Boolean:
      return ['boolean', 'true or false'];
    default:
      return undefined;
  }
}

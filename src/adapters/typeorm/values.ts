import type { Json } from '../../core/json.js';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, Value>>;

/** A value as a statement takes it. */
export type Value = string | number | null;

export function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function parsed<T>(value: Value | undefined): T | null {
  return value === null || value === undefined ? null : (JSON.parse(String(value)) as T);
}

/** PostgreSQL gives a bigint as text. */
export function number(value: Value | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** JSON that may be null itself: that differs from none. */
export function json<K extends string>(key: K, value: Value | undefined): { [P in K]?: Json } {
  return (value === null || value === undefined ? {} : { [key]: JSON.parse(String(value)) }) as { [P in K]?: Json };
}

export function given<K extends string, T>(key: K, value: T | null): { [P in K]?: T } {
  return (value === null ? {} : { [key]: value }) as { [P in K]?: T };
}

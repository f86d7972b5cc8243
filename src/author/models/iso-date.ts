import type { ValueTransformer } from 'typeorm';

/**
 * Keeps a `Date` as ISO-8601 text in UTC, to the millisecond: every database gives the same moment back in every time zone, and the
 * texts sort as the moments do.
 *
 * @example
 * ```ts
 * @Column('varchar', { nullable: true, transformer: isoDate })
 * installedAt: Date | null = null;
 * ```
 */
export const isoDate: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.toISOString() : value),
  from: (value: unknown) => (typeof value === 'string' ? new Date(value) : value),
};

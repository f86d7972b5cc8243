import type { Failure } from './error.js';
import type { Json } from './json.js';
import type { Outcome } from './outcome.js';

/** The journal's one entry for a path. */
export interface StepRecord {
  readonly path: string;
  /** What performing it gave; null while it has started and given nothing yet, and after a retry or a due timer cleared it. */
  readonly outcome: Outcome | null;
  /** What a composition decided here, such as whether a condition held; undefined for a step. */
  readonly decision?: Json;
  /** How often it was started. */
  readonly attempt: number;
  /** The latest failure, kept after a later success. */
  readonly failure?: Failure;
  /** From where a retry policy counts: how many attempts there were before, and since when. A person's retry counts anew. */
  readonly countsFrom: { readonly attempt: number; readonly at: number };
  /** When the latest attempt started and ended: milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Who answered, skipped or retried it, if a person did. */
  readonly by?: string;
}

/** What the walk asks of a process's records. */
export interface Journal {
  get(path: string): StepRecord | undefined;
}

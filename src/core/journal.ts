import type { Failure } from './error.js';
import type { Json } from './json.js';
import type { Outcome } from './outcome.js';
import type { Changes } from './state.js';

/** The journal's one entry for a path. */
export interface StepRecord {
  readonly path: string;
  /** What performing it gave; null while it has started and given nothing yet, and after a retry or a due timer cleared it. */
  readonly outcome: Outcome | null;
  /** What a composition decided here, such as whether a condition held; null where it decided nothing; undefined for a step. */
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
  /** The process that performed it, where this one was forked from that; an undo of this one leaves it alone. */
  readonly from?: string;
  /** Whether what stands above it covers it: kept for undo and history, and not read on resume. */
  readonly retired?: true;
}

/** What the walk asks of a process's records. */
export interface Journal {
  get(path: string): StepRecord | undefined;
  /** Whether anything is recorded at a path or inside it. */
  begun(path: string): boolean;
  /** What people changed in the state right before the step at a path. */
  edits(path: string): readonly Changes[];
  /** Set for a look back at all that happened: compositions then walk what their own records cover. */
  readonly whole?: true;
}

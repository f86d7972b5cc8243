import type { Json } from 'stepwright';

/** A process that a worker is to start, unless it is there already, and to move to its end. */
export interface Start {
  readonly workflow: string;
  readonly input?: Json;
  readonly idempotencyKey: string;
}

/** What a worker is told, in one line on its standard input. */
export interface Order {
  readonly starts: readonly Start[];
  /** The moment at which it kills itself; never when left out. */
  readonly dieAt?: string;
  /** After how many moments, commits and effects alike, it kills itself; never when left out. */
  readonly dieAfter?: number;
}

/** What a step did to the outside, or its undo: then the path ends in `#undo`. */
export interface Effect {
  readonly key: string;
  readonly path: string;
  readonly attempt: number;
  /** The worker that it was done in, by its process id. */
  readonly worker: number;
  /** With what the step is to be called back. */
  readonly token?: string;
  /** The locks that the step has to itself. */
  readonly locks?: readonly string[];
}

/** A line of a worker's standard output. */
export type Report =
  /** It has loaded everything, and waits for its order. */
  | { readonly loaded: true }
  /** What its first tick found left by others. */
  | { readonly moved: readonly string[] }
  | { readonly effect: Effect }
  | { readonly fact: { readonly id: string; readonly name: string } }
  | { readonly done: true };

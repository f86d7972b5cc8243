/** What a worker is told, in one line on its standard input. */
export interface Order {
  readonly processes: number;
  /** The moment at which it kills itself; never when left out. */
  readonly dieAt?: string;
}

/** What a step did to the outside. */
export interface Effect {
  readonly key: string;
  readonly path: string;
  readonly attempt: number;
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

/** One figure, and what it is compared with. A bench is a file in a folder here, `sqlite/sequential.ts`, that exports `bench`; its name is its path. */
export interface Bench {
  readonly unit: string;
  /** The other side, in a few words; null where there is none. */
  readonly against: string | null;
  /** How many pairs of runs count. @default 7 */
  readonly pairs?: number;
  /** Makes what is needed, in an empty folder of its own; this is not timed. */
  prepare(folder: string): Promise<Runs | Unavailable>;
}

/** How one figure is measured, once everything is ready. */
export interface Runs {
  /** Does the work once on each side, ours first. */
  run(): Promise<Pair>;
  /** The figure of a time of ours, in milliseconds. */
  value(time: number): number;
  close?(): Promise<void>;
}

/** How long the same work took on both sides, in milliseconds; null where there is no other side. */
export interface Pair {
  readonly ours: number;
  readonly other: number | null;
}

/** Why a bench can't be measured here. */
export interface Unavailable {
  readonly unavailable: string;
}

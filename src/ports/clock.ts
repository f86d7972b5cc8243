/** The time, and being called when it comes. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, at this time or soon after; the result takes that back. */
  at(time: number, call: () => void): () => void;
}

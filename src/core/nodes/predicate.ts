import { isObject } from '../json.js';
import type { State } from '../state.js';

/** A pure function of the state; what is random or timed belongs in a step. */
export type Predicate = (state: State) => boolean;

/**
 * What a predicate says.
 * @throws what it throws, and TypeError where it gives something else than true or false
 */
export function askPredicate(predicate: Predicate, state: State): boolean {
  const holds: unknown = predicate(state);
  if (typeof holds === 'boolean') return holds;
  refusePromise(holds, 'true or false');
  throw new TypeError(`it returned ${isObject(holds) ? 'an object' : JSON.stringify(holds)?.slice(0, 80)}; return true or false`);
}

/** Refuses what an async function gives, where a pure function is asked. */
export function refusePromise(given: unknown, instead: string): void {
  if (!(given instanceof Promise)) return;
  given.catch(() => undefined); // its rejection, left alone, would end the whole program
  throw new TypeError(`it returned a promise; return ${instead}`);
}

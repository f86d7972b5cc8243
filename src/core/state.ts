import { StepwrightError } from './error.js';
import { deepFreeze, exoticName, isObject, type Json, type JsonObject, sameJson, toJsonText } from './json.js';

/** The JSON object that flows through the steps; frozen all the way down. */
export type State = JsonObject;

/** What a step changed: keys with their new values, and keys that are gone. The values are frozen. */
export interface Changes {
  readonly set: JsonObject;
  readonly unset: readonly string[];
}

export const NO_CHANGES: Changes = Object.freeze({ set: Object.freeze({}), unset: Object.freeze([]) });

/** Keys of parameters that get something else than a state key, so no step can set them. */
export const RESERVED_KEYS: readonly string[] = ['state', 'ctx'];

/** A state that can be read. */
export interface StateView {
  /** The value of a key, or undefined when there is none. */
  get(key: string): Json | undefined;
  /** The whole state as one frozen object. */
  toObject(): State;
}

/**
 * One branch's view of the state: what the branch changed, laid over the state at its entry.
 *
 * Forking costs nothing, a merge costs what it changes, and a look-up one step per level of nesting, so step n costs what step 1 did.
 * Only the branch that owns a layer merges into it; the layer below stands still meanwhile.
 */
export class StateLayer implements StateView {
  readonly #below: StateView | undefined;
  readonly #own = new Map<string, Json | undefined>();
  #object: State | undefined;

  constructor(below?: StateView) {
    this.#below = below;
  }

  /** A layer that holds this object and nothing below. */
  static of(state: State): StateLayer {
    const layer = new StateLayer();
    for (const [key, value] of Object.entries(state)) layer.#own.set(key, deepFreeze(value));
    return layer;
  }

  /** The value of a key, or undefined when there is none. */
  get(key: string): Json | undefined {
    return this.#own.has(key) ? this.#own.get(key) : this.#below?.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  merge(changes: Changes): void {
    for (const [key, value] of Object.entries(changes.set)) {
      // A key that comes back comes last, as it does when what happened before is merged as one.
      if (this.#own.get(key) === undefined) this.#own.delete(key);
      this.#own.set(key, deepFreeze(value));
    }
    for (const key of changes.unset) this.#own.set(key, undefined);
    this.#object = undefined;
  }

  /** What this layer changed since its entry. */
  changes(): Changes {
    const set: Record<string, Json> = {};
    const unset: string[] = [];
    for (const [key, value] of this.#own) {
      if (value !== undefined) set[key] = value;
      else if (this.#below?.get(key) !== undefined) unset.push(key);
    }
    return { set, unset };
  }

  /** The whole state as one frozen object; made on demand and kept until the next merge. */
  toObject(): State {
    if (!this.#object) {
      const all: Record<string, Json> = { ...this.#below?.toObject() };
      for (const [key, value] of this.#own) {
        if (value === undefined) delete all[key];
        else all[key] = value;
      }
      this.#object = Object.freeze(all);
    }
    return this.#object;
  }
}

/**
 * The changes in what a step returned: nothing, or an object whose keys are merged into the state.
 *
 * A key returned as `undefined` is unset; a value identical to the one in `entry` is no change. The values are the parsed text of
 * what is stored, so that a first run and a resume see the same.
 * @throws StepwrightError `bad_result` when it is no object or sets a reserved key, `not_json` when a value is not JSON.
 */
export function toChanges(returned: unknown, entry: StateView, what: string): Changes {
  if (returned === undefined || returned === null) return NO_CHANGES;
  const exotic = typeof returned === 'object' ? exoticName(returned) : typeof returned;
  if (exotic || !isObject(returned)) {
    throw new StepwrightError(
      'bad_result',
      `${what} returned ${exotic === 'Array' ? 'a list' : `a ${exotic}`}; return nothing, or an object of changes such as { key: value }.`,
    );
  }
  const set: Record<string, Json> = {};
  const unset: string[] = [];
  for (const [key, value] of Object.entries(returned)) {
    if (RESERVED_KEYS.includes(key))
      throw new StepwrightError('bad_result', `${what} returned the key "${key}", which is reserved; use another name.`);
    if (key === '__proto__')
      throw new StepwrightError(
        'not_json',
        `${what} returned the key "__proto__", which JavaScript treats as the prototype; use another name.`,
      );
    const text = toJsonText(value, `${what} returned "${key}", and ${key}`);
    if (text === undefined) {
      if (entry.get(key) !== undefined) unset.push(key);
      continue;
    }
    const json = JSON.parse(text) as Json;
    if (!sameJson(json, entry.get(key))) set[key] = deepFreeze(json);
  }
  return { set, unset };
}

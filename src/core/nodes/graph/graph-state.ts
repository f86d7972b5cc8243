import { type Json, sameJson } from '../../json.js';
import type { Changes, State, StateLayer, StateView } from '../../state.js';
import { conflict, type Merge, mergeValues } from '../branches.js';
import type { Order } from './task-order.js';

interface Clash {
  readonly key: string;
  readonly first: number;
  readonly second: number;
}

/**
 * The state of a graph while it runs: a task sees what its ancestors changed, and only that.
 *
 * For each key it is kept which tasks changed it, so that nothing is folded or copied for a task: a look-up asks those few whether they are
 * ancestors, by one bit each.
 */
export class GraphState {
  readonly #entry: StateLayer;
  readonly #names: readonly string[];
  readonly #merge: Merge | undefined;
  readonly #ancestors: readonly Uint32Array[];
  /** Each task's place in the dependency order. */
  readonly #rank: readonly number[];
  /** By key: the tasks that changed it, in the order in which they ended, so that none is an ancestor of one before it. */
  readonly #writers = new Map<string, { readonly place: number; readonly value: Json | undefined }[]>();
  /** Pairs of tasks that do not depend on one another and left different values under a key; none where a merge function is given. */
  readonly #clashes: Clash[] = [];
  /** With a merge function, the keys under which there are such values. */
  readonly #torn = new Set<string>();

  constructor(entry: StateLayer, { before, sorted }: Order, names: readonly string[], merge: Merge | undefined) {
    this.#entry = entry;
    this.#names = names;
    this.#merge = merge;
    this.#ancestors = ancestorsOf(before, sorted);
    const rank = Array<number>(sorted.length).fill(0);
    for (const [index, place] of sorted.entries()) rank[place] = index;
    this.#rank = rank;
  }

  /**
   * What a task sees.
   * @throws StepwrightError `state_conflict` where two of its ancestors disagree on a key; what the merge function throws
   */
  entryOf(place: number, what: string): StateView {
    const counts = (writer: number) => this.#isBefore(writer, place);
    if (!this.#merge)
      this.#refuse(
        this.#clashes.filter(({ first, second }) => counts(first) && counts(second)),
        what,
      );
    const merged = new Map([...this.#torn].map((key) => [key, this.#valueFor(key, counts)]));
    const get = (key: string) => (merged.has(key) ? merged.get(key) : this.#valueFor(key, counts));
    let object: State | undefined;
    return {
      get,
      toObject: () => {
        object ??= this.#objectOf(get);
        return object;
      },
    };
  }

  /** Keeps what a task changed. */
  leave(place: number, { set, unset }: Changes): void {
    const changed: readonly (readonly [string, Json | undefined])[] = [
      ...Object.entries(set),
      ...unset.map((key): readonly [string, undefined] => [key, undefined]),
    ];
    for (const [key, value] of changed) {
      const writers = this.#writers.get(key) ?? [];
      this.#writers.set(key, writers);
      for (const other of writers) {
        if (this.#isBefore(other.place, place) || sameJson(other.value, value)) continue;
        if (this.#merge) {
          this.#torn.add(key);
          break;
        }
        const [first, second] = [other.place, place].sort((a, b) => this.#rankOf(a) - this.#rankOf(b)) as [number, number];
        this.#clashes.push({ key, first, second });
      }
      writers.push({ place, value });
    }
  }

  /** @throws StepwrightError `state_conflict` naming the first two tasks, in dependency order, that disagree */
  check(what: string): void {
    this.#refuse(this.#clashes, what);
  }

  /** What all tasks changed, as one. */
  merged(): Changes {
    const set: Record<string, Json> = {};
    const unset: string[] = [];
    for (const key of this.#keys()) {
      const value = this.#valueFor(key, () => true);
      if (value === undefined) unset.push(key);
      else set[key] = value;
    }
    return { set, unset: unset.filter((key) => this.#entry.has(key)) };
  }

  /** The keys that were changed, in an order that the timing does not decide. */
  #keys(): readonly string[] {
    return [...this.#writers.keys()].sort();
  }

  #refuse(clashes: readonly Clash[], what: string): void {
    const rank = (one: Clash) => [this.#rankOf(one.first), this.#rankOf(one.second)] as const;
    const [first] = [...clashes].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1] || (a.key < b.key ? -1 : 1));
    if (first) throw conflict(what, first.key, this.#nameOf(first.first), this.#nameOf(first.second));
  }

  /** What those who count left under a key: of these, the ones after which nobody changed it. */
  #valueFor(key: string, counts: (place: number) => boolean): Json | undefined {
    const last: { readonly place: number; readonly value: Json | undefined }[] = [];
    const writers = this.#writers.get(key) ?? [];
    for (let index = writers.length - 1; index >= 0; index--) {
      const writer = writers[index] as (typeof writers)[number];
      if (counts(writer.place) && !last.some((later) => this.#isBefore(writer.place, later.place))) last.push(writer);
    }
    const [only, ...others] = last;
    if (!only) return this.#entry.get(key);
    if (!this.#merge || others.every((other) => sameJson(other.value, only.value))) return only.value;
    const values = last.sort((a, b) => this.#rankOf(a.place) - this.#rankOf(b.place)).map(({ value }) => value);
    return mergeValues(this.#merge, key, values, this.#entry.get(key));
  }

  #objectOf(get: (key: string) => Json | undefined): State {
    const all: Record<string, Json> = { ...this.#entry.toObject() };
    for (const key of this.#keys()) {
      const value = get(key);
      if (value === undefined) delete all[key];
      else all[key] = value;
    }
    return Object.freeze(all);
  }

  #isBefore(ancestor: number, place: number): boolean {
    return (((this.#ancestors[place] as Uint32Array)[ancestor >> 5] as number) & (1 << (ancestor & 31))) !== 0;
  }

  #rankOf(place: number): number {
    return this.#rank[place] as number;
  }

  #nameOf(place: number): string {
    return this.#names[place] as string;
  }
}

/** For each task a bit for every other: whether that one comes before it. */
function ancestorsOf(before: Order['before'], sorted: Order['sorted']): readonly Uint32Array[] {
  const words = Math.ceil(before.length / 32);
  const sets = before.map(() => new Uint32Array(words));
  for (const place of sorted) {
    const own = sets[place] as Uint32Array;
    for (const other of before[place] as readonly number[]) {
      const theirs = sets[other] as Uint32Array;
      for (let word = 0; word < words; word++) own[word] = (own[word] as number) | (theirs[word] as number);
      own[other >> 5] = (own[other >> 5] as number) | (1 << (other & 31));
    }
  }
  return sets;
}

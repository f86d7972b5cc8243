import { type Failure, StepwrightError, toFailure } from '../error.js';
import { type Json, sameJson, toJsonText } from '../json.js';
import { DONE, isDone, type Outcome } from '../outcome.js';
import type { Changes, StateLayer } from '../state.js';
import { HALTED, type Scope, type Walk, type Walked } from './node.js';
import { refusePromise } from './predicate.js';

/**
 * Says what becomes of a key that several branches set to different values; a pure function.
 * @param values what each of them left there, in declared order; undefined where it took the key away
 * @param before what was there at entry
 * @returns the value that stays; undefined takes the key away
 */
export type Merge = (key: string, values: readonly (Json | undefined)[], before: Json | undefined) => Json | undefined;

/** The kinds from the worst to the best: what a composition gives is the worst that its branches gave. */
const WORST_FIRST: readonly Outcome['kind'][] = [
  'failed',
  'aborted',
  'cancelled',
  'waiting',
  'suspended',
  'awaiting_callback',
  'complete',
  'success',
  'skipped',
];

/** The worst of what branches gave; the first of equals. A halted one leaves all open. */
export function worstOf(walked: readonly Walked[]): Walked {
  let worst: Walked | undefined;
  for (const one of walked) {
    if (one.kind === 'halted') return HALTED;
    if (!worst || rank(one) < rank(worst)) worst = one;
  }
  return worst ?? DONE;
}

function rank({ kind }: Walked): number {
  return kind === 'halted' ? -1 : WORST_FIRST.indexOf(kind);
}

/**
 * Runs branches by number, at most `limit` at once.
 * @param begun those that are walked whatever the limit says: they had begun before
 * @param frees whether a branch that gave this makes room for the next
 * @returns what each gave; undefined for those that have not begun
 */
export function inSlots(
  count: number,
  limit: number,
  run: (index: number) => Promise<Walked>,
  { begun, frees }: { readonly begun: (index: number) => boolean; readonly frees: (walked: Walked) => boolean },
): Promise<readonly (Walked | undefined)[]> {
  return new Promise((resolve, reject) => {
    const results = Array<Walked | undefined>(count).fill(undefined);
    const isBegun = Array.from(results, (_, index) => begun(index));
    let taken = 0;
    let running = 0;
    let next = 0;
    const start = (index: number) => {
      taken++;
      running++;
      run(index).then((walked) => {
        results[index] = walked;
        running--;
        if (frees(walked)) taken--;
        fill();
      }, reject);
    };
    const fill = () => {
      for (; next < count && (isBegun[next] === true || taken < limit); next++) if (!isBegun[next]) start(next);
      if (running === 0) resolve(results);
    };
    isBegun.forEach((had, index) => {
      if (had) start(index);
    });
    fill();
  });
}

/** A scope for branches that go side by side, and what tells them that one of them has failed fast. */
export function branchScope(walk: Walk, path: string, failFast: boolean): { readonly scope: Scope; readonly fail: (by: string) => void } {
  if (!failFast) return { scope: { ...walk.scope, branching: path }, fail: () => undefined };
  const own = new AbortController();
  const { cancel, ready } = walk.scope;
  const signal = cancel ? AbortSignal.any([cancel, own.signal]) : own.signal;
  let open = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => {
    open = resolve;
  });
  const fail = (by: string) => {
    own.abort(by);
    open();
  };
  return { scope: { ...walk.scope, branching: path, cancel: signal, ready: Promise.race([ready, cancelled]) }, fail };
}

/** What a finished composition left in the journal, merged into the state; undefined where it has not ended. */
export function ended(walk: Walk, path: string, state: StateLayer): Outcome | undefined {
  const outcome = walk.journal.whole ? undefined : (walk.journal.get(path)?.outcome ?? undefined);
  if (outcome?.kind === 'success') state.merge(outcome.changes);
  return outcome;
}

/** In a look back: how a composition ended, as it is recorded, so that none of its functions is asked again; the code may be another by now. */
export function endedThen(walk: Walk, path: string, state: StateLayer): Outcome | undefined {
  const outcome = walk.journal.whole ? walk.journal.get(path)?.outcome : undefined;
  if (!outcome || !isDone(outcome)) return undefined;
  if (outcome.kind === 'success') state.merge(outcome.changes);
  return outcome;
}

/** Merges what a composition changed into the state, and records its end. */
export function finish(walk: Walk, path: string, walked: Walked, changes: Changes, state: StateLayer, own?: string): Walked {
  if (walked.kind === 'halted') return walked;
  state.merge(changes);
  // Where every step was skipped, there can be changes all the same: what is collected, or a person's.
  const changed = Object.keys(changes.set).length > 0 || changes.unset.length > 0;
  const isSuccess = walked.kind === 'success' || changed;
  walk.finish(path, isSuccess ? { kind: 'success', changes } : walked, own);
  return isSuccess ? DONE : walked;
}

/** A branch by its name, and what it changed. */
export interface BranchChanges {
  readonly name: string;
  readonly changes: Changes;
}

/**
 * What branches changed, as one: in their order, whatever the timing.
 * @throws StepwrightError `state_conflict` where two leave different values under one key and there is no `merge`; what `merge` throws
 */
export function mergeBranches(branches: readonly BranchChanges[], entry: StateLayer, what: string, merge: Merge | undefined): Changes {
  const left = new Map<string, { readonly name: string; readonly value: Json | undefined }[]>();
  for (const { name, changes } of branches) {
    for (const [key, value] of changedKeys(changes)) {
      const values = left.get(key);
      if (values) values.push({ name, value });
      else left.set(key, [{ name, value }]);
    }
  }
  const set: Record<string, Json> = {};
  const unset: string[] = [];
  // By name, for the order in which a branch changed its keys is another after a resume.
  for (const [key, values] of [...left].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = values;
    const different = values.find((other) => !sameJson(other.value, first?.value));
    if (different && !merge) throw conflict(what, key, first?.name ?? '', different.name);
    const all = values.map((one) => one.value);
    const value = different && merge ? mergeValues(merge, key, all, entry.get(key)) : first?.value;
    if (value === undefined) unset.push(key);
    else set[key] = value;
  }
  return { set, unset };
}

export function conflict(what: string, key: string, first: string, second: string): StepwrightError {
  return new StepwrightError(
    'state_conflict',
    `${what}: the branches "${first}" and "${second}" left different values under the state key "${key}". Let them use different keys, or give a merge function.`,
    { details: { key, branches: [first, second] } },
  );
}

/** What a merge function makes of values, as JSON. */
export function mergeValues(merge: Merge, key: string, values: readonly (Json | undefined)[], before: Json | undefined): Json | undefined {
  const merged = merge(key, values, before);
  refusePromise(merged, 'a value');
  const text = toJsonText(merged, `merge() returned for "${key}" what`);
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}

function* changedKeys({ set, unset }: Changes): Generator<readonly [string, Json | undefined]> {
  yield* Object.entries(set);
  for (const key of unset) yield [key, undefined];
}

/** The failure of a composition whose own function threw: `items`, `merge` and the like. */
export function ownFailure(error: unknown, what: string): Failure {
  if (error instanceof StepwrightError) return toFailure(error);
  return { ...toFailure(error), code: 'function_threw', message: `${what} failed: ${toFailure(error).message}` };
}

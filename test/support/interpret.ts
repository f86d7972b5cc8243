import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../../src/core/json.js';
import type { State } from '../../src/core/state.js';
import { interpretGraph } from './interpret-graph.js';
import { givenItems, holds, isEnough, type MergePlan, mergeOf, type Plan, returned } from './plan.js';

/** Where a plan ends when nothing interrupts it, everything is answered, and whatever failed is tried again. */
export interface Ending extends Reached {
  readonly state: State;
}

/** How a part of a plan ends. */
export interface Reached {
  readonly kind: 'success' | 'skipped' | 'complete' | 'failed';
  /** Of a failure: its code; undefined where it depends on the timing which of several comes first. */
  readonly code?: string | undefined;
  /** Of the failure of branches that disagree: where. */
  readonly details?: Json | undefined;
  /** What it changed: keys with their new values, undefined for those that are gone. */
  readonly own: Own;
  /** The steps that are reached, in an order in which they can be. */
  readonly paths: readonly string[];
}

export type Own = Readonly<Record<string, Json | undefined>>;

/** What is around a part of a plan. */
export interface Around {
  /** Whether the first failure counts, for something recovers from it. */
  readonly caught: boolean;
  readonly branching: boolean;
  readonly held: readonly string[];
}

/** So often is a failure retried before it counts as the end: as often as a script's first attempts can fail. */
export const RETRIES = 2;

/** Says what a plan means, by plain recursion, one branch after the other: no journal, no records, no walk. */
export function interpret(plan: Plan, state: State): Ending {
  const reached = reach(plan, state, '', { caught: false, branching: false, held: [] });
  return { ...reached, state: apply(state, reached.own) };
}

export function reach(plan: Plan, state: State, at: string, around: Around): Reached {
  const inside = plan.name === undefined ? at : at === '' ? plan.name : `${at}/${plan.name}`;
  switch (plan.kind) {
    case 'step': {
      const { first, gives, effects } = plan.script;
      const paths = [inside];
      if (gives === 'failed' || (around.caught && first.includes('failed'))) return failing('step_threw', { paths });
      if (gives === 'skipped') return { kind: 'skipped', own: {}, paths };
      if (gives === 'complete' && around.branching) return failing('bad_result', { paths });
      const changed = Object.entries(returned(effects, state)).filter(([key, value]) => !isDeepStrictEqual(state[key], value));
      return { kind: gives === 'complete' ? 'complete' : 'success', own: Object.fromEntries(changed), paths };
    }
    case 'list': {
      let all: Reached = { kind: 'skipped', own: {}, paths: [] };
      for (const one of plan.plans) {
        const next = reach(one, apply(state, all.own), inside, around);
        const kind = next.kind === 'skipped' ? all.kind : next.kind;
        all = { ...next, kind, own: { ...all.own, ...next.own }, paths: [...all.paths, ...next.paths] };
        if (!isDone(kind)) break;
      }
      return all;
    }
    case 'conditional':
      try {
        if (!holds(plan.condition, state)) return { kind: 'skipped', own: {}, paths: [] };
      } catch {
        return failing('predicate_threw');
      }
      return reach(plan.plan, state, inside, around);
    case 'focus': {
      const value = state[plan.key] ?? {};
      if (!isObject(value)) return failing('focus_not_object');
      const one = reach(plan.plan, value as State, inside, around);
      const own = tidy(one.own, value as State);
      return { ...one, own: Object.keys(own).length === 0 ? {} : { [plan.key]: apply(value as State, own) } };
    }
    case 'withLock': {
      if (plan.unless !== undefined && state[plan.unless] !== undefined) return failing('function_threw');
      const asked = plan.keys.filter((key) => !around.held.includes(key));
      if (around.caught && asked.includes('taken')) return failing('lock_held');
      return reach(plan.plan, state, inside, { ...around, held: [...around.held, ...asked] });
    }
    case 'parallel': {
      const of = plan.branches.map(({ name, plan: one }) => ({
        name: name ?? firstName(one),
        reached: reach(one, state, name === undefined ? inside : `${inside}/${name}`, { ...around, branching: true }),
      }));
      return together(
        plan,
        of.map(({ reached }) => reached),
        () => merged(plan.merge, of, state),
      );
    }
    case 'forEach':
      return interpretItems(plan, state, inside, around);
    case 'until':
      return interpretLoops(plan, state, inside, around);
    case 'choose': {
      const value = state[plan.key];
      const found = plan.cases.find((one) => isDeepStrictEqual(one.value, value));
      if (!found && !plan.otherwise) return failing('no_case');
      const label = !found ? 'otherwise' : typeof value === 'string' ? value : JSON.stringify(value);
      return reach((found?.plan ?? plan.otherwise) as Plan, state, `${inside}[${encodeURIComponent(label)}]`, around);
    }
    case 'graph':
      return interpretGraph(plan, state, inside, { ...around, branching: true });
    case 'recover': {
      const body = reach(plan.body, state, inside, { ...around, caught: true });
      if (body.kind !== 'failed') return body;
      const now = { ...apply(state, body.own), failure: { code: body.code ?? '' } };
      const handled = reach(plan.handler, now, `${inside}[handler]`, around);
      return { ...handled, own: { ...body.own, ...handled.own }, paths: [...body.paths, ...handled.paths] };
    }
  }
}

function interpretItems(plan: Extract<Plan, { kind: 'forEach' }>, state: State, inside: string, around: Around): Reached {
  const items = 'key' in plan.items ? state[plan.items.key] : givenItems(plan.items.gives, state);
  if (!isObject(items) && !Array.isArray(items)) return failing('bad_items');
  const of = Object.entries(items as Record<string, Json>).map(([key, value]) => {
    const item = { [plan.as]: value, ...(plan.keyAs === undefined ? {} : { [plan.keyAs]: Array.isArray(items) ? Number(key) : key }) };
    const entry = { ...state, ...item };
    const one = reach(plan.plan, entry, `${inside}[${encodeURIComponent(key)}]`, { ...around, branching: true });
    return { ...one, own: tidy(one.own, entry) };
  });
  return together(plan, of, () => {
    const own: Record<string, Json | undefined> = {};
    const keys = new Set(of.flatMap((one) => Object.keys(one.own)));
    for (const key of [...keys].sort()) {
      if (plan.merge === undefined || key === plan.collect) continue;
      const values = of.filter((one) => key in one.own).map((one) => one.own[key]);
      own[key] = mergeOf(plan.merge)(key, values, state[key]);
    }
    if (plan.collect !== undefined) own[plan.collect] = of.map((one) => one.own[plan.collect as string] ?? null);
    return { own };
  });
}

function interpretLoops(plan: Extract<Plan, { kind: 'until' }>, state: State, inside: string, around: Around): Reached {
  const allowed = (plan.maxLoops ?? Number.POSITIVE_INFINITY) * (around.caught ? 1 : RETRIES + 1);
  let own: Own = {};
  const paths: string[] = [];
  for (let loop = 1; ; loop++) {
    const one = reach(plan.plan, apply(state, own), `${inside}#${loop}`, around);
    own = tidy({ ...own, ...one.own }, state);
    paths.push(...one.paths);
    if (!isDone(one.kind)) return { ...one, own, paths };
    try {
      if (isEnough(plan, apply(state, own))) return { kind: 'success', own, paths };
    } catch {
      return failing('predicate_threw', { own, paths });
    }
    if (loop === allowed) return failing('max_loops', { own, paths });
  }
}

/** What branches that go side by side give as one; `merge` says what they change when all have ended well. */
export function together(
  { failFast }: { readonly failFast: boolean },
  of: readonly Reached[],
  merge: () => { readonly own: Own } | { readonly clash: Json },
): Reached {
  const paths = of.flatMap((one) => one.paths);
  const bad = of.find(({ kind }) => !isDone(kind));
  if (bad) return { ...bad, own: {}, paths, ...(failFast ? { code: undefined, details: undefined } : {}) };
  try {
    const done = merge();
    if ('clash' in done) return failing('state_conflict', { details: done.clash, paths });
    const { own } = done;
    const changed = Object.keys(own).length > 0;
    return { kind: of.length > 0 && !changed && of.every(({ kind }) => kind === 'skipped') ? 'skipped' : 'success', own, paths };
  } catch {
    return failing('function_threw', { paths });
  }
}

function merged(merge: MergePlan | undefined, of: readonly { name: string; reached: Reached }[], state: State) {
  const own: Record<string, Json | undefined> = {};
  const changes = of.map(({ name, reached }) => ({ name, own: tidy(reached.own, state) }));
  for (const key of [...new Set(changes.flatMap((one) => Object.keys(one.own)))].sort()) {
    const [first, ...others] = changes.filter((one) => key in one.own) as [(typeof changes)[number], ...typeof changes];
    const different = others.find((other) => !isDeepStrictEqual(other.own[key], first.own[key]));
    if (different && merge === undefined) return { clash: { key, branches: [first.name, different.name] } };
    own[key] =
      different && merge
        ? mergeOf(merge)(
            key,
            [first, ...others].map((one) => one.own[key]),
            state[key],
          )
        : first.own[key];
  }
  return { own };
}

/** The name by which a branch without one is told: that of its first node that has one. */
function firstName(plan: Plan): string {
  if (plan.name !== undefined) return plan.name;
  return firstName('plans' in plan ? (plan.plans[0] as Plan) : (plan as Extract<Plan, { plan: Plan }>).plan);
}

export function apply(state: State, own: Own): State {
  return Object.fromEntries(Object.entries({ ...state, ...own }).filter(([, value]) => value !== undefined)) as State;
}

/** Without the keys that came and went. */
export function tidy(own: Own, entry: State): Own {
  return Object.fromEntries(Object.entries(own).filter(([key, value]) => value !== undefined || entry[key] !== undefined));
}

export function failing(code: string, more: Partial<Reached> = {}): Reached {
  return { kind: 'failed', code, own: {}, paths: [], ...more };
}

export function isDone(kind: string): boolean {
  return kind === 'success' || kind === 'skipped';
}

import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../src/core/json.js';
import type { State } from '../../src/core/state.js';
import { type Around, apply, failing, isDone, type Own, type Reached, reach, tidy, together } from './interpret.js';
import { mergeOf, type Plan, type TaskPlan } from './plan.js';

/** How a task ended, or why it did not begin: `kept` by its rule, `blocked` by tasks before it that disagree. */
type End = Reached | { readonly kind: 'kept' } | { readonly kind: 'blocked'; readonly why: Reached };

/** Says what a graph means: one task after the other, each after those that it depends on. */
export function interpretGraph(plan: Extract<Plan, { kind: 'graph' }>, state: State, inside: string, around: Around): Reached {
  const order = inOrder(plan.tasks);
  const ends = new Map<string, End>();
  for (const task of order) {
    const before = task.after.map((name) => ends.get(name) as End);
    if (before.some(({ kind }) => kind === 'blocked')) {
      ends.set(task.name, { kind: 'blocked', why: failing('blocked') });
      continue;
    }
    const verdict = judged(task, before);
    if (verdict !== 'run') {
      ends.set(task.name, verdict === 'kept' ? { kind: 'kept' } : { kind: 'skipped', own: {}, paths: [] });
      continue;
    }
    const seen = valuesOf(plan, order, ends, state, (name) => isBefore(plan, name, task.name));
    if ('kind' in seen) {
      ends.set(task.name, { kind: 'blocked', why: seen });
      continue;
    }
    const entry = apply(state, seen.own);
    const one = reach(task.plan, entry, `${inside}/${task.name}`, around);
    ends.set(task.name, { ...one, own: isDone(one.kind) ? tidy(one.own, entry) : {} });
  }
  const ran = plan.tasks
    .map(({ name }) => ends.get(name) as End)
    .filter((end): end is Reached => end.kind !== 'kept' && end.kind !== 'blocked');
  const paths = ran.flatMap((one) => one.paths);
  const blocked = order.map(({ name }) => ends.get(name) as End).find((end) => end.kind === 'blocked' && end.why.code === 'function_threw');
  const all = valuesOf(plan, order, ends, state, () => true);
  const merge = () => {
    if (blocked) throw new Error('a merge function threw');
    if (!('kind' in all)) return { own: all.own };
    if (all.details === undefined) throw new Error('a merge function threw');
    return { clash: all.details };
  };
  return { ...together(plan, ran, merge), paths };
}

/** Each after those that it depends on: of those that could come next, the one that is written first. */
function inOrder(tasks: readonly TaskPlan[]): readonly TaskPlan[] {
  const sorted: TaskPlan[] = [];
  const isNext = (task: TaskPlan) => !sorted.includes(task) && task.after.every((name) => sorted.some((other) => other.name === name));
  for (let next = tasks.find(isNext); next; next = tasks.find(isNext)) sorted.push(next);
  return sorted;
}

function isBefore(plan: Extract<Plan, { kind: 'graph' }>, name: string, other: string): boolean {
  const { after } = plan.tasks.find((task) => task.name === other) as TaskPlan;
  return after.includes(name) || after.some((one) => isBefore(plan, name, one));
}

/** What a task's rule says of how those before it ended. */
function judged({ rule }: TaskPlan, before: readonly End[]): 'run' | 'skipped' | 'kept' {
  const is = (kind: string) => (end: End) => (kind === 'failed' ? end.kind === 'failed' || end.kind === 'kept' : end.kind === kind);
  const [failed, skipped] = [before.some(is('failed')), before.some(is('skipped'))];
  const otherwise = failed ? 'kept' : 'skipped';
  switch (rule) {
    case 'all_done':
      return 'run';
    case 'all_success':
      return before.every(is('success')) ? 'run' : otherwise;
    case 'none_failed':
      return failed ? 'kept' : 'run';
    case 'one_success':
      return before.length === 0 || before.some(is('success')) ? 'run' : otherwise;
    case 'all_failed':
      return before.every(is('failed')) ? 'run' : 'skipped';
    case 'one_failed':
      return failed ? 'run' : 'skipped';
    case 'none_skipped':
      return skipped ? 'skipped' : 'run';
  }
}

/** What some tasks left in the state, or why that can't be told. */
function valuesOf(
  plan: Extract<Plan, { kind: 'graph' }>,
  order: readonly TaskPlan[],
  ends: ReadonlyMap<string, End>,
  state: State,
  counts: (name: string) => boolean,
): { readonly own: Own } | Reached {
  const left = order.flatMap(({ name }) => {
    const end = ends.get(name);
    return end && 'own' in end && counts(name) ? [{ name, own: end.own }] : [];
  });
  const keys = [...new Set(left.flatMap((one) => Object.keys(one.own)))].sort();
  if (plan.merge === undefined) {
    for (const first of left) {
      for (const second of left.slice(left.indexOf(first) + 1)) {
        if (isBefore(plan, first.name, second.name)) continue;
        const key = keys.find((one) => one in first.own && one in second.own && !isDeepStrictEqual(first.own[one], second.own[one]));
        if (key !== undefined) return failing('state_conflict', { details: { key, branches: [first.name, second.name] } });
      }
    }
  }
  const own: Record<string, Json | undefined> = {};
  for (const key of keys) {
    const writers = left.filter((one) => key in one.own);
    const last = writers.filter((one) => !writers.some((other) => isBefore(plan, one.name, other.name)));
    const [first] = last as [(typeof last)[number]];
    const same = last.every((one) => isDeepStrictEqual(one.own[key], first.own[key]));
    try {
      own[key] =
        same || plan.merge === undefined
          ? first.own[key]
          : mergeOf(plan.merge)(
              key,
              last.map((one) => one.own[key]),
              state[key],
            );
    } catch {
      return failing('function_threw');
    }
  }
  return { own };
}

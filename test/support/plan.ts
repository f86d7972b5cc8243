import { isObject, type Json } from '../../src/core/json.js';
import type { Merge } from '../../src/core/nodes/branches.js';
import type { Items } from '../../src/core/nodes/for-each.js';
import type { TriggerRule } from '../../src/core/nodes/graph/trigger-rule.js';
import type { State } from '../../src/core/state.js';

interface StepPlan {
  readonly kind: 'step';
  readonly name: string;
  readonly script: Script;
}

interface ListPlan<P> {
  readonly kind: 'list';
  readonly name: string | undefined;
  readonly plans: readonly P[];
}

interface ConditionalPlan<P> {
  readonly kind: 'conditional';
  readonly name: string | undefined;
  readonly id: number;
  readonly condition: Condition;
  readonly plan: P;
}

interface FocusPlan<P> {
  readonly kind: 'focus';
  readonly name: string | undefined;
  readonly key: string;
  readonly plan: P;
}

interface WithLockPlan {
  readonly kind: 'withLock';
  readonly name: string | undefined;
  /** `busy` is waited for at first, `taken` is refused at first. */
  readonly keys: readonly ('free' | 'busy' | 'taken')[];
  /** Where its keys come from a function, it throws where this state key is there. */
  readonly unless: string | undefined;
  readonly plan: Plan;
}

interface ParallelPlan {
  readonly kind: 'parallel';
  readonly name: string;
  readonly branches: readonly { readonly name: string | undefined; readonly plan: Plan }[];
  readonly maxWorkers: number | undefined;
  readonly failFast: boolean;
  readonly merge: MergePlan | undefined;
}

interface ForEachPlan {
  readonly kind: 'forEach';
  readonly name: string;
  readonly id: number;
  readonly items: { readonly key: string } | { readonly gives: Items | 'numbers' };
  readonly as: string;
  readonly keyAs: string | undefined;
  readonly concurrency: number;
  readonly failFast: boolean;
  readonly collect: string | undefined;
  readonly merge: MergePlan | undefined;
  readonly plan: Plan;
}

interface UntilPlan {
  readonly kind: 'until';
  readonly name: string;
  /** It ends where this holds, and where its own count has come to `enough`. */
  readonly condition: Condition;
  readonly counts: string;
  readonly enough: number;
  readonly maxLoops: number | undefined;
  readonly plan: Plan;
}

interface ChoosePlan {
  readonly kind: 'choose';
  readonly name: string;
  readonly id: number;
  readonly key: string;
  readonly cases: readonly { readonly value: Json; readonly plan: Plan }[];
  readonly otherwise: Plan | undefined;
}

interface GraphPlan {
  readonly kind: 'graph';
  readonly name: string;
  readonly tasks: readonly TaskPlan[];
  readonly maxWorkers: number | undefined;
  readonly failFast: boolean;
  readonly merge: MergePlan | undefined;
}

export interface TaskPlan {
  readonly name: string;
  readonly after: readonly string[];
  readonly rule: TriggerRule;
  readonly plan: Plan;
}

interface RecoverPlan {
  readonly kind: 'recover';
  readonly name: string;
  readonly body: Plan;
  readonly handler: Plan;
}

/** A tree of nodes as plain data, so that a failing example can be printed and shrunk. */
export type Plan =
  | StepPlan
  | ListPlan<Plan>
  | ConditionalPlan<Plan>
  | FocusPlan<Plan>
  | WithLockPlan
  | ParallelPlan
  | ForEachPlan
  | UntilPlan
  | ChoosePlan
  | GraphPlan
  | RecoverPlan;

/** A plan whose steps come one after another, each at most once. */
export type SerialPlan = StepPlan | ListPlan<SerialPlan> | ConditionalPlan<SerialPlan> | FocusPlan<SerialPlan>;

/** How a step behaves: a pure function of the state and of what it gave before. */
export interface Script {
  /** What it gives at first, one after another. */
  readonly first: readonly ('waiting' | 'failed')[];
  /** What it gives after that; `suspended` and `awaiting_callback` stand until they are answered with the effects. */
  readonly gives: 'success' | 'skipped' | 'complete' | 'suspended' | 'awaiting_callback' | 'failed';
  readonly effects: readonly Effect[];
  /** Whether it fails once its signal is aborted. */
  readonly minds: boolean;
}

/** What happens to one key of the state. */
export type Effect =
  | { readonly key: string; readonly does: 'put'; readonly value: Json }
  | { readonly key: string; readonly does: 'increase' | 'copy' | 'wrap'; readonly from: string }
  | { readonly key: string; readonly does: 'unset' };

/** A predicate on the state; `throws` does so where the key is there. */
export type Condition = { readonly key: string; readonly asks: 'has' | 'lacks' | 'positive' | 'throws' };

/** `text` tells all values in their order, `drop` takes the key away, `throws` throws where there was nothing at entry. */
export type MergePlan = 'text' | 'drop' | 'throws';

/** What a step with these effects returns. */
export function returned(effects: readonly Effect[], state: State): Record<string, Json | undefined> {
  const changes: Record<string, Json | undefined> = {};
  for (const effect of effects) changes[effect.key] = changedValue(effect, state);
  return changes;
}

function changedValue(effect: Effect, state: State): Json | undefined {
  switch (effect.does) {
    case 'put':
      return effect.value;
    case 'increase': {
      const value = state[effect.from];
      return typeof value === 'number' ? value + 1 : 1;
    }
    case 'copy':
      return state[effect.from];
    case 'wrap':
      return JSON.stringify(state[effect.from] ?? null).length > 200 ? { c: 1 } : { a: state[effect.from] ?? null, c: 1 };
    case 'unset':
      return undefined;
  }
}

export function holds({ key, asks }: Condition, state: State): boolean {
  const value = state[key];
  switch (asks) {
    case 'has':
      return value !== undefined;
    case 'lacks':
      return value === undefined;
    case 'positive':
      return typeof value === 'number' && value > 0;
    case 'throws':
      if (value !== undefined) throw new Error(`no ${key}, please`);
      return true;
  }
}

/** Whether an until has come to its end. */
export function isEnough({ condition, counts, enough }: UntilPlan, state: State): boolean {
  return Number(state[counts] ?? 0) >= enough || holds(condition, state);
}

/** The items that a function gives. */
export function givenItems(gives: Items | 'numbers', state: State): Items {
  if (gives !== 'numbers') return gives;
  return Object.values(state).filter((value) => typeof value === 'number');
}

/** The merge function of a plan. */
export function mergeOf(plan: MergePlan): Merge {
  return (key, values, before) => {
    if (plan === 'throws' && before === undefined) throw new Error(`nothing to merge into ${key}`);
    return plan === 'drop' ? undefined : textOf([key, values.map((value) => value ?? '-'), before ?? '-']).slice(0, 60);
  };
}

/** The same text for what is the same, whatever the order of keys. */
function textOf(value: Json): string {
  return JSON.stringify(value, (_, one: unknown) =>
    isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
}

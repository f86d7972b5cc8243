import fc from 'fast-check';
import type { Json } from '../../src/core/json.js';
import { conditionalNode } from '../../src/core/nodes/conditional.js';
import { focusNode } from '../../src/core/nodes/focus.js';
import { listNode } from '../../src/core/nodes/list.js';
import type { Node } from '../../src/core/nodes/node.js';
import type { Action } from '../../src/core/nodes/step.js';
import { stepNode } from '../../src/core/nodes/step.js';
import type { State } from '../../src/core/state.js';

/** A tree of nodes as plain data, so that a failing example can be printed and shrunk. */
export type Plan =
  | { readonly kind: 'step'; readonly name: string; readonly script: Script }
  | { readonly kind: 'list'; readonly name: string | undefined; readonly plans: readonly Plan[] }
  | {
      readonly kind: 'conditional';
      readonly name: string | undefined;
      readonly id: number;
      readonly condition: Condition;
      readonly plan: Plan;
    }
  | { readonly kind: 'focus'; readonly name: string | undefined; readonly key: string; readonly plan: Plan };

/** How a step behaves: a pure function of the state and of the number of the attempt. */
export interface Script {
  /** What its first attempts give, one after another. */
  readonly first: readonly ('waiting' | 'failed')[];
  /** What every later attempt gives; `suspended` and `awaiting_callback` stand until they are answered with the effects. */
  readonly gives: 'success' | 'skipped' | 'complete' | 'suspended' | 'awaiting_callback' | 'failed';
  readonly effects: readonly Effect[];
}

/** What happens to one key of the state. */
export type Effect =
  | { readonly key: string; readonly does: 'put'; readonly value: Json }
  | { readonly key: string; readonly does: 'increase' | 'copy' | 'wrap'; readonly from: string }
  | { readonly key: string; readonly does: 'unset' };

/** A predicate on the state; `throws` does so where the key is there. */
export type Condition = { readonly key: string; readonly asks: 'has' | 'lacks' | 'positive' | 'throws' };

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
      return { a: state[effect.from] ?? null, c: 1 };
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

/** The tree that a plan stands for. `bodyOf` makes a step's function, `ask` answers for a conditional's predicate. */
export function toNode(
  plan: Plan,
  bodyOf: (script: Script) => Action['call'],
  ask: (id: number, condition: Condition, state: State) => boolean,
): Node {
  switch (plan.kind) {
    case 'step':
      return stepNode(plan.name, { kind: 'run', body: { parameters: [], call: bodyOf(plan.script) } });
    case 'list':
      return listNode(
        plan.plans.map((one) => toNode(one, bodyOf, ask)),
        plan.name,
      );
    case 'conditional':
      return conditionalNode((state) => ask(plan.id, plan.condition, state), toNode(plan.plan, bodyOf, ask), plan.name);
    case 'focus':
      return focusNode(plan.key, toNode(plan.plan, bodyOf, ask), plan.name);
  }
}

/** A plan before its nodes have names. */
type Sketch =
  | { readonly kind: 'step'; readonly script: Script }
  | { readonly kind: 'list'; readonly named: boolean; readonly of: readonly Sketch[] }
  | { readonly kind: 'conditional'; readonly named: boolean; readonly condition: Condition; readonly of: Sketch }
  | { readonly kind: 'focus'; readonly named: boolean; readonly key: string; readonly of: Sketch };

/** Gives names from `n1` in every scope, so that the same names come again in other scopes, and never among siblings. */
function withNames(sketch: Sketch): Plan {
  let conditions = 0;
  const into = (one: Sketch, scope: { names: number }): Plan => {
    if (one.kind === 'step') return { kind: 'step', name: `n${++scope.names}`, script: one.script };
    const name = one.named ? `n${++scope.names}` : undefined;
    const inside = one.named ? { names: 0 } : scope;
    switch (one.kind) {
      case 'list':
        return { kind: 'list', name, plans: one.of.map((child) => into(child, inside)) };
      case 'conditional':
        return { kind: 'conditional', name, id: ++conditions, condition: one.condition, plan: into(one.of, inside) };
      case 'focus':
        return { kind: 'focus', name, key: one.key, plan: into(one.of, inside) };
    }
  };
  return into(sketch, { names: 0 });
}

/** `a`, `b` and `c` hold plain values mostly, `o` an object mostly: it is what a focus looks for. */
const plainKey = fc.constantFrom('a', 'b', 'c');
const anyKey = fc.constantFrom('a', 'b', 'c', 'o');
const plainValue: fc.Arbitrary<Json> = fc.oneof(fc.integer({ min: -1, max: 2 }), fc.constantFrom<Json>(null, 'text', [1], { o: {} }));
const anyObject: fc.Arbitrary<State> = fc.record(
  { a: fc.nat(2), b: fc.constantFrom<Json>({ c: 1 }, 'text'), o: fc.constantFrom<Json>({}, { a: 1 }) },
  { requiredKeys: [], noNullPrototype: true },
);

const effect: fc.Arbitrary<Effect> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ key: plainKey, does: fc.constant('put' as const), value: plainValue }) },
  { weight: 8, arbitrary: fc.record({ key: plainKey, does: fc.constantFrom('increase' as const, 'copy' as const), from: anyKey }) },
  { weight: 4, arbitrary: fc.record({ key: anyKey, does: fc.constant('unset' as const) }) },
  { weight: 4, arbitrary: fc.record({ key: anyKey, does: fc.constant('wrap' as const), from: anyKey }) },
  { weight: 4, arbitrary: fc.record({ key: fc.constant('o'), does: fc.constant('put' as const), value: anyObject }) },
  { weight: 1, arbitrary: fc.record({ key: fc.constant('o'), does: fc.constant('copy' as const), from: plainKey }) },
);

const script: fc.Arbitrary<Script> = fc.record({
  first: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom('waiting' as const, 'failed' as const), { minLength: 1, maxLength: 2 }) },
  ),
  gives: fc.oneof(
    { weight: 40, arbitrary: fc.constant('success' as const) },
    { weight: 10, arbitrary: fc.constantFrom('skipped' as const, 'suspended' as const, 'awaiting_callback' as const) },
    { weight: 1, arbitrary: fc.constantFrom('complete' as const, 'failed' as const) },
  ),
  effects: fc.array(effect, { maxLength: 3 }),
});

const condition: fc.Arbitrary<Condition> = fc.record({
  key: anyKey,
  asks: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('has' as const, 'lacks' as const, 'positive' as const) },
    { weight: 1, arbitrary: fc.constant('throws' as const) },
  ),
});

const focusKey = fc.oneof({ weight: 15, arbitrary: fc.constant('o') }, { weight: 1, arbitrary: fc.constant('a') });

const { sketch } = fc.letrec<{ sketch: Sketch; step: Sketch; list: Sketch; conditional: Sketch; focus: Sketch }>((tie) => ({
  sketch: fc.oneof({ maxDepth: 5, depthSize: 'small' }, tie('step'), tie('list'), tie('list'), tie('conditional'), tie('focus')),
  step: fc.record({ kind: fc.constant('step' as const), script }),
  list: fc.record({ kind: fc.constant('list' as const), named: fc.boolean(), of: fc.array(tie('sketch'), { minLength: 1, maxLength: 5 }) }),
  conditional: fc.record({ kind: fc.constant('conditional' as const), named: fc.boolean(), condition, of: tie('sketch') }),
  focus: fc.record({ kind: fc.constant('focus' as const), named: fc.boolean(), key: focusKey, of: tie('sketch') }),
}));

/** Any tree of steps, lists, conditionals and focuses, named and transparent ones nested in one another. */
export const anyPlan: fc.Arbitrary<Plan> = fc
  .array(sketch, { minLength: 1, maxLength: 5 })
  .map((of) => withNames({ kind: 'list', named: false, of }));

/** Any state at the start. */
export const anyState: fc.Arbitrary<State> = fc.record(
  { a: plainValue, b: plainValue, c: plainValue, o: anyObject },
  { requiredKeys: [], noNullPrototype: true },
);

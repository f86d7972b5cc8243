import fc from 'fast-check';
import type { Json } from '../../src/core/json.js';
import { TRIGGER_RULES } from '../../src/core/nodes/graph/trigger-rule.js';
import type { State } from '../../src/core/state.js';
import type { Condition, Effect, MergePlan, Plan, Script, SerialPlan } from './plan.js';

/** A plan before its nodes have names. */
interface Sketch {
  readonly kind: Plan['kind'];
  readonly named: boolean;
  readonly of: readonly Sketch[];
  /** What of a kind's own it has besides; each kind takes what it needs. */
  readonly own: Own;
}

interface Own {
  readonly script: Script;
  readonly condition: Condition;
  readonly key: string;
  readonly limit: number | undefined;
  readonly failFast: boolean;
  readonly merge: MergePlan | undefined;
  readonly items: Extract<Plan, { kind: 'forEach' }>['items'];
  readonly number: number;
  readonly numbers: readonly number[];
  readonly locks: Extract<Plan, { kind: 'withLock' }>['keys'];
}

const COLLECTS = [undefined, 'a', 'b', undefined];
const CASES: readonly Json[] = ['text', null, true, [1], 1];

/** Gives names from `n1` in every scope, so that the same names come again in other scopes, and never among siblings. */
function withNames(sketch: Sketch): Plan {
  let ids = 0;
  const into = ({ kind, named, of, own }: Sketch, scope: { names: number }): Plan => {
    const transparent = ['list', 'conditional', 'focus', 'withLock'].includes(kind) && !named;
    const name = transparent ? undefined : `n${++scope.names}`;
    const inside = transparent ? scope : { names: 0 };
    const child = () => into(of[0] as Sketch, inside);
    const apart = (one: Sketch) => into(one, { names: 0 });
    const { condition, key, failFast, merge, number, numbers } = own;
    const common = { name: name as string, failFast, merge, maxWorkers: own.limit };
    switch (kind) {
      case 'step':
        return { kind, name: name as string, script: own.script };
      case 'list':
        return { kind, name, plans: of.map((one) => into(one, inside)) };
      case 'conditional':
        return { kind, name, id: ++ids, condition, plan: child() };
      case 'focus':
        return { kind, name, key: number === 0 ? 'a' : 'o', plan: child() };
      case 'withLock':
        return { kind, name, keys: own.locks, unless: number === 0 ? key : number < 3 ? 'never' : undefined, plan: child() };
      case 'parallel':
        return {
          kind,
          ...common,
          branches: of.map((one, index) =>
            (numbers[index] as number) % 2 ? { name: `b${index}`, plan: apart(one) } : { name: undefined, plan: into(one, inside) },
          ),
        };
      case 'forEach': {
        const [as, keyAs] = [number % 2 ? 'item' : 'c', number % 3 ? undefined : 'b'];
        const concurrency = own.limit ?? 5;
        return {
          kind,
          id: ++ids,
          ...{ name: name as string, failFast, merge, as, keyAs, concurrency, items: own.items },
          collect: COLLECTS[number % 4],
          plan: child(),
        };
      }
      case 'until': {
        const counts = `u${++ids}`;
        const count: Plan = { kind: 'step', name: 'count', script: counting(counts) };
        const plan: Plan = { kind: 'list', name: undefined, plans: [count, child()] };
        return { kind, name: name as string, condition, counts, enough: 1 + (number % 3), maxLoops: own.limit, plan };
      }
      case 'choose': {
        const cases = of.map((one, index) => ({ value: CASES[index] as Json, plan: apart(one) }));
        const otherwise = cases.length > 1 && number > 0 ? cases.pop()?.plan : undefined;
        return { kind, name: name as string, id: ++ids, key, cases, otherwise };
      }
      case 'graph': {
        const names = of.map((_, index) => `t${index}`);
        const task = (one: Sketch, index: number) => ({
          name: names[index] as string,
          // A bit of a number for each of the tasks before it: in the first half of all graphs declared after it, too.
          after: names.filter((_, other) => (number % 2 ? other < index : other > index) && ((numbers[index] as number) >> other) & 1),
          rule:
            (own.numbers[5] as number) > 3 ? ('all_success' as const) : (TRIGGER_RULES[(numbers[index] as number) % 7] as 'all_success'),
          plan: apart(one),
        });
        return { kind, ...common, tasks: of.map(task) };
      }
      case 'recover':
        return { kind, name: name as string, body: apart(of[0] as Sketch), handler: apart(of[1] as Sketch) };
    }
  };
  return into(sketch, { names: 0 });
}

function counting(key: string): Script {
  return { first: [], gives: 'success', effects: [{ key, does: 'increase', from: key }], minds: false };
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
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom('waiting' as const, 'failed' as const), { minLength: 1, maxLength: 2 }) },
  ),
  gives: fc.oneof(
    { weight: 40, arbitrary: fc.constant('success' as const) },
    { weight: 12, arbitrary: fc.constantFrom('skipped' as const, 'suspended' as const, 'awaiting_callback' as const) },
    { weight: 1, arbitrary: fc.constantFrom('complete' as const, 'failed' as const) },
  ),
  effects: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(effect, { maxLength: 2 }) }),
  minds: fc.boolean(),
});

const condition: fc.Arbitrary<Condition> = fc.record({
  key: anyKey,
  asks: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('has' as const, 'lacks' as const, 'positive' as const) },
    { weight: 1, arbitrary: fc.constant('throws' as const) },
  ),
});

const own: fc.Arbitrary<Own> = fc.record({
  script,
  condition,
  key: anyKey,
  limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  failFast: fc.boolean(),
  merge: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constant('text' as const) },
    { weight: 1, arbitrary: fc.constantFrom('drop' as const, 'throws' as const) },
  ),
  items: fc.oneof(
    fc.record({ key: fc.constantFrom('o', 'o', 'a') }),
    fc.record({ gives: fc.array(plainValue, { maxLength: 4 }) }),
    fc.record({ gives: fc.constantFrom({ 'k 1/1': 1, k2: 'text', 'k[3]#': null }, 'numbers' as const) }),
  ),
  number: fc.nat(15),
  numbers: fc.array(fc.nat(63), { minLength: 6, maxLength: 6 }),
  locks: fc.subarray(['free', 'busy', 'taken']),
});

/** How many nodes each kind holds. */
const SIZES: Readonly<Record<Exclude<Plan['kind'], 'step'>, readonly [number, number]>> = {
  list: [1, 4],
  conditional: [1, 1],
  focus: [1, 1],
  withLock: [1, 1],
  parallel: [1, 4],
  forEach: [1, 1],
  until: [1, 1],
  choose: [2, 3],
  graph: [1, 5],
  recover: [2, 2],
};

function sketchOf(kinds: readonly (keyof typeof SIZES)[]): fc.Arbitrary<Sketch> {
  return fc.letrec<{ sketch: Sketch; step: Sketch }>((tie) => ({
    step: fc.record({ kind: fc.constant('step' as const), named: fc.constant(true), of: fc.constant([]), own }),
    sketch: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      tie('step'),
      ...kinds.map((kind) =>
        fc.record({
          kind: fc.constant(kind),
          named: fc.boolean(),
          of: fc.array(tie('sketch'), { minLength: SIZES[kind][0], maxLength: SIZES[kind][1] }),
          own,
        }),
      ),
    ),
  })).sketch;
}

function planOf(kinds: readonly (keyof typeof SIZES)[]): fc.Arbitrary<Plan> {
  const root = { kind: 'list' as const, named: false };
  return fc
    .tuple(fc.array(sketchOf(kinds), { minLength: 1, maxLength: 4 }), own)
    .map(([of, more]) => withNames({ ...root, of, own: more }));
}

/** Any tree of all kinds of nodes, named and transparent ones nested in one another. */
export const anyPlan: fc.Arbitrary<Plan> = planOf(Object.keys(SIZES) as (keyof typeof SIZES)[]);

/** Any tree whose steps come one after another, each at most once. */
export const anySerialPlan = planOf(['list', 'list', 'conditional', 'focus']) as fc.Arbitrary<SerialPlan>;

/** Any state at the start. */
export const anyState: fc.Arbitrary<State> = fc.record(
  { a: plainValue, b: plainValue, c: plainValue, o: anyObject },
  { requiredKeys: [], noNullPrototype: true },
);

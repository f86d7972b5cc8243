import type { Json } from '../../src/core/json.js';
import type { Node, Walked } from '../../src/core/nodes/node.js';
import { type Changes, type State, StateLayer, toChanges } from '../../src/core/state.js';
import { RETRIES } from './interpret.js';
import { type Given, JournalRunner, type Records } from './journal-runner.js';
import { type Plan, returned, type Script } from './plan.js';
import { toNode } from './plan-node.js';

/** A plan, where it starts, and what happens to it from outside. */
export interface Scenario {
  readonly plan: Plan;
  readonly start: State;
  /** After how many moments each walk is cut, by a crash or by a stop; the walks after these are not. */
  readonly cuts: readonly { readonly moments: number; readonly stops: boolean }[];
  /** For each walk that stopped where something stands: whether it is only walked again, with nothing answered. */
  readonly idle: readonly boolean[];
  /** What happens next where several things can: which function ends, which form is answered. Taken again from the start when used up. */
  readonly chances: readonly number[];
}

/** What is done from outside to a path that stands. */
export interface Edit {
  readonly path: string;
  readonly kind: 'answer' | 'wake' | 'retry';
}

/** One walk, and the edits of the journal that came before it. */
export interface Leg {
  /** What was answered or cleared before it. */
  readonly edits: readonly Edit[];
  /** What was stored when it started and when it ended. */
  readonly before: Records;
  readonly after: Records;
  readonly performed: readonly string[];
  /** The functions whose answers are recorded and which were asked, by number. */
  readonly asked: readonly number[];
  /** Those of them whose answer must be stored by now: something was stored after it, or the walk was settled. */
  readonly settled: readonly number[];
  /** The paths at which compositions recorded a decision, a failure or an end, and at which locks were asked for. */
  readonly noted: readonly string[];
  /** Which functions ran side by side, whenever one was started. */
  readonly together: readonly (readonly string[])[];
  readonly walked: Walked;
  readonly state: State;
}

/** What came of a plan. */
export interface Life {
  readonly root: Node;
  readonly legs: readonly Leg[];
  /** The state that each step was given when it was performed last. */
  readonly entries: ReadonlyMap<string, State>;
}

/**
 * Lives a plan to its end: walks, is cut, walks again from the stored text, gets its answers.
 *
 * Once a function's answer must be stored, it says something else from then on, as if the code had been changed.
 */
export async function live({ plan, start, cuts, idle, chances }: Scenario): Promise<Life> {
  const legs: Leg[] = [];
  const settled = new Set<number>();
  const entries = new Map<string, State>();
  const once = askedOnce(plan);
  const next = taking(chances);
  let asked: { readonly id: number; readonly stores: number }[] = [];
  let runner = new JournalRunner();
  const root: Node = toNode(plan, {
    bodyOf,
    ask: (id, answer, other) => {
      const given = answer();
      asked.push({ id, stores: runner.stores });
      return settled.has(id) && once.has(id) ? other(given) : given;
    },
  });
  let text = '[]';
  let edits: readonly Edit[] = [];
  let stops = 0;
  while (legs.length < 3000) {
    asked = [];
    const cut = cuts[legs.length];
    runner = new JournalRunner(text, { ...cut, pick: () => next() });
    const before = runner.records;
    const { walked, state } = await runner.run(root, start);
    for (const [path, entry] of runner.entries) entries.set(path, entry);
    const { performed, noted, stores } = runner;
    const now = asked.filter((one) => walked.kind !== 'halted' || one.stores < stores).map(({ id }) => id);
    legs.push({
      ...{ edits, before, after: runner.records, performed, noted, walked, state },
      ...{ asked: asked.map(({ id }) => id), settled: now, together: runner.bodies.together },
    });
    for (const id of now) settled.add(id);
    edits = [];
    if (walked.kind !== 'halted') {
      const possible = editsOf(runner);
      if (possible.length === 0) return { root, legs, entries };
      if (idle[stops++] !== true) edits = apply(runner, possible, next);
    }
    text = runner.text;
  }
  throw new Error('the plan never came to an end');
}

function taking(chances: readonly number[]): () => number {
  let taken = 0;
  return () => chances[taken++ % chances.length] ?? 0;
}

function editsOf(runner: JournalRunner): readonly Edit[] {
  return runner.standing.flatMap(({ path, outcome, countsFrom }): readonly Edit[] => {
    switch (outcome?.kind) {
      case 'suspended':
      case 'awaiting_callback':
        return [{ path, kind: 'answer' }];
      case 'waiting':
        return [{ path, kind: 'wake' }];
      case 'failed':
        return countsFrom.attempt < RETRIES ? [{ path, kind: 'retry' }] : [];
      default:
        return [];
    }
  });
}

/** Does one of these edits, or several at once. A retry clears every record that is cancelled, too. */
function apply(runner: JournalRunner, possible: readonly Edit[], next: () => number): readonly Edit[] {
  const left = [...possible];
  const done: Edit[] = [];
  for (let more = next() % 3; more >= 0 && left.length > 0; more--) done.push(...left.splice(next() % left.length, 1));
  for (const { path, kind } of done) {
    const { outcome } = runner.record(path)!;
    if (outcome?.kind === 'suspended' || outcome?.kind === 'awaiting_callback') runner.answer(path, answerIn(outcome));
    else runner.clear(path);
    if (kind === 'retry') for (const one of runner.standing) if (one.outcome?.kind === 'cancelled') runner.clear(one.path);
  }
  return done;
}

/** The functions that stand at one path only: around them, nothing is repeated. */
export function askedOnce(plan: Plan): ReadonlySet<number> {
  const ids = new Set<number>();
  const look = (one: Plan) => {
    if ('id' in one) ids.add(one.id);
    if (one.kind === 'until' || one.kind === 'forEach') return;
    for (const inside of plansIn(one)) look(inside);
  };
  look(plan);
  return ids;
}

/** The plans right inside a plan. */
export function plansIn(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'step':
      return [];
    case 'list':
      return plan.plans;
    case 'parallel':
      return plan.branches.map((branch) => branch.plan);
    case 'choose':
      return [...plan.cases.map((one) => one.plan), ...(plan.otherwise ? [plan.otherwise] : [])];
    case 'graph':
      return plan.tasks.map((task) => task.plan);
    case 'recover':
      return [plan.body, plan.handler];
    default:
      return [plan.plan];
  }
}

function bodyOf({ first, gives, effects, minds }: Script): (self: unknown, args: readonly unknown[]) => Given {
  return (_, [state, , tries, signal]) => {
    const failure = { code: 'step_threw', message: 'not yet', retryable: true };
    const early = first[tries as number];
    if (minds && (signal as AbortSignal | undefined)?.aborted) return { kind: 'failed', failure };
    if (early === 'waiting') return { kind: 'waiting', until: 0, reason: 'tried again', failure };
    if (early === 'failed') return { kind: 'failed', failure };
    const changes = returned(effects, state as State);
    switch (gives) {
      case 'success':
      case 'complete':
        return { kind: gives, returned: changes };
      case 'skipped':
        return { kind: 'skipped', reason: 'nothing to do' };
      case 'suspended':
        return { kind: 'suspended', form: split(changes, state as State) as unknown as Json };
      case 'awaiting_callback':
        return { kind: 'awaiting_callback', tokenHash: 'x', changes: split(changes, state as State) };
      case 'failed':
        return { kind: 'failed', failure };
    }
  };
}

/** What to answer stands in the question, so that an answer can depend on the state that the step saw. */
function answerIn(asked: Extract<Walked, { kind: 'suspended' | 'awaiting_callback' }>): Changes {
  return asked.kind === 'suspended' ? (asked.form as unknown as Changes) : asked.changes;
}

function split(changes: Readonly<Record<string, Json | undefined>>, state: State): Changes {
  return toChanges(changes, StateLayer.of(state), 'An answer');
}

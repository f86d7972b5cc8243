import type { Json } from '../../src/core/json.js';
import type { Node, Walked } from '../../src/core/nodes/node.js';
import type { Changes, State } from '../../src/core/state.js';
import { type Given, JournalRunner, type Records } from './journal-runner.js';
import { holds, type Plan, returned, type Script, toNode } from './plans.js';

/** A plan, where it starts, and what happens to it from outside. */
export interface Scenario {
  readonly plan: Plan;
  readonly start: State;
  /** After how many moments each walk is cut; the walks after these are not. */
  readonly cuts: readonly number[];
  /** For each walk that stopped where something stands: whether it is only walked again, with nothing answered. */
  readonly idle: readonly boolean[];
}

/** One walk, and the edit of the journal that came before it. */
export interface Leg {
  /** What was answered or cleared before it. */
  readonly edit: { readonly path: string; readonly kind: 'answer' | 'clear' } | undefined;
  /** What was stored when it started and when it ended. */
  readonly before: Records;
  readonly after: Records;
  readonly performed: readonly string[];
  /** The conditionals whose predicate gave an answer, by number. */
  readonly asked: readonly number[];
  /** Those of them whose decision must be stored by now: a step was started after it, or the walk was settled. */
  readonly settled: readonly number[];
  /** The paths at which compositions recorded a decision or a failure. */
  readonly noted: readonly string[];
  readonly walked: Walked;
  readonly state: State;
}

/** So often is a failure retried before it counts as the end: as often as a script's first attempts can fail. */
const RETRIES = 2;

/**
 * Lives a plan to its end: walks, is cut, walks again from the stored text, gets its answers.
 *
 * Once a decision must be stored, the predicate says the opposite from then on, as if the code had been changed.
 */
export async function live({ plan, start, cuts, idle }: Scenario): Promise<readonly Leg[]> {
  const legs: Leg[] = [];
  const settled = new Set<number>();
  const retries = new Map<string, number>();
  let asked: { readonly id: number; readonly starts: number }[] = [];
  let runner = new JournalRunner();
  const root: Node = toNode(plan, bodyOf, (id, condition, state) => {
    const decision = holds(condition, state);
    asked.push({ id, starts: runner.starts });
    return settled.has(id) ? !decision : decision;
  });
  let text = '[]';
  let edit: Leg['edit'];
  let stops = 0;
  while (legs.length < 1000) {
    asked = [];
    runner = new JournalRunner(text, cuts[legs.length]);
    const before = runner.records;
    const { walked, state } = await runner.run(root, start);
    const { performed, noted, starts } = runner;
    const now = asked.filter((one) => walked.kind !== 'halted' || one.starts < starts).map(({ id }) => id);
    legs.push({ edit, before, after: runner.records, performed, asked: asked.map(({ id }) => id), settled: now, noted, walked, state });
    for (const id of now) settled.add(id);
    const standing = runner.standing[0];
    edit = undefined;
    if (walked.kind !== 'halted' && standing === undefined) return legs;
    if (walked.kind !== 'halted' && standing && idle[stops++] !== true) {
      const { path } = standing;
      if (walked.kind === 'suspended' || walked.kind === 'awaiting_callback') {
        runner.answer(path, answerIn(walked));
        edit = { path, kind: 'answer' };
      } else {
        const tried = retries.get(path) ?? 0;
        if (walked.kind === 'failed' && tried === RETRIES) return legs;
        retries.set(path, tried + 1);
        runner.clear(path);
        edit = { path, kind: 'clear' };
      }
    }
    text = runner.text;
  }
  throw new Error('the plan never came to an end');
}

function bodyOf({ first, gives, effects }: Script): (self: unknown, args: readonly unknown[]) => Given {
  return (_, [state, attempt]) => {
    const failure = { code: 'step_threw', message: 'not yet', retryable: true };
    const early = first[(attempt as number) - 1];
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
        return { kind: 'suspended', form: split(changes) as unknown as Json };
      case 'awaiting_callback':
        return { kind: 'awaiting_callback', tokenHash: JSON.stringify(split(changes)) };
      case 'failed':
        return { kind: 'failed', failure };
    }
  };
}

/** What to answer stands in the question, so that an answer can depend on the state that the step saw. */
function answerIn(walked: Extract<Walked, { kind: 'suspended' | 'awaiting_callback' }>): Changes {
  return walked.kind === 'suspended' ? (walked.form as unknown as Changes) : (JSON.parse(walked.tokenHash) as Changes);
}

function split(changes: Readonly<Record<string, Json | undefined>>): Changes {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as State;
  return { set, unset: Object.keys(changes).filter((key) => changes[key] === undefined) };
}

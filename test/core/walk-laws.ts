import { isDeepStrictEqual } from 'node:util';
import type { StepRecord } from '../../src/core/journal.js';
import { failed } from '../../src/core/outcome.js';
import { RecordMap } from '../../src/core/record-map.js';
import { type State, StateLayer } from '../../src/core/state.js';
import { walk } from '../../src/core/walk.js';
import { isExact } from '../support/healing.js';
import { interpret } from '../support/interpret.js';
import { askedOnce, type Life, type Scenario } from '../support/lifetime.js';
import type { Places } from './places.js';

/** What a scenario and its walks show that breaks a law; nothing when it holds. */
export type Law = (scenario: Scenario, life: Life, places: Places) => readonly unknown[];

const DONE = ['success', 'skipped', 'complete'];
const WORST_FIRST = ['failed', 'cancelled', 'waiting', 'suspended', 'awaiting_callback'];

const isStanding = ({ outcome, retired }: StepRecord) => outcome !== null && !retired && !DONE.includes(outcome.kind);

export const LAWS: Readonly<Record<string, Law>> = {
  'it ends in the state and with the outcome that the plan means, whatever the timing': ({ plan, start }, { legs }) => {
    if (!isExact(plan)) return [];
    const { kind, code, details, state } = interpret(plan, start);
    const { walked, state: reached } = legs.at(-1)!;
    const failure = walked.kind === 'failed' ? walked.failure : undefined;
    const end = { kind: walked.kind, state: reached, code: code && failure?.code, details: details && failure?.details };
    return isDeepStrictEqual(end, { kind, state, code, details }) ? [] : [{ end, meant: { kind, state, code, details } }];
  },

  'what has an outcome is never performed again, and nothing is performed twice in one walk': (_, { legs }) =>
    legs.flatMap(({ before, performed }) =>
      performed.filter((path, index) => before.get(path)?.outcome || performed.indexOf(path) < index),
    ),

  'a stored outcome never changes by walking, and a decision only as an until goes on': (_, { legs }, places) =>
    legs.flatMap(({ before, after }) =>
      [...before.values()].filter(({ path, outcome, decision, retired }) => {
        const now = after.get(path)!;
        const isDecided = decision !== undefined && decision !== null && places.at(path)?.kind !== 'until';
        return (
          (outcome && !isDeepStrictEqual(now.outcome, outcome)) ||
          (isDecided && !isDeepStrictEqual(now.decision, decision)) ||
          (retired && !now.retired)
        );
      }),
    ),

  'a decision that is stored is not made again': (_, { legs }, places) =>
    legs.flatMap(({ before, noted }) =>
      noted.filter((path) => {
        const { outcome, decision, retired } = before.get(path) ?? {};
        const place = places.at(path);
        if (retired || outcome) return true;
        return typeof decision === 'boolean' || (decision && (path.endsWith('#items') || place?.kind === 'choose'));
      }),
    ),

  'a function whose answer is stored is not asked again': ({ plan }, { legs }) => {
    const [stored, once] = [new Set<number>(), askedOnce(plan)];
    return legs.flatMap(({ asked, settled }) => {
      const again = asked.filter((id) => stored.has(id) && once.has(id));
      for (const id of settled) stored.add(id);
      return again;
    });
  },

  'an edit lets nothing be performed beside it, but what waited for it': (_, { legs }, places) =>
    legs.filter(({ edits, before, performed }, index) => {
      const last = legs[index - 1];
      if (!last || last.walked.kind === 'halted') return false;
      return performed.some((path) => !edits.some((edit) => places.canFree(edit.path, path, before)));
    }),

  'without an edit a stopped walk performs nothing, asks nothing, notes nothing, and gives the same': (_, { legs }) =>
    legs.filter(({ edits, performed, asked, noted, walked, state }, index) => {
      const last = legs[index - 1];
      if (edits.length > 0 || !last || last.walked.kind === 'halted' || walked.kind === 'halted') return false;
      const idle = performed.length + asked.length + noted.length === 0;
      return !idle || !isDeepStrictEqual({ walked, state }, { walked: last.walked, state: last.state });
    }),

  // But for a task that had run because of a failure: it stands unseen while that is tried again.
  'a walk gives the worst of what stands, or nothing stands': ({ plan }, { legs }) =>
    legs.filter(({ after, walked }) => {
      if (walked.kind === 'halted' || !isExact(plan)) return false;
      const kinds = [...after.values()].filter(isStanding).map(({ outcome }) => outcome!.kind);
      return WORST_FIRST.find((kind) => kinds.includes(kind as 'failed')) !== (DONE.includes(walked.kind) ? undefined : walked.kind);
    }),

  'where a branch has failed fast, no step starts in its siblings until that is tried again': (_, { legs }, places) =>
    legs.flatMap(({ before, performed }) => {
      const standing = [...before.values()].filter((record) => isStanding(record) && record.outcome?.kind === 'failed');
      return performed.filter((path) => standing.some((one) => places.stops(one.path, path)));
    }),

  'no more branches are worked on at once than there are workers': (_, { legs }, places) =>
    legs.flatMap(({ together }) => together.filter((paths) => places.exceeds(paths))),

  'everything is recorded at a path of its own': (_, { legs }, places) => [
    ...places.twice,
    ...[...legs.at(-1)!.after.keys()].filter((path) => !places.at(path)),
  ],

  'what is retired lies inside something that has ended, gone on, or been recovered from': (_, { legs }, places) =>
    [...legs.at(-1)!.after.values()].filter(({ path, retired }) => retired && !places.isCovered(path, legs.at(-1)!.after)),
};

/** Looks back at all that happened: what was done, each with the state behind it. */
export async function lookBack({ start }: Scenario, { root, legs, entries }: Life): Promise<readonly unknown[]> {
  const { after } = legs.at(-1)!;
  const met = new Map<string, State>();
  const wrong: unknown[] = [];
  const halted = async () => ({ kind: 'halted' }) as const;
  await walk(root, StateLayer.of(start), {
    journal: new RecordMap(after.values(), true),
    replayed: Promise.resolve(),
    perform: halted,
    lock: halted,
    decide: () => undefined,
    fail: (_, failure) => failed(failure),
    finish: () => undefined,
    met: (_, path, state) => {
      if (met.has(path)) wrong.push(`${path} is met twice`);
      met.set(path, state.toObject());
    },
  });
  for (const { path, outcome, decision } of after.values()) {
    if (decision !== undefined || (outcome?.kind !== 'success' && outcome?.kind !== 'complete')) continue;
    const behind = StateLayer.of(entries.get(path)!);
    behind.merge(outcome.changes);
    if (!isDeepStrictEqual(met.get(path), behind.toObject())) wrong.push({ path, met: met.get(path), was: behind.toObject() });
  }
  return wrong;
}

import { isDeepStrictEqual } from 'node:util';
import type { State } from '../../src/core/state.js';
import { holds, type Plan, returned } from './plans.js';

/** Where a plan ends when nothing interrupts it, everything is answered, and whatever failed is tried again. */
export interface Ending {
  readonly kind: 'success' | 'skipped' | 'complete' | 'failed';
  /** Of a failure: its code and the path of the node. */
  readonly code?: string;
  readonly state: State;
  /** The steps that are reached, in order. */
  readonly paths: readonly string[];
}

/** Says what a plan means, by plain recursion: no journal, no records, no walk. */
export function interpret(plan: Plan, state: State, at = ''): Ending {
  const inside = plan.name === undefined ? at : at === '' ? plan.name : `${at}/${plan.name}`;
  switch (plan.kind) {
    case 'step': {
      const { gives, effects } = plan.script;
      if (gives === 'failed') return { kind: 'failed', code: 'step_threw', state, paths: [inside] };
      if (gives === 'skipped') return { kind: 'skipped', state, paths: [inside] };
      return { kind: gives === 'complete' ? 'complete' : 'success', state: spread(state, returned(effects, state)), paths: [inside] };
    }
    case 'list': {
      let ending: Ending = { kind: 'skipped', state, paths: [] };
      for (const one of plan.plans) {
        const next = interpret(one, ending.state, inside);
        const kind = next.kind === 'skipped' ? ending.kind : next.kind;
        ending = { ...next, kind, paths: [...ending.paths, ...next.paths] };
        if (kind === 'complete' || kind === 'failed') break;
      }
      return ending;
    }
    case 'conditional':
      try {
        if (!holds(plan.condition, state)) return { kind: 'skipped', state, paths: [] };
      } catch {
        return { kind: 'failed', code: 'predicate_threw', state, paths: [] };
      }
      return interpret(plan.plan, state, inside);
    case 'focus': {
      const value = state[plan.key] ?? {};
      if (typeof value !== 'object' || Array.isArray(value)) return { kind: 'failed', code: 'focus_not_object', state, paths: [] };
      const ending = interpret(plan.plan, value as State, inside);
      return { ...ending, state: isDeepStrictEqual(ending.state, value) ? state : { ...state, [plan.key]: ending.state } };
    }
  }
}

function spread(state: State, changes: object): State {
  return Object.fromEntries(Object.entries({ ...state, ...changes }).filter(([, value]) => value !== undefined));
}

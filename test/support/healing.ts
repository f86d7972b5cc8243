import { plansIn } from './lifetime.js';
import type { Plan } from './plan.js';

/** Rules that let a task run, or skip it, because of a failure that a retry may heal later. */
const EARLY = ['all_failed', 'all_done', 'one_success', 'one_failed', 'none_skipped'];

/** Whether a plan's end is the same whenever its failures are tried again: nothing in a graph runs because of one that heals. */
export function isExact(plan: Plan): boolean {
  const isEarly = plan.kind === 'graph' && plan.tasks.some(({ rule, after }) => after.length > 0 && EARLY.includes(rule));
  return !(isEarly && heals(plan)) && plansIn(plan).every(isExact);
}

/** Whether something in a plan can fail, and succeed when it is tried again. */
function heals(plan: Plan): boolean {
  const own =
    plan.kind === 'step'
      ? plan.script.first.includes('failed')
      : plan.kind === 'until'
        ? plan.maxLoops !== undefined
        : plan.kind === 'withLock' && plan.keys.includes('taken');
  return own || plansIn(plan).some(heals);
}

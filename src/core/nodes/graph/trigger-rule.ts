/** When a task runs, by how the tasks right before it ended; it is judged once all of these have. */
export type TriggerRule = 'all_success' | 'all_failed' | 'all_done' | 'one_success' | 'one_failed' | 'none_failed' | 'none_skipped';

export const TRIGGER_RULES: readonly TriggerRule[] = [
  'all_success',
  'all_failed',
  'all_done',
  'one_success',
  'one_failed',
  'none_failed',
  'none_skipped',
];

/** How a task ended: `not_run` where its rule kept it from running because of a failure before it. */
export type TaskEnd = 'success' | 'skipped' | 'failed' | 'not_run';

/**
 * What a rule says: the task runs, is skipped, or can't run because something before it failed.
 *
 * A task that was not run counts as failed for those after it.
 */
export function judge(rule: TriggerRule, before: readonly TaskEnd[]): 'run' | 'skipped' | 'not_run' {
  const failed = before.filter((one) => one === 'failed' || one === 'not_run').length;
  const skipped = before.filter((one) => one === 'skipped').length;
  const success = before.length - failed - skipped;
  switch (rule) {
    case 'all_success':
      return failed > 0 ? 'not_run' : skipped > 0 ? 'skipped' : 'run';
    case 'none_failed':
      return failed > 0 ? 'not_run' : 'run';
    case 'one_success':
      return success > 0 || before.length === 0 ? 'run' : failed > 0 ? 'not_run' : 'skipped';
    case 'all_failed':
      return failed === before.length ? 'run' : 'skipped';
    case 'one_failed':
      return failed > 0 ? 'run' : 'skipped';
    case 'none_skipped':
      return skipped > 0 ? 'skipped' : 'run';
    case 'all_done':
      return 'run';
    default:
      return rule satisfies never;
  }
}

import { describe, expect, it } from 'vitest';
import { judge, type TaskEnd, TRIGGER_RULES, type TriggerRule } from '../../../../src/core/nodes/graph/trigger-rule.js';

const [ok, skip, fail, not]: readonly TaskEnd[] = ['success', 'skipped', 'failed', 'not_run'] as const;

/** For how the tasks before it ended, in the order of the rules: r runs, s is skipped, n can't run. */
const TABLE: readonly (readonly [readonly TaskEnd[], string])[] = [
  // all_success, all_failed, all_done, one_success, one_failed, none_failed, none_skipped
  [[], 'rrrrsrr'],
  [[ok!], 'rsrrsrr'],
  [[skip!], 'ssrssrs'],
  [[fail!], 'nrrnrnr'],
  [[not!], 'nrrnrnr'],
  [[ok!, ok!], 'rsrrsrr'],
  [[ok!, skip!], 'ssrrsrs'],
  [[ok!, fail!], 'nsrrrnr'],
  [[skip!, fail!], 'nsrnrns'],
  [[fail!, not!], 'nrrnrnr'],
  [[ok!, skip!, not!], 'nsrrrns'],
];

const VERDICTS = { r: 'run', s: 'skipped', n: 'not_run' } as const;

const cases = TABLE.flatMap(([before, verdicts]) =>
  TRIGGER_RULES.map((rule, index): [TriggerRule, readonly TaskEnd[], string] => [rule, before, VERDICTS[verdicts[index] as 'r']]),
);

describe('judge', () => {
  it.each(cases)('by the rule %s says of tasks that ended %j: %s', (rule, before, verdict) => {
    expect(judge(rule, before)).toBe(verdict);
    expect(judge(rule, before.toReversed())).toBe(verdict);
  });
});

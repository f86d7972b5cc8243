import { describe, expect, it } from 'vitest';
import { type GraphOptions, graphNode } from '../../../../src/core/nodes/graph/graph.js';
import type { TriggerRule } from '../../../../src/core/nodes/graph/trigger-rule.js';
import type { Node } from '../../../../src/core/nodes/node.js';
import type { State } from '../../../../src/core/state.js';
import { changing, doing } from '../../../support/doing.js';
import type { Given } from '../../../support/journal-runner.js';
import { walkOnce } from '../../../support/walk-once.js';

const fails: Given = { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } };
const fine: Given = { kind: 'success', returned: undefined };
const skips: Given = { kind: 'skipped', reason: 'no' };
const asks: Given = { kind: 'suspended', form: {} };
const once = (given: Given) => (_: State, attempt: number) => (attempt === 1 ? given : fine);

const task = (
  name: string,
  after: readonly string[] = [],
  gives: Given | ReturnType<typeof once> = fine,
  rule: TriggerRule = 'all_success',
) => ({
  ...{ name, after, rule },
  node: doing('x', { gives }),
});
const setting = (name: string, after: readonly string[], set: State) => ({ ...task(name, after), node: changing('x', () => set) });
const namesOf = (performed: readonly string[]) => performed.map((path) => path.split('/')[1]);
const graph = (tasks: Parameters<typeof graphNode>[0], options?: GraphOptions): Node => graphNode(tasks, options);

describe('a graph', () => {
  it.each<[string, () => Node, string]>([
    ['no tasks', () => graph([]), 'The graph "graph" has no tasks; give it at least one.'],
    ['a bad name', () => graph([task('A')], { name: 'a/b' }), 'A graph "a/b" contains "/"'],
    ['a bad name of a task', () => graph([task('a#b')]), 'A task of the graph "graph" "a#b" contains "#"'],
    [
      'two tasks of one name',
      () => graph([task('A'), task('A')]),
      'The graph "graph" has two tasks named "A"; give one of them another name.',
    ],
    [
      'an unknown task',
      () => graph([task('Reserve'), task('B', ['reserv'])]),
      'the task "B" comes after "reserv", which is no task of it. Did you mean "Reserve"?',
    ],
    [
      'an unknown rule',
      () => graph([task('A', [], fine, 'all' as never)]),
      'the task "A" has the rule "all"; write one of all_success, all_failed',
    ],
    ['no workers', () => graph([task('A')], { maxWorkers: 0 }), 'The graph "graph" has maxWorkers 0; write a whole number from 1.'],
    ['a task after itself', () => graph([task('A', ['A'])]), 'The graph "graph" goes in a circle: A → A. Take one of these "after" away.'],
    ['a cycle', () => graph([task('X'), task('A', ['X', 'C']), task('B', ['A']), task('C', ['B'])]), 'goes in a circle: A → B → C → A.'],
  ])('is refused with %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it('starts a task once those before it have ended, with what its ancestors changed', async () => {
    const seen = (name: string, after: readonly string[]) => ({
      ...task(name, after),
      node: changing('x', (state) => ({ [name]: Object.keys(state).sort() })),
    });
    const root = graph([seen('D', ['B', 'C', 'B']), seen('B', ['A']), seen('C', ['A']), seen('A', []), seen('E', [])]);
    for (const late of [[], ['graph/B/x'], ['graph/C/x'], ['graph/A/x']]) {
      const { state, performed } = await walkOnce(root, { late });
      expect(state).toEqual({ A: [], B: ['A'], C: ['A'], D: ['A', 'B', 'C'], E: [] });
      expect(namesOf(performed).indexOf('D')).toBe(4);
    }
  });

  it('fails where tasks that do not depend on one another disagree, once nothing else stands in the way', async () => {
    const root = graph([
      setting('A', [], { x: 1 }),
      setting('B', [], { x: 2 }),
      task('C', ['A', 'B']),
      task('D', ['C']),
      task('E', [], asks),
    ]);
    const { runner, kind, performed } = await walkOnce(root, { late: ['graph/A/x'] });
    expect([kind, namesOf(performed)]).toEqual(['suspended', ['A', 'B', 'E']]);
    runner.answer('graph/E/x', { set: {}, unset: [] });
    const after = await walkOnce(root, { text: runner.text });
    expect(after.outcome).toMatchObject({ failure: { code: 'state_conflict', details: { key: 'x', branches: ['A', 'B'] } } });
    after.runner.clear('graph');
    const merging = graph((root as ReturnType<typeof graphNode>).tasks, { merge: (_, values) => values.map((one) => one ?? null) });
    const last = await walkOnce(merging, { text: after.runner.text });
    expect([last.kind, namesOf(last.performed), last.state]).toEqual(['success', ['C', 'D'], { x: [1, 2] }]);
  });

  it('does not run a task for which a merge function throws, and lets the others end', async () => {
    const throws = () => {
      throw new Error('no idea');
    };
    const root = graph([setting('A', [], { x: 1 }), setting('B', [], { x: 2 }), task('C', ['A', 'B']), setting('D', [], { d: 1 })], {
      merge: throws,
    });
    const { outcome, performed } = await walkOnce(root, { late: ['graph/D/x'] });
    expect(namesOf(performed)).toEqual(['A', 'B', 'D']);
    expect(outcome).toMatchObject({ failure: { code: 'function_threw', message: 'The merge function of "graph" failed: no idea' } });
  });

  it.each<[TriggerRule, Given, string, string]>([
    ['all_success', fine, 'success', 'AB'],
    ['all_success', skips, 'skipped', 'A'],
    ['all_success', fails, 'failed', 'A'],
    ['none_failed', skips, 'success', 'AB'],
    ['none_skipped', skips, 'skipped', 'A'],
    ['one_failed', fine, 'success', 'A'],
    ['one_failed', fails, 'failed', 'AB'],
    ['all_failed', fails, 'failed', 'AB'],
    ['all_done', fails, 'failed', 'AB'],
  ])('by the rule %s after %j gives %s', async (rule, given, kind, reached) => {
    const one = await walkOnce(graph([task('A', [], given), task('B', ['A'], fine, rule)]));
    expect([one.kind, namesOf(one.performed).join('')]).toEqual([kind, reached]);
  });

  it('derives anew what was not run because of a failure, and keeps what ran because of it', async () => {
    const root = graph([
      task('A', [], once(fails)),
      task('B', ['A']),
      task('C', ['A'], fine, 'one_failed'),
      task('D', ['C'], fine, 'all_done'),
    ]);
    const { runner, performed } = await walkOnce(root);
    expect(namesOf(performed)).toEqual(['A', 'C', 'D']);
    expect(runner.record('graph/C#rule')).toMatchObject({ decision: true, outcome: null });
    expect(runner.record('graph/D#rule')).toBeUndefined();
    runner.clear('graph/A/x');
    const after = await walkOnce(root, { text: runner.text });
    expect([after.kind, namesOf(after.performed)]).toEqual(['success', ['A', 'B']]);
  });

  it('starts no task any more where one has failed fast, and decides nothing about it', async () => {
    const root = graph([task('A', [], once(fails)), task('B', ['A'], fine, 'one_failed'), task('C'), task('D', ['C'])], { failFast: true });
    const { runner, performed } = await walkOnce(root, { late: ['graph/C/x'] });
    expect(namesOf(performed)).toEqual(['A', 'C']);
    expect(await walkOnce(root, { text: runner.text })).toMatchObject({ outcome: fails, performed: [], text: runner.text });
    runner.clear('graph/A/x');
    const after = await walkOnce(root, { text: runner.text });
    expect([after.kind, namesOf(after.performed)]).toEqual(['success', ['A', 'D']]);
  });

  it('takes a cancelled task as one that has not ended', async () => {
    const root = graph([task('A', [], once({ kind: 'cancelled', by: 'X' })), task('B', ['A'], fine, 'one_failed')]);
    const { runner, performed } = await walkOnce(root);
    expect(namesOf(performed)).toEqual(['A']);
    runner.clear('graph/A/x');
    expect(namesOf((await walkOnce(root, { text: runner.text })).performed)).toEqual(['A']);
  });

  it('works on no more tasks at once than it has workers', async () => {
    const { runner, performed } = await walkOnce(
      graph(
        ['A', 'B', 'C', 'D', 'E'].map((name) => task(name)),
        { maxWorkers: 2 },
      ),
    );
    expect(performed).toHaveLength(5);
    expect(Math.max(...runner.bodies.together.map((paths) => paths.length))).toBe(2);
  });
});

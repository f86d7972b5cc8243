import 'reflect-metadata';
import { defineWorkflow, list, step, TaskGraph } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { toNode } from '../../../src/author/compositions/steppable.js';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});
const fn = () => {};

describe('TaskGraph', () => {
  it('builds what graph() makes of the same tasks, in any order', () => {
    const built = new TaskGraph('deployment', { maxWorkers: 2 })
      .task('deploy', fn, { after: ['check'], rule: 'all_done', retry: {} })
      .task('check', does('Check'))
      .undo('deploy', { run: fn, retry: { every: '1m' } })
      .build();
    expect(built).toMatchObject({ kind: 'graph', name: 'deployment', maxWorkers: 2 });
    expect(built.tasks).toMatchObject([
      { name: 'deploy', after: ['check'], rule: 'all_done' },
      { name: 'check', after: [] },
    ]);
    expect(pathsOf(built)).toEqual(['deployment/deploy/run', 'deployment/check/Check']);
    expect([...stepsOf(built)][0]?.node).toMatchObject({
      undo: { retry: { initial: 60_000 } },
      source: expect.stringContaining('task-graph.test.ts:'),
    });
    expect(new TaskGraph().task('a', fn).build().name).toBe('graph');
  });

  it('stands wherever a step can, and is built once', () => {
    const deployment = new TaskGraph('deployment').task('check', fn);
    const node = toNode(deployment);
    expect(deployment.build()).toBe(node);
    expect(pathsOf(defineWorkflow('deploy', {}, list(does('A'), deployment)).body)).toEqual(['A', 'deployment/check/run']);
    expect(pathsOf(defineWorkflow('deploy', {}, deployment).body)).toEqual(['deployment/check/run']);
  });

  const graph = () => new TaskGraph('deployment').task('deploy_canary', fn, { undo: fn }).task('check', fn);
  const built = () => {
    const used = graph();
    used.build();
    return used;
  };
  it.each<[string, () => unknown, string]>([
    ['no tasks, when it is used', () => toNode(new TaskGraph('deployment')), 'The graph "deployment" has no tasks; give it at least one.'],
    [
      'an unknown name in "after", when it is used',
      () =>
        graph()
          .task('mail', fn, { after: ['chek'] })
          .build(),
      'comes after "chek", which is no task of it. Did you mean "check"?',
    ],
    ['a task twice', () => graph().task('check', fn), 'The graph "deployment" has a task "check" already; give one of them another name.'],
    [
      'the undo of no task',
      () => graph().undo('deploy_canry', fn),
      'has no task "deploy_canry" to undo. Did you mean "deploy_canary"? Declare the task first.',
    ],
    [
      'a second undo',
      () => graph().undo('deploy_canary', fn),
      'the task "deploy_canary" has an undo already; a task is taken back by one.',
    ],
    [
      'a task, once it is used',
      () => built().task('mail', fn),
      'The graph "deployment" is in use already, so the task "mail" comes too late; declare all of it first.',
    ],
    ['an undo, once it is used', () => built().undo('check', fn), 'is in use already, so the undo of "check" comes too late'],
    [
      'a task that is no step',
      () =>
        graph()
          .task('mail', 5 as never)
          .build(),
      'The task "mail" of the graph "deployment": 5 is no step',
    ],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

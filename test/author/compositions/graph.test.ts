import 'reflect-metadata';
import { type GraphTask, graph, list, optional, retryStep, step, TaskGraph } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});
const fn = () => {};
const stepsIn = (node: ReturnType<typeof graph>) => [...stepsOf(node)].map((placed) => placed.node);

describe('graph', () => {
  it('takes functions, steps and compositions by name; a function is a step named "run"', () => {
    const node = graph({
      check: () => ({ ok: true }),
      deploy: { run: list(does('Push'), does('Verify')), after: ['check'] },
      report: does('Mail'),
      nested: new TaskGraph('inner').task('one', fn),
    });
    expect(pathsOf(node)).toEqual([
      'graph/check/run',
      'graph/deploy/Push',
      'graph/deploy/Verify',
      'graph/report/Mail',
      'graph/nested/inner/one/run',
    ]);
    expect(stepsIn(node)[0]).toMatchObject({
      source: expect.stringMatching(/^compositions\/graph\.test\.ts:\d+$/),
      returns: new Set(['ok']),
    });
  });

  it('has what each task says of itself', () => {
    const options = { name: 'Deployment', maxWorkers: 2, failFast: true, merge: () => null };
    const node = graph({ deploy: { run: fn, after: ['check', 'lint'], rule: 'none_failed' }, check: fn, lint: fn }, options);
    expect(node).toMatchObject(options);
    expect(node.tasks).toMatchObject([
      { name: 'deploy', after: ['check', 'lint'], rule: 'none_failed' },
      { name: 'check', after: [], rule: 'all_success' },
      { name: 'lint' },
    ]);
  });

  it('gives a function its types, its undo and its retries', () => {
    const node = graph({
      deploy: {
        run: (at: Date) => ({ id: at.getTime() }),
        params: { at: Date, id: optional(Number) },
        undo: { run: (id?: number) => id, retry: { every: '1m' } },
        retry: { every: 1000, maxAttempts: 3 },
      },
      check: { run: fn, undo: fn },
    });
    const [deploy, check] = stepsIn(node);
    expect(deploy?.action).toMatchObject({ kind: 'run', retry: { initial: 1000, maxAttempts: 3 }, body: { parameters: [{ key: 'at' }] } });
    expect(deploy?.undo).toMatchObject({ parameters: [{ key: 'id', whenMissing: 'undefined' }], retry: { initial: 60_000 } });
    expect(check?.undo).toBeDefined();
    expect(check?.undo?.retry).toBeUndefined();
  });

  it('knows the names of its tasks when it is compiled', () => {
    const define = () => {
      graph({
        check: fn,
        // @ts-expect-error there is no task "chek"
        deploy: { run: fn, after: ['chek'] },
      });
    };
    expect(problemOf(define)).toBe(
      'The graph "graph": the task "deploy" comes after "chek", which is no task of it. Did you mean "check"?',
    );
  });

  it('takes tasks whose names are known only when it runs', () => {
    const tasks: Record<string, GraphTask> = { a: fn };
    for (const name of ['b', 'c']) tasks[name] = { run: fn, after: ['a'] };
    expect(graph(tasks).tasks.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  const task = (given: unknown) => () => graph({ deploy: given as never });
  it.each<[string, () => unknown, string]>([
    ['no tasks', () => graph({}), 'The graph "graph" has no tasks; give it at least one.'],
    ['a list', () => graph([fn] as never), 'graph() takes its tasks by name: graph({ check: fn, deploy: { run: fn, after: ['],
    ['a step', () => graph(does('A') as never), 'graph() takes its tasks by name'],
    ['a circle', () => graph({ a: { run: fn, after: ['b'] }, b: { run: fn, after: ['a'] } }), 'The graph "graph" goes in a circle: '],
    ['what is no step', task(5), 'The task "deploy" of the graph "graph": 5 is no step'],
    ['options without run', task({ after: [] }), 'The task "deploy" of the graph "graph": [object Object] is no step'],
    [
      'an unknown option',
      task({ run: fn, afer: [] }),
      'The task "deploy" of the graph "graph": "afer" is no option. Did you mean "after"? Known are: run, after,',
    ],
    ['one name in "after"', task({ run: fn, after: 'check' }), `"after" is "check"; write a list of names, such as after: ['check'].`],
    ['an unknown rule', task({ run: fn, rule: 'always' }), 'the task "deploy" has the rule "always"; write one of all_success'],
    ['a name with a slash', () => graph({ 'a/b': fn }), 'A task of the graph "graph" "a/b" contains "/"'],
    [
      'an undo beside a step',
      task({ run: does('A'), undo: fn }),
      'it runs a step that is made already, so "undo" comes too late; write it where the step is made.',
    ],
    ['retries beside a step', task({ run: retryStep('A')(fn), retry: {} }), 'so "retry" comes too late'],
    ['params beside a step', task({ run: does('A'), params: {} }), 'so "params" comes too late'],
    [
      'an undo that is none',
      task({ run: fn, undo: {} }),
      'undo is an object without a function "run"; write undo: fn, or undo: { run: fn, retry: { every: \'1m\' } }.',
    ],
    [
      'retries that can not be meant',
      task({ run: fn, retry: { maxAttempts: 0 } }),
      'The task "deploy" of the graph "graph": its retry has maxAttempts 0',
    ],
    ['a parameter that is taken apart', task(({ a }: { a: 1 }) => a), 'The task "deploy" of the graph "graph": Step "run" (compositions/'],
    ['a generator', task(function* () {}), 'is a generator, whose body a step would never run'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

import {
  callbackStep,
  choose,
  forEach,
  graph,
  inputStep,
  parallel,
  recover,
  retryStep,
  startChild,
  step,
  TaskGraph,
  until,
  withLock,
} from 'stepwright';
import { describe, expect, it } from 'vitest';
import { problemOf } from './problem-of.js';

const node = step('A')(() => {});

describe('a misspelt option', () => {
  it.each<[string, string, (options: never) => unknown]>([
    ['failfast', 'failFast', (options) => parallel([node], options)],
    ['maxLoop', 'maxLoops', (options) => until(() => true, node, options)],
    ['colect', 'collect', (options) => forEach('items', node, options)],
    ['otherwize', 'otherwise', (options) => choose(() => 1, [{ value: 1, node }], options)],
    ['nam', 'name', (options) => recover(node, node, options)],
    ['polcy', 'policy', (options) => withLock(['x'], node, options)],
    ['failfast', 'failFast', (options) => graph({ a: node }, options)],
    ['maxWorker', 'maxWorkers', (options) => new TaskGraph('a', options)],
    ['udno', 'undo', (options) => step('A', options)],
    ['maxAttempt', 'maxAttempts', (options) => retryStep('A', options)],
    ['asignee', 'assignee', (options) => inputStep('A', options)],
    ['timout', 'timeout', (options) => callbackStep('A', options)],
    ['imput', 'input', (options) => startChild('A', options)],
  ])('%s is refused, and %s suggested', (wrong, right, define) => {
    const problem = problemOf(() => define({ [wrong]: 1 } as never));
    expect(problem).toContain(`has an unknown option "${wrong}". Did you mean "${right}"?`);
    expect(problem).toContain('Known are: ');
  });

  it('is refused in a backoff too', () => {
    expect(problemOf(() => retryStep('A', { backoff: { inital: '1s' } } as never))).toContain('has a backoff with "inital"');
  });
});

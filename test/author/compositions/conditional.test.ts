import 'reflect-metadata';
import { conditional, defineWorkflow, list, step, workflow } from 'stepwright';
import { testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/core/nodes/node.js';
import { problemOf } from '../problem-of.js';

const does = (name: string, changes: object = {}) => step(name)(() => changes);
const run = (...nodes: Node[]) => testWorkflow(defineWorkflow('flow', {}, list(...nodes))).start();

describe('conditional, as a wrapper', () => {
  it('performs its steps where the condition holds, and skips them where not', async () => {
    const when = (value: boolean) => conditional((state) => state.go === value);
    const { done, state } = await run(does('Decide', { go: true }), when(true)(does('A'), does('B', { b: 1 })), when(false)(does('C')));
    expect(done).toEqual(['Decide', 'A', 'B']);
    expect(state).toEqual({ go: true, b: 1 });
  });

  it('asks once, before the first of its steps changes the state', async () => {
    const flow = conditional((state) => !('a' in state))(does('A', { a: 1 }), does('B', { b: 2 }));
    expect((await run(flow)).done).toEqual(['A', 'B']);
  });

  it('puts its steps under a name, if it has one', async () => {
    const { done } = await run(conditional(() => true, 'Big order')(does('Check')), does('Check'));
    expect(done).toEqual(['Big order/Check', 'Check']);
  });

  it('fails the process where the condition throws or is no truth value', async () => {
    const { failure } = await run(conditional((() => 'yes') as never)(does('A')));
    expect(failure).toMatchObject({ code: 'predicate_threw', message: expect.stringContaining('it returned "yes"; return true or false') });
  });

  it.each<[string, () => unknown, string]>([
    ['no function', () => conditional('go' as never)(does('A')), 'conditional() takes a function of the state, such as'],
    ['no steps', () => conditional(() => true)(), 'A list has no steps'],
    ['a name that can not stand in a path', () => conditional(() => true, 'a#b')(does('A')), 'A conditional "a#b" contains "#"'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

describe('conditional, as a decorator', () => {
  it('skips the step where the condition does not hold', async () => {
    @workflow('flow')
    class Flow {
      @step('Order')
      order() {
        return { speed: 10 };
      }

      @conditional((state) => Number(state.speed) > 100)
      @step('Approve')
      approve() {
        return { approved: true };
      }

      @step('Ship')
      ship() {
        return { shipped: true };
      }
    }
    const process = await testWorkflow(Flow).start();
    expect(process.state).toEqual({ speed: 10, shipped: true });
  });

  it.each([
    [true, true, ['Push']],
    [true, false, []],
    [false, true, []],
  ])('needs each of two: %s and %s', async (first, second, done) => {
    const asked: string[] = [];
    const says = (name: string, value: boolean) => () => {
      asked.push(name);
      return value;
    };
    @workflow('flow')
    class Flow {
      @conditional(says('outer', first))
      @step('Push')
      @conditional(says('inner', second))
      push() {}
    }
    expect((await testWorkflow(Flow).start()).done).toEqual(done);
    expect(asked).toEqual(first ? ['outer', 'inner'] : ['outer']);
  });

  it('refuses a name, for the step has one', () => {
    const define = () => {
      class Flow {
        @conditional(() => true, 'Maybe')
        @step('Push')
        push() {}
      }
      return Flow;
    };
    expect(problemOf(define)).toBe('@conditional on the method "push" has a name; the step has one already, so leave it out.');
  });
});

import 'reflect-metadata';
import { conditional, defineWorkflow, focus, list, named, type State, step, workflow } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { toNode } from '../../src/author/compose.js';
import type { Node } from '../../src/core/nodes/node.js';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

const does = (name: string, changes: object = {}) => step(name)(() => changes);
const run = (...nodes: Node[]) => testWorkflow(defineWorkflow('flow', {}, list(...nodes))).start();

describe('list', () => {
  it('performs steps one after another, and is no promise', async () => {
    const nodes = list(does('A'), list(does('B'), does('C')));
    expect('then' in nodes).toBe(false);
    expect((await run(nodes, does('D'))).done).toEqual(['A', 'B', 'C', 'D']);
  });

  it('refuses two steps of one name, and shows both places', () => {
    const place = String.raw`author/compose\.test\.ts:\d+`;
    expect(problemOf(() => list(does('A'), list(does('A'))))).toMatch(new RegExp(`^Two steps are named "A" \\(${place} and ${place}\\); `));
  });

  it('refuses to have no steps', () => {
    expect(problemOf(() => list())).toBe('A list has no steps; give it at least one.');
  });
});

describe('named', () => {
  it('puts steps under a name in paths, so that names may meet', async () => {
    expect((await run(named('East')(does('Push')), named('West')(does('Push')))).done).toEqual(['East/Push', 'West/Push']);
  });

  it('refuses a name that can not stand in a path, and no steps', () => {
    expect(problemOf(() => named('a/b')(does('A')))).toContain('A list "a/b" contains "/"');
    expect(problemOf(() => named('East')())).toBe('The list "East" has no steps; give it at least one.');
  });
});

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

describe('focus', () => {
  it('gives its steps the object under a key as their state, and merges there', async () => {
    const invoice = step('Invoice')((amount: number) => ({ paid: amount }));
    const seen: State[] = [];
    const look = step('Look')((state: State) => void seen.push(state));
    const { state } = await run(does('Order', { billing: { amount: 5 } }), focus('billing')(invoice, look));
    expect(state).toEqual({ billing: { amount: 5, paid: 5 } });
    expect(seen).toEqual([{ amount: 5, paid: 5 }]);
  });

  it('puts its steps under a name, if it has one', async () => {
    expect((await run(focus('billing', 'Billing')(does('Invoice')))).done).toEqual(['Billing/Invoice']);
  });

  it.each<[string, () => unknown, string]>([
    ['no key', () => focus('')(does('A')), "focus() takes the name of a state key, such as focus('order')."],
    ['a reserved key', () => focus('state')(does('A')), 'focus("state") names a key that no step can set; name another state key.'],
    ['no steps', () => focus('billing')(), 'A list has no steps'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

describe('toNode', () => {
  it('gives a node as it is', () => {
    const node = does('A');
    expect(toNode(node)).toBe(node);
  });

  it.each<[string, unknown, string]>([
    ['a function', function push() {}, `The function "push" is no step; decorate it with @step('…'), or wrap it: step('…')(push).`],
    [
      'a function without a name',
      (() => () => {})(),
      `The function "without a name" is no step; decorate it with @step('…'), or wrap it: step('…')(fn).`,
    ],
    ['an array', [does('A')], 'An array is no step; write list(first, second) in its place, or spread it: list(...steps).'],
    ['nothing', undefined, 'undefined is no step; in steps(), refer to a decorated method without calling it: this.method.'],
    ['what a step returned', { speed: 1 }, '[object Object] is no step'],
    ['a name', 'Push', 'Push is no step'],
  ])('refuses %s', (_, value, message) => {
    expect(problemOf(() => toNode(value as Node))).toContain(message);
  });
});

import 'reflect-metadata';
import {
  callbackStep,
  choose,
  conditional,
  type FormGenerator,
  focus,
  forEach,
  graph,
  inputStep,
  list,
  type Node,
  named,
  parallel,
  recover,
  sleep,
  step,
  TaskGraph,
  until,
  withLock,
  workflow,
  workflowOf,
} from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../src/core/nodes/kinds.js';
import { pathsOf } from './paths-of.js';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

/** What the classes below extend: three steps, each of which adds its name to the state. */
abstract class Steps {
  @step('A') a() {
    return { a: 1 };
  }

  @step('B') b() {
    return { b: 1 };
  }

  @conditional((state) => state.skipped !== true)
  @step('C')
  c() {
    return { c: 1 };
  }
}

const names = (type: unknown) => [...stepsOf(workflowOf(type)!.body)].map(({ node }) => node.name);

/** What a class is told whose `steps` is this. */
function problemWith(arrange: (this: Steps & Record<string, never>) => unknown): string {
  return problemOf(() => {
    @workflow('order')
    class Order extends Steps {
      steps() {
        return arrange.call(this as never);
      }
    }
    return Order;
  });
}

describe('steps()', () => {
  it('says the order, with compositions around and between', async () => {
    @workflow('order')
    class Order extends Steps {
      steps() {
        return list(
          this.c,
          named('Group')(
            this.b,
            step('Between')(() => ({ skipped: true })),
          ),
          conditional((state) => state.skipped === true)(this.a),
          focus('inner')(step('Inside')(() => ({ x: 1 }))),
        );
      }
    }
    const run = await testWorkflow(Order).start();
    expect(run.done).toEqual(['C', 'Group/B', 'Group/Between', 'A', 'Inside']);
    expect(run).toHaveCompleted({ c: 1, b: 1, a: 1, inner: { x: 1 } });
  });

  it('takes every composition by reference to methods', () => {
    @workflow('order')
    class Order extends Steps {
      @callbackStep('D') d() {}
      @inputStep('E') *e(): FormGenerator<void> {}
      @step('F') f() {}
      @step('G') g() {}
      @step('H') h() {}
      @step('I') i() {}

      steps() {
        return list(
          parallel({ east: this.a, west: list(this.b) }),
          parallel([this.c], { name: 'Others' }),
          forEach('ports', this.d),
          until(() => true, list(this.e, sleep('Settle', '30s'))),
          choose(() => 1, [{ value: 1, node: this.f }], { otherwise: this.a }),
          recover(this.g, this.b),
          withLock(['router-7'], this.h),
          graph({ check: this.i, deploy: { run: this.a, after: ['check'] } }),
          new TaskGraph('deployment').task('check', this.i),
        );
      }
    }
    expect(pathsOf(workflowOf(Order)!.body)).toEqual([
      'parallel/east/A',
      'parallel/west/B',
      'Others/C',
      'forEach[]/D',
      'until#/E',
      'until#/Settle',
      'choose[1]/F',
      'choose[otherwise]/A',
      'recover/G',
      'recover[handler]/B',
      'withLock/H',
      'graph/check/I',
      'graph/deploy/A',
      'deployment/check/I',
    ]);
  });

  it('keeps the condition that is decorated on a step', async () => {
    @workflow('order')
    class Order extends Steps {
      steps() {
        return list(
          this.a,
          step('Skip')(() => ({ skipped: true })),
          this.b,
          this.c,
        );
      }
    }
    expect((await testWorkflow(Order).start()).done).toEqual(['A', 'Skip', 'B']);
  });

  it('may be split over methods of its own, and inherited', () => {
    abstract class Split extends Steps {
      steps() {
        return list(this.rest(), this.a);
      }

      protected rest(): Node {
        return list(this.c, this.b);
      }
    }
    @workflow('order')
    class Order extends Split {
      @step('A')
      override a() {
        return { a: 2 };
      }
    }
    expect(names(Order)).toEqual(['C', 'B', 'A']);
  });

  it('may be a single step', () => {
    @workflow('order')
    class Order {
      @step('A') a() {}

      steps() {
        return this.a;
      }
    }
    expect(names(Order)).toEqual(['A']);
  });

  it('may refer to a step in a predicate that reads only the state', async () => {
    const LIMIT = 5;
    @workflow('order')
    class Order extends Steps {
      steps() {
        return list(this.a, this.b, conditional((state) => Number(state.a) < LIMIT)(this.c));
      }
    }
    expect(await testWorkflow(Order).start()).toHaveCompleted({ c: 1 });
  });

  it('fails a condition that reads a field of the instance, for there is none', async () => {
    @workflow('order')
    class Order extends Steps {
      readonly limit = 5;

      steps() {
        return list(this.a, this.b, conditional((state) => Number(state.a) < this.limit)(this.c));
      }
    }
    const { failure } = await testWorkflow(Order).start();
    expect(failure).toMatchObject({ code: 'predicate_threw' });
    expect(failure?.message).toContain('this.limit is no method of the class. It runs without an instance');
  });
});

describe('steps() is refused', () => {
  it('where it forgets steps, and told which', () => {
    const problem = problemWith(function () {
      return this.b;
    });
    expect(problem).toMatch(/^2 things are wrong with workflow "order"/);
    expect(problem).toMatch(
      /- Step "A" \(author\/workflow\.arrangement\.test\.ts:\d+\) is not in steps\(\) of Order; put it there, or take its decorator away\./,
    );
    expect(problem).toContain('Step "C"');
  });

  it.each<[string, Parameters<typeof problemWith>[0], string]>([
    [
      'where it calls a step',
      function () {
        return list((this.a as unknown as () => Node)(), this.b, this.c);
      },
      'this.a is not a function. It runs without an instance: refer to methods without calling them (this.method)',
    ],
    [
      'where it uses a method that is not decorated',
      function () {
        return list(this.a, this.b, this.c, this.toString as never);
      },
      `The function "toString" is no step; decorate it with @step('…')`,
    ],
    [
      'where it uses what a field or a constructor sets',
      function () {
        return this.network ? list(this.a, this.b) : list(this.c);
      },
      'this.network is no method of the class. It runs without an instance: refer to methods without calling them (this.method), and use nothing that a field or a constructor sets.',
    ],
    [
      'where it mistypes a method',
      function () {
        return list(this.a, this.b, this.bb as never);
      },
      'this.bb is no method of the class. Did you mean "b"?',
    ],
    [
      'where it gives an array',
      function () {
        return [this.a, this.b, this.c];
      },
      'An array is no step; write list(first, second) in its place',
    ],
    ['where it gives nothing', () => undefined, 'undefined is no step'],
    ['where it is asynchronous', async () => list(step('A')(() => {})), '[object Promise] is no step'],
    [
      'where it uses a step twice',
      function () {
        return list(this.a, this.b, this.c, this.a);
      },
      'Two steps are named "A"',
    ],
  ])('%s', (_, arrange, message) => {
    const problem = problemWith(arrange);
    expect(problem).toMatch(/^steps\(\) of Order: /);
    expect(problem).toContain(message);
  });

  it('where it uses a private member, which only an instance has', () => {
    const define = () => {
      @workflow('order')
      class Order extends Steps {
        readonly #fast = true;

        steps() {
          return this.#fast ? list(this.a, this.b) : list(this.c);
        }
      }
      return Order;
    };
    expect(problemOf(define)).toMatch(/^steps\(\) of Order: .*\. It runs without an instance/);
  });

  it('together with what else is wrong, and not for a step that could not be made', () => {
    const define = () => {
      @workflow('order', { target: 'x' as never })
      class Order {
        @step('A') a({ id }: { id: string }) {
          return { id };
        }

        @step('B') b(id: string, at: string) {
          return { at: `${id} ${at}` };
        }

        steps() {
          return list(this.a, this.b);
        }
      }
      return Order;
    };
    const problem = problemOf(define);
    expect(problem).toMatch(/^3 things are wrong/);
    expect(problem).toContain('has the target "x"');
    expect(problem).toContain('Step "A"');
    expect(problem).toMatch(/Step "B" .* asks for state key "at"/);
  });

  it("but its own errors are the author's", () => {
    const define = () =>
      problemWith(() => {
        throw new RangeError('of the author');
      });
    expect(define).toThrow(new RangeError('of the author'));
  });
});

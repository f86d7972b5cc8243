import 'reflect-metadata';
import { IsString } from 'class-validator';
import { ask, defineWorkflow, type FormGenerator, initialForm, optional, retryStep, step, undo, workflow, workflowOf } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { TestPort } from '../support/models.js';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

class Customer {
  @IsString()
  customerId!: string;
}

describe('@workflow', () => {
  it('performs the decorated methods in the order in which they are declared', async () => {
    @workflow('order')
    class Order {
      @step('C') third() {
        return { order: ['C'] };
      }
      helper(order: readonly string[], name: string) {
        return { order: [...order, name] };
      }
      @step('A') first(order: string[]) {
        return this.helper(order, 'A');
      }
      @retryStep('B') async second(order: string[]) {
        return this.helper(order, 'B');
      }
    }
    expect(await testWorkflow(Order).start()).toHaveCompleted({ order: ['C', 'A', 'B'] });
  });

  it('gives a workflow, frozen, with what its options say and where it is written', () => {
    @workflow('create_port', { target: 'create', product: TestPort, description: 'Hand out a port' })
    class CreatePort {
      @initialForm()
      *order(): FormGenerator<Customer> {
        return yield* ask(Customer);
      }

      @step('Construct')
      construct(port: TestPort) {
        return { port };
      }
    }
    const created = workflowOf(CreatePort);
    expect(created).toMatchObject({ name: 'create_port', target: 'create', product: 'TestPort', description: 'Hand out a port' });
    expect(created?.source).toMatch(/^author\/workflow\.test\.ts:\d+$/);
    expect(Object.isFrozen(created)).toBe(true);
  });

  it('is a system workflow where nothing is said', () => {
    @workflow('tidy')
    class Tidy {
      @step('Sweep') sweep() {}
    }
    const { target, product, description, initialForm: form } = workflowOf(Tidy)!;
    expect([target, product, description, form]).toEqual(['system', undefined, undefined, undefined]);
  });

  it('creates, saves and loads a model from step to step', async () => {
    @workflow('create_port', { target: 'create', product: TestPort })
    class CreatePort {
      @initialForm()
      *order(): FormGenerator<Customer> {
        return yield* ask(Customer);
      }

      @step('Construct')
      construct(port: TestPort) {
        return { port: Object.assign(port, { device: 'ams-1', speed: 10 }) };
      }

      @step('Peek')
      peek(port: TestPort) {
        port.speed = 99;
      }

      @step('Activate')
      activate(port: TestPort, @optional() backup?: TestPort) {
        return { port: port.transition('active'), text: `${port.device} ${port.speed} ${port.product} ${backup}` };
      }
    }
    const run = await testWorkflow(CreatePort).start({ customerId: 'acme' });
    expect(run).toHaveCompleted({ product: 'TestPort', text: 'ams-1 10 TestPort undefined' });
    expect(run.state.port).toEqual({ $model: 'TestPort', id: expect.any(String) });
  });
});

describe('workflowOf', () => {
  const flow = defineWorkflow(
    'greet',
    {},
    step('Greet')(() => {}),
  );

  it('gives what defineWorkflow made', () => {
    expect(workflowOf(flow)).toBe(flow);
  });

  it.each<[string, unknown]>([
    ['a class that is no workflow', Customer],
    ['a function', () => flow],
    ['a step', step('Greet')(() => {})],
    ['what only looks like one', { name: 'greet', body: {} }],
    ['null', null],
    ['a name', 'greet'],
  ])('gives nothing for %s', (_, value) => {
    expect(workflowOf(value)).toBeUndefined();
  });
});

describe('a class that is no workflow yet', () => {
  it('is told everything at once', () => {
    const define = () => {
      @workflow('bad name #1', { targett: 'create', target: 'crate', product: Customer } as never)
      class Order {
        @step('Look') look({ id }: { id: string }) {
          return { found: id };
        }
        @step('Ship') ship(found: string, parcle: string) {
          return { found, parcle };
        }
        @step('Bill') bill(...all: string[]) {
          return all;
        }
        @undo('Sihp') back() {}
      }
      return Order;
    };
    const problem = problemOf(define);
    expect(problem).toMatch(/^8 things are wrong with workflow "bad name #1" \(author\/workflow\.test\.ts:\d+\):\n- /);
    for (const part of [
      'A workflow "bad name #1" contains "#"',
      'has an unknown option "targett". Did you mean "target"? Known are: target, product, description, locks, onFailure.',
      'has the target "crate"; write one of create, modify, terminate, validate, reconcile, system.',
      'names the product Customer, which is no domain model; it must extend SubscriptionModel.',
      'parameter 1 "{ id }" is taken apart',
      'asks for state key "parcle"',
      'parameter 1 "...all" takes all the rest',
      `names a step that the class does not have. Did you mean "Ship"?`,
    ])
      expect(problem).toContain(part);
  });

  it('is told how to write a first step', () => {
    const define = () => {
      @workflow('order')
      class Order {}
      return Order;
    };
    expect(problemOf(define)).toBe("The class Order has no steps; decorate a method, such as @step('Reserve VLAN').");
  });

  it('is told of two steps of one name, and where they are', () => {
    const define = () => {
      @workflow('order')
      class Order {
        @step('Ship') ship() {}

        @step('Ship') shipAgain() {}
      }
      return Order;
    };
    const place = String.raw`author/workflow\.test\.ts:\d+`;
    expect(problemOf(define)).toMatch(
      new RegExp(`^Two steps are named "Ship" \\((${place}) and (?!\\1)${place}\\); .* give one of them another\\.$`),
    );
  });

  it('is told where nothing emitted the types of its parameters', () => {
    class Order {
      ship(parcel: string) {
        return { parcel };
      }
    }
    step('Ship')(Order.prototype, 'ship', Object.getOwnPropertyDescriptor(Order.prototype, 'ship')!);
    expect(problemOf(() => workflow('order')(Order))).toMatch(
      /"ship" has parameters, but their types were not emitted; set .*"emitDecoratorMetadata"/,
    );
  });
});

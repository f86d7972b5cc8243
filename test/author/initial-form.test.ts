import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { ask, type FormGenerator, initialForm, inputStep, step, workflow } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

class Customer {
  @IsString()
  customer!: string;
}

class Size {
  @IsInt()
  speed!: number;
}

describe('@initialForm', () => {
  it('asks page after page at the start, and gives the first state, with the help of its class', async () => {
    @workflow('order')
    class OrderSpeed {
      #factor = 10;

      constructor(private readonly unit = 'Mbit/s') {}

      @initialForm()
      *order(): FormGenerator<object> {
        const { customer } = yield* ask(Customer);
        const { speed } = yield* ask(Size);
        return { customer, speed: `${speed * this.#factor} ${this.unit}` };
      }

      @step('Ship')
      ship(customer: string, speed: string) {
        return { text: `${speed} for ${customer}` };
      }
    }
    const test = testWorkflow(OrderSpeed);
    expect(await test.start([{ customer: 'acme' }, { speed: 10 }])).toHaveCompleted({ text: '100 Mbit/s for acme' });
    await expect(test.start({ customer: 'acme' })).rejects.toMatchObject({ code: 'input_refused' });
    await expect(test.start([{ customer: 'acme' }, { speed: 'x' }])).rejects.toMatchObject({ code: 'input_refused' });
  });

  it('is not needed: without one a start takes no input', async () => {
    @workflow('order')
    class Order {
      @step('Ship')
      ship() {}
    }
    expect(await testWorkflow(Order).start()).toHaveCompleted();
    await expect(testWorkflow(Order).start({ customer: 'acme' })).rejects.toThrow(/takes no input.*@initialForm\(\)/);
  });

  it('is refused with parameters, for there is no state yet', () => {
    const define = () => {
      @workflow('order')
      class Order {
        @initialForm()
        *order(customer: string): FormGenerator<object> {
          return { ...(yield* ask(Customer)), customer };
        }

        @step('Ship')
        ship() {}
      }
      return Order;
    };
    expect(problemOf(define)).toMatch(
      /^Workflow "order" \(author\/initial-form\.test\.ts:\d+\): its initial form has parameters, but there is no state yet to fill them from; take them out\.$/,
    );
  });

  it('is refused on a method that is no generator, and told how to write one', () => {
    const define = () => {
      @workflow('order')
      class Order {
        // @ts-expect-error the compiler refuses it too
        @initialForm()
        async order() {
          return {};
        }

        @step('Ship')
        ship() {}
      }
      return Order;
    };
    expect(problemOf(define)).toMatch(
      /^Workflow "order" .*: Form order is not a generator function; write \*order\(\): FormGenerator<Order> \{/,
    );
  });

  it('is refused twice', () => {
    const define = () => {
      @workflow('order')
      class Order {
        @initialForm()
        *first(): FormGenerator<object> {
          return yield* ask(Customer);
        }

        @initialForm()
        *second(): FormGenerator<object> {
          return yield* ask(Size);
        }

        @step('Ship')
        ship() {}
      }
      return Order;
    };
    expect(problemOf(define)).toMatch(
      /^Two methods are decorated with @initialForm: "Order\.first" and "Order\.second"; a workflow has one, so/,
    );
  });

  it('is refused on a step', () => {
    const define = () => {
      @workflow('order')
      class Order {
        @initialForm()
        @inputStep('Order')
        *order(): FormGenerator<object> {
          return yield* ask(Customer);
        }
      }
      return Order;
    };
    expect(problemOf(define)).toBe('The method "Order.order" is a step and the initial form; make it one of them.');
  });
});

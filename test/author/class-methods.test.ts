import 'reflect-metadata';
import { IsString } from 'class-validator';
import { ask, conditional, type FormGenerator, fromState, initialForm, optional, step, undo, workflow, workflowOf } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../src/core/nodes/kinds.js';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

class Customer {
  @IsString()
  customer!: string;
}

/** What most orders go through; no workflow itself. */
abstract class Order {
  protected readonly carrier: string = 'post';

  @initialForm()
  *order(): FormGenerator<Customer> {
    return yield* ask(Customer);
  }

  @step('Pack')
  pack(customer: string) {
    return { parcel: `for ${customer}` };
  }

  @step('Ship')
  ship(parcel: string) {
    return { shipped: `${parcel} by ${this.carrier}` };
  }

  helper() {
    return 'no step';
  }
}

const names = (type: unknown) => [...stepsOf(workflowOf(type)!.body)].map(({ node }) => node.name);

describe('a class that extends another', () => {
  it('has the steps and the form of its base first, and adds its own', async () => {
    @workflow('rush')
    class Rush extends Order {
      protected override readonly carrier = 'courier';

      @step('Bill')
      bill(shipped: string) {
        return { bill: shipped.length };
      }
    }
    expect(names(Rush)).toEqual(['Pack', 'Ship', 'Bill']);
    expect(await testWorkflow(Rush).start({ customer: 'acme' })).toHaveCompleted({ shipped: 'for acme by courier', bill: 19 });
  });

  it('may override a step, which keeps its place and takes what is said of it anew', async () => {
    @workflow('gift')
    class Gift extends Order {
      @step('Bill')
      bill() {}

      @conditional((state) => state.customer !== 'nobody')
      @step('Wrap')
      override pack(@fromState('customer') whom: string) {
        return { parcel: `${super.pack(whom).parcel}, wrapped` };
      }
    }
    expect(names(Gift)).toEqual(['Wrap', 'Ship', 'Bill']);
    expect(await testWorkflow(Gift).start({ customer: 'acme' })).toHaveCompleted({ shipped: 'for acme, wrapped by post' });
    expect((await testWorkflow(Gift).start({ customer: 'nobody' })).done).not.toContain('Wrap');
  });

  it('may be extended over several levels, and override what its own base overrides', () => {
    abstract class Tracked extends Order {
      @step('Ship and track')
      override ship(parcel: string) {
        return { shipped: parcel };
      }

      @step('Track')
      track() {}
    }
    @workflow('insured')
    class Insured extends Tracked {
      @step('Ship, track and insure')
      override ship(parcel: string) {
        return { shipped: parcel };
      }
    }
    expect(names(Insured)).toEqual(['Pack', 'Ship, track and insure', 'Track']);
  });

  it('does not have the condition of a step that it overrides', () => {
    class Base {
      @conditional(() => false)
      @step('Pack')
      pack() {}
    }
    @workflow('order')
    class Always extends Base {
      @step('Pack')
      override pack() {}
    }
    expect(workflowOf(Always)?.body).toMatchObject({ kind: 'list', nodes: [{ kind: 'step' }] });
  });

  it('may take back a step of its base, and replace how its base does', () => {
    class Base {
      @step('Push')
      push() {
        return { id: 1 };
      }

      @step('Mail')
      mail() {}

      @undo('Mail')
      unsend() {
        return 'base';
      }
    }
    @workflow('order')
    class Careful extends Base {
      @undo('Push')
      remove(@optional() id?: number) {
        return id;
      }

      @undo('Mail')
      override unsend() {
        return 'careful';
      }
    }
    const [push, mail] = [...stepsOf(workflowOf(Careful)!.body)].map(({ node }) => node);
    expect(push?.undo?.parameters).toMatchObject([{ key: 'id' }]);
    expect(mail?.undo?.call(new Careful(), [])).toBe('careful');
  });

  it('leaves its base as it was, when both are workflows', async () => {
    @workflow('order')
    class Plain {
      @step('Pack')
      pack() {
        return { by: 'base' };
      }
    }
    @workflow('rush')
    class Rush extends Plain {
      @step('Pack')
      override pack() {
        return { by: 'special' };
      }

      @step('Hurry')
      hurry() {}
    }
    class Nothing extends Plain {}
    expect([workflowOf(Plain)?.name, workflowOf(Rush)?.name, workflowOf(Nothing)]).toEqual(['order', 'rush', undefined]);
    expect([names(Plain), names(Rush)]).toEqual([['Pack'], ['Pack', 'Hurry']]);
    expect(await testWorkflow(Plain).start()).toHaveCompleted({ by: 'base' });
    expect(await testWorkflow(Rush).start()).toHaveCompleted({ by: 'special' });
  });

  it('may override what is no step as it likes', () => {
    @workflow('order')
    class Special extends Order {
      override helper() {
        return 'special';
      }
    }
    expect(names(Special)).toEqual(['Pack', 'Ship']);
  });
});

describe('what a class can not mean', () => {
  it('is a step overridden without a decorator', () => {
    const define = () => {
      @workflow('order')
      class Special extends Order {
        override pack(customer: string) {
          return { parcel: customer };
        }
      }
      return Special;
    };
    expect(problemOf(define)).toMatch(
      /^Special overrides "pack", which is step "Pack" \(author\/class-methods\.test\.ts:\d+\); decorate it again, so that it is one here too\.$/,
    );
  });

  it('is a form or an undo overridden without a decorator', () => {
    class Base extends Order {
      @undo('Pack')
      unpack() {}
    }
    const define = () => {
      @workflow('order')
      class Special extends Base {
        override *order(): FormGenerator<Customer> {
          return yield* ask(Customer);
        }

        override unpack() {}
      }
      return Special;
    };
    const problem = problemOf(define);
    expect(problem).toMatch(/^2 things are wrong with workflow "order"/);
    expect(problem).toContain('Special overrides "order", which is the initial form; decorate it again');
    expect(problem).toContain('Special overrides "unpack", which takes a step back; decorate it again');
  });

  it('is a step of a name that its base has under another method', () => {
    const define = () => {
      @workflow('order')
      class Special extends Order {
        @step('Pack')
        packAgain() {}
      }
      return Special;
    };
    expect(problemOf(define)).toMatch(
      /^Two steps are named "Pack" \(author\/class-methods\.test\.ts:\d+ and author\/class-methods\.test\.ts:\d+\)/,
    );
  });

  it('is a condition without a step', () => {
    const define = () => {
      @workflow('order')
      class Special extends Order {
        @conditional(() => true)
        bill() {}
      }
      return Special;
    };
    expect(problemOf(define)).toBe(`@conditional stands on the method "Special.bill", which is no step; add @step('…') below it.`);
  });

  it('is an undo whose step a subclass has renamed', () => {
    class Base {
      @step('Push')
      push() {}

      @undo('Push')
      remove() {}
    }
    const define = () => {
      @workflow('order')
      class Special extends Base {
        @step('Push twice')
        override push() {}
      }
      return Special;
    };
    expect(problemOf(define)).toContain(`names a step that the class does not have. Its steps are: Push twice.`);
  });
});

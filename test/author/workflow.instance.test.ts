import 'reflect-metadata';
import { type StepContext, step, undo, workflow } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';

expect.extend(matchers);

describe('the instance of a workflow', () => {
  it('is not made when the workflow is defined, and once when it runs, without arguments', async () => {
    const made: unknown[][] = [];
    @workflow('count')
    class Count {
      constructor(...args: unknown[]) {
        made.push(args);
      }

      @step('Count') count() {
        return { made: made.length };
      }

      steps() {
        return this.count;
      }
    }
    expect(made).toEqual([]);
    const test = testWorkflow(Count);
    await test.start();
    expect(await test.start()).toHaveCompleted({ made: 1 });
    expect(made).toEqual([[]]);
  });

  it("takes a test's arguments for its constructor", async () => {
    @workflow('push')
    class Push {
      constructor(private readonly network = { push: (): string => 'real' }) {}

      @step('Push') push() {
        return { by: this.network.push() };
      }
    }
    expect(await testWorkflow(Push, { with: [{ push: () => 'fake' }] }).start()).toHaveCompleted({ by: 'fake' });
    expect(await testWorkflow(Push).start()).toHaveCompleted({ by: 'real' });
  });

  it('is this in every step, with its fields and private members', async () => {
    @workflow('push')
    class Push {
      readonly #secret = 'private';
      readonly open = 'public';

      get both() {
        return `${this.open} and ${this.#secret}`;
      }

      @step('Push') push() {
        return { text: `${this.both}, ${this.#own()}` };
      }

      #own() {
        return this instanceof Push;
      }
    }
    expect(await testWorkflow(Push).start()).toHaveCompleted({ text: 'public and private, true' });
  });

  it('is frozen, so that no step keeps in it what a resume would not know', async () => {
    @workflow('push')
    class Push {
      circuit = '';

      @step('Push') push() {
        this.circuit = 'c-1';
      }
    }
    const run = await testWorkflow(Push).start();
    expect(run.status).toBe('failed');
    expect(run.failure?.message).toMatch(/^Cannot assign to read only property 'circuit'/);
  });

  it('is not needed to call a step in a unit test', async () => {
    @workflow('push')
    class Push {
      @step('Push') async push(ctx: Pick<StepContext, 'attempt'>) {
        return { text: `c-1 ${ctx.attempt}` };
      }

      @undo('Push') remove() {
        return 'removed';
      }
    }
    expect(await new Push().push({ attempt: 2 })).toEqual({ text: 'c-1 2' });
    expect(new Push().remove()).toBe('removed');
  });
});

import 'reflect-metadata';
import { optional, retryStep, type StepContext, step, undo, workflow, workflowOf } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import { problemOf } from '../problem-of.js';

function stepNode(type: unknown, name: string) {
  return [...stepsOf(workflowOf(type)!.body)].map(({ node }) => node).find((node) => node.name === name)!;
}

describe('@undo', () => {
  it('makes a method the way back of a step, with parameters of its own', () => {
    @workflow('push')
    class Push {
      removed: unknown[] = [];

      @undo('Push')
      remove(ctx: StepContext, @optional() circuitId?: string) {
        this.removed.push(ctx, circuitId);
      }

      @step('Push')
      push() {
        return { circuitId: 'c-1' };
      }
    }
    const { undo: way } = stepNode(Push, 'Push');
    expect(way?.parameters).toMatchObject([{ gets: 'context' }, { gets: 'value', key: 'circuitId', whenMissing: 'undefined' }]);
    const instance = new Push();
    way?.call(instance, ['the context', 'c-1']);
    expect(instance.removed).toEqual(['the context', 'c-1']);
  });

  it('lets one method take back several steps, and may stand before them', () => {
    @workflow('push')
    class Push {
      @undo('Push')
      @undo('Reserve')
      remove() {}

      @step('Reserve')
      reserve() {}

      @step('Push')
      push() {}

      @step('Mail')
      mail() {}
    }
    expect(['Reserve', 'Push', 'Mail'].map((name) => stepNode(Push, name).undo !== undefined)).toEqual([true, true, false]);
  });

  it('may be tried again, by a policy for each step', () => {
    @workflow('push')
    class Push {
      @undo('Push', { every: '1m' })
      @undo('Reserve', {})
      @undo('Mail')
      remove() {}

      @step('Reserve') reserve() {}
      @step('Push') push() {}
      @step('Mail') mail() {}
    }
    expect(stepNode(Push, 'Push').undo?.retry).toMatchObject({ initial: 60_000, max: 60_000 });
    expect(stepNode(Push, 'Reserve').undo?.retry).toMatchObject({ initial: 60_000, max: 3_600_000 });
    expect(stepNode(Push, 'Mail').undo).not.toHaveProperty('retry');
  });

  it('is refused with retries that can not be meant', () => {
    expect(problemOf(() => undo('Push', { maxAttempts: 0 }))).toBe(
      "The retry of @undo('Push') has maxAttempts 0; write a whole number from 1.",
    );
  });

  it('names the undo where its parameter can not be injected', () => {
    const define = () => {
      @workflow('push')
      class Push {
        @step('Push')
        push() {}

        @undo('Push')
        remove({ id }: { id: string }) {
          return id;
        }
      }
      return Push;
    };
    expect(problemOf(define)).toMatch(/^The undo of step "Push" \(steps\/undo\.test\.ts:\d+\): parameter 1 "\{ id \}" is taken apart/);
  });

  it('is refused for a step that the class does not have', () => {
    const define = () => {
      @workflow('push')
      class Push {
        @step('Reserve VLAN')
        reserve() {}

        @step('Push')
        push() {}

        @undo('Reserve VLNA')
        release() {}
      }
      return Push;
    };
    expect(problemOf(define)).toMatch(
      /^@undo\('Reserve VLNA'\) \(steps\/undo\.test\.ts:\d+\) names a step that the class does not have\. Did you mean "Reserve VLAN"\? Its steps are: Reserve VLAN, Push\.$/,
    );
  });

  it('is refused for a class without steps', () => {
    const define = () => {
      @workflow('push')
      class Push {
        @undo('Push')
        remove() {}
      }
      return Push;
    };
    expect(problemOf(define)).toContain('names a step that the class does not have. It has no steps.');
  });

  it('is refused twice for one step', () => {
    const define = () => {
      @workflow('push')
      class Push {
        @step('Push')
        push() {}

        @undo('Push')
        remove() {}

        @undo('Push')
        erase() {}
      }
      return Push;
    };
    expect(problemOf(define)).toMatch(
      /^@undo\('Push'\) \(steps\/undo\.test\.ts:\d+\) stands on two methods, "Push\.remove" and "Push\.erase"; a step is taken back by one\.$/,
    );
  });

  it('is refused on a step', () => {
    const define = () => {
      @workflow('push')
      class Push {
        @step('Push')
        push() {}

        @undo('Push')
        @step('Remove')
        remove() {}
      }
      return Push;
    };
    expect(problemOf(define)).toBe('The method "Push.remove" is a step and an undo; make it one of them.');
  });

  it.each([['' as never], [{} as never], [undefined as never]])('is refused without the name of a step: %j', (name) => {
    expect(problemOf(() => undo(name))).toBe("@undo() takes the name of a step of this class, such as @undo('Push to network').");
  });
});

describe('the undo of a function step', () => {
  it('shares the params of its step', () => {
    const node = step('Load', { params: { at: Date, size: optional(Number) }, undo: (size?: number) => size })((at = new Date()) => ({
      at,
    }));
    expect(node.undo?.parameters).toMatchObject([{ gets: 'value', key: 'size', whenMissing: 'undefined' }]);
  });

  it('may be tried again, by a policy of its own', () => {
    const load = retryStep('Load', { every: 1000, undo: { run: (size = 1) => size, retry: { every: '1m', maxAttempts: 5 } } })(() => {});
    expect(load.undo).toMatchObject({ parameters: [{ key: 'size' }], retry: { initial: 60_000, maxAttempts: 5 } });
    expect(load.action).toMatchObject({ retry: { initial: 1000 } });
    expect(step('Load', { undo: { run: () => {} } })(() => {}).undo).not.toHaveProperty('retry');
  });

  it.each<[string, unknown, string]>([
    [
      'an object without a function',
      { fn: () => {} },
      'undo is an object without a function "run"; write undo: fn, or undo: { run: fn, retry:',
    ],
    ['a name', 'remove', 'undo is remove; write undo: fn'],
    ['retries that can not be meant', { run: () => {}, retry: { maxAttempts: 0 } }, 'the retry of its undo has maxAttempts 0'],
  ])('is refused as %s', (_, undoing, message) => {
    const problem = problemOf(() => step('Load', { undo: undoing as never })(() => {}));
    expect(problem).toMatch(/^Step "Load" \(steps\/undo\.test\.ts:\d+\): /);
    expect(problem).toContain(message);
  });

  it('must have parameters that can be read', () => {
    expect(problemOf(() => step('Load', { undo: Math.max })(() => {}))).toMatch(/^Step "Load" \(.*\): The function "max" has no source/);
    expect(problemOf(() => step('Load', { undo: (...all: 1[]) => all })(() => {}))).toMatch(
      /^The undo of step "Load" \(.*takes all the rest/,
    );
  });
});

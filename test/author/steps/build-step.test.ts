import 'reflect-metadata';
import { optional, step, workflow, workflowOf } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import type { StepDeclaration } from '../../../src/author/method-records.js';
import { buildStep, declare, nameAndPlace } from '../../../src/author/steps/build-step.js';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import { problemOf } from '../problem-of.js';

expect.extend(matchers);

const record: StepDeclaration = { name: 'Push', kind: 'step', source: 'workflows/order.ts:41' };

describe('declare', () => {
  it('brings types and hints into the order of the parameters, of an undo too', () => {
    const push = (id: string, at: Date, more: unknown) => [id, at, more];
    const remove = (at: Date) => at;
    const declared = declare([push, remove], { at: Date, id: optional() }, 'Step "Push"');
    expect(declared.map(({ fn, types, hints }) => [fn, types, [...hints]])).toEqual([
      [push, [undefined, Date, undefined], [[0, { optional: true }]]],
      [remove, [Date], []],
    ]);
  });
});

describe('buildStep', () => {
  it('says what the step returns, where its source tells', () => {
    const returns = (fn: () => unknown) => buildStep(record, { fn, types: [], hints: new Map() }).returns;
    expect(returns(() => ({ a: 1 }))).toEqual(new Set(['a']));
    expect(returns(() => Object.create(null))).toBeUndefined();
  });

  it('says where it is written', () => {
    expect(buildStep(record, { fn: () => 1, types: [], hints: new Map() }).source).toBe('workflows/order.ts:41');
    expect(nameAndPlace(record)).toBe('"Push" (workflows/order.ts:41)');
    expect(nameAndPlace({ ...record, source: undefined })).toBe('"Push"');
  });
});

/** A decorator as other libraries have them: it puts a function around the method. */
function counted(counts: string[]) {
  return (_: object, name: string, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as (...args: unknown[]) => unknown;
    descriptor.value = function (this: unknown, ...args: unknown[]) {
      counts.push(name);
      return method.apply(this, args);
    };
  };
}

describe('a decorator that wraps the method', () => {
  it('is called where it stands above the step, and the parameters are those of the method', async () => {
    const counts: string[] = [];
    @workflow('push')
    class Push {
      @counted(counts)
      @step('Push')
      push(at = new Date(0)) {
        return { year: at.getUTCFullYear() };
      }

      @step('Mail')
      mail(year: number) {
        return { mailed: year };
      }
    }
    expect(await testWorkflow(Push).start()).toHaveCompleted({ year: 1970, mailed: 1970 });
    expect(counts).toEqual(['push']);
    expect([...stepsOf(workflowOf(Push)!.body)].map(({ node }) => node.returns)).toEqual([undefined, new Set(['mailed'])]);
  });

  it('is refused below the step, for it hides the parameters', () => {
    const define = () => {
      class Push {
        @step('Push')
        @counted([])
        push(id: string) {
          return { id };
        }
      }
      return workflow('push')(Push);
    };
    expect(problemOf(define)).toMatch(
      /parameter 1 "\.\.\.args" takes all the rest.*put a decorator that wraps the method above the step's\.$/,
    );
  });
});

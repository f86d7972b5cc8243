import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { type CallbackOptions, callbackStep, optional, refuse, type StepContext, undo, workflow, workflowOf } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import type { StepNode } from '../../../src/core/nodes/step.js';
import { problemOf } from '../problem-of.js';

class Sample {
  @IsInt() depth!: number;
}

class LabResult {
  @IsString() verdict!: string;
  @ValidateNested() @Type(() => Sample) sample!: Sample;
}

class NoRules {}

interface TestContext extends StepContext {
  readonly callbackUrl: string;
}

function callbackOf({ action }: StepNode) {
  if (action.kind !== 'callback') throw new TypeError('this awaits no call back');
  return action.callback;
}

const wait = (options: CallbackOptions = {}) => callbackStep('Wait', options)(() => {});
const check = async (validate: CallbackOptions['validate'], body: unknown) => {
  const callback = callbackOf(wait({ validate: validate as never }));
  return await callback.validate?.(body as never);
};

describe('callbackStep', () => {
  it('makes a function a step that awaits a call, and keeps what it brings', () => {
    const node = callbackStep('Wait', { timeout: '2d', resultKey: 'lab', params: { at: Date }, undo: () => {}, retry: { every: '1m' } })(
      (at: Date) => ({ ordered: at }),
    );
    expect(node.action).toMatchObject({ body: { parameters: [{ key: 'at' }] }, retry: { initial: 60_000 } });
    expect(callbackOf(node)).toEqual({ timeout: 172_800_000, resultKey: 'lab', needsUrl: false });
    expect(node.returns).toEqual(new Set(['ordered', 'lab']));
    expect(node.undo).toBeDefined();
    expect(node.source).toMatch(/^steps\/callback-step\.test\.ts:\d+$/);
  });

  it('waits without end, and keeps what comes under "result", unless it is told', () => {
    expect(callbackOf(wait())).toEqual({ resultKey: 'result', needsUrl: false });
    expect(wait().returns).toEqual(new Set(['result']));
    expect(callbackStep('Wait')(() => Object.create(null)).returns).toBeUndefined();
  });

  it('makes a method a step, which may have an undo with retries', () => {
    @workflow('lab')
    class Lab {
      @callbackStep('Wait for the lab', { resultKey: 'lab' })
      async order(ctx: TestContext) {
        return { order: await Promise.resolve(ctx.callbackUrl) };
      }

      @undo('Wait for the lab', { every: '1m' })
      cancel(@optional() lab?: object) {
        return lab;
      }
    }
    const [node] = [...stepsOf(workflowOf(Lab)!.body)].map((placed) => placed.node);
    expect(callbackOf(node!)).toEqual({ resultKey: 'lab', needsUrl: true });
    expect(node?.undo).toMatchObject({ parameters: [{ key: 'lab' }], retry: { initial: 60_000 } });
  });

  it('may not need what it brings to take it back', () => {
    const define = () => {
      @workflow('lab')
      class Lab {
        @callbackStep('Wait') order() {}
        @undo('Wait') cancel(result: object) {
          return result;
        }
      }
      return Lab;
    };
    expect(problemOf(define)).toContain('asks for state key "result", which the step itself returns');
  });

  it.each<[string, (ctx: TestContext) => unknown, boolean]>([
    ['asks for it', (ctx) => ({ url: ctx.callbackUrl }), true],
    [
      'takes it out',
      (ctx) => {
        const { callbackUrl } = ctx;
        return { callbackUrl };
      },
      true,
    ],
    ['has only a key of that name', () => ({ callbackUrl: 1 }), false],
  ])('needs a URL where its function %s', (_, fn, needsUrl) => {
    expect(callbackOf(callbackStep('Wait')(fn)).needsUrl).toBe(needsUrl);
  });

  it.each<[string, () => unknown, string]>([
    ['a timeout that is none', () => wait({ timeout: 'soon' }), 'The callback of step "Wait": the timeout is "soon"; write milliseconds'],
    [
      'a key that no step can set',
      () => wait({ resultKey: 'state' }),
      'The callback of step "Wait" has "resultKey" "state", which no state key can be',
    ],
    [
      'a class without rules',
      () => wait({ validate: NoRules as never }),
      'The callback of step "Wait": validate: Form page NoRules has no field with a class-validator decorator',
    ],
    [
      'rules that are none',
      () => wait({ validate: 'string' as never }),
      'has "validate" string; write a class with class-validator decorators, or a function',
    ],
    ['retries that can not be meant', () => wait({ retry: { maxAttempts: 0 } }), 'The retry of step "Wait" has maxAttempts 0'],
    ['a name that can not stand in a path', () => callbackStep('a/b'), 'A step "a/b" contains "/"'],
    ['nothing', () => callbackStep('Wait')(undefined as never), `wraps undefined; write callbackStep('Wait')((key) => …).`],
    ['a generator', () => callbackStep('Wait')(function* () {}), 'is a generator, whose body a step would never run'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

describe('what a call brings', () => {
  it('is what it is where nothing validates it', () => {
    expect(callbackOf(wait()).validate).toBeUndefined();
  });

  it('becomes an instance of a class that it fits', async () => {
    const kept = await check(LabResult, { verdict: 'clean', sample: { depth: 3 } });
    expect(kept).toBeInstanceOf(LabResult);
    expect(kept).toEqual({ verdict: 'clean', sample: { depth: 3 } });
  });

  it('is refused with the fields that break the rules of a class, and those it does not know', async () => {
    const refused = check(LabResult, { verdict: 'clean', verdct: 1, sample: { depth: 'deep' } });
    await expect(refused).rejects.toMatchObject({
      code: 'input_refused',
      message: expect.stringMatching(
        /^The callback of step "Wait" refused what came:\n {2}.*verdct is not a field here\. Did you mean "verdict"\?/s,
      ),
      details: {
        errors: expect.arrayContaining([expect.objectContaining({ field: 'sample.depth' }), expect.objectContaining({ field: 'verdct' })]),
      },
    });
    await expect(check(LabResult, 'clean')).rejects.toMatchObject({ code: 'input_refused' });
  });

  it.each<[string, (body: never) => unknown, unknown]>([
    ['what a function returns', (body: number) => body + 1, 2],
    ['what it resolves to', async (body: number) => body + 1, 2],
    ['itself, where it returns nothing', () => undefined, 1],
    ['itself, where it returns true', () => true, 1],
    ['nothing, where it returns null', () => null, null],
  ])('is kept as %s', async (_, validate, kept) => {
    expect(await check(validate as never, 1)).toBe(kept);
  });

  it.each<[string, () => unknown, object]>([
    [
      'throws',
      () => {
        throw new Error('too late');
      },
      { field: '', message: 'too late' },
    ],
    [
      'throws no error',
      () => {
        throw 'too late';
      },
      { field: '', message: 'too late' },
    ],
    ['rejects', () => Promise.reject(new TypeError('no verdict')), { field: '', message: 'no verdict' }],
    ['refuses a field', () => refuse('too deep', 'sample.depth'), { field: 'sample.depth', message: 'too deep' }],
    ['returns false', () => false, { field: '', message: 'it is not what was asked for' }],
  ])('is refused where a function %s', async (_, validate, error) => {
    await expect(check(validate, 1)).rejects.toMatchObject({ code: 'input_refused', details: { errors: [error] } });
  });
});

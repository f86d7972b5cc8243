import 'reflect-metadata';
import { IsBoolean } from 'class-validator';
import { ask, defineWorkflow, type FormGenerator, inputStep, list, retryStep, type StepContext, step, workflow } from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../problem-of.js';

expect.extend(matchers);

class Confirmation {
  @IsBoolean()
  approved!: boolean;
}

describe('step', () => {
  it('makes a method a step, which stays an ordinary method', async () => {
    @workflow('greet')
    class Greet {
      @step('Greet')
      greet(name = 'you') {
        return { text: `hello ${name}` };
      }
    }
    expect(new Greet().greet('me')).toEqual({ text: 'hello me' });
    expect(await testWorkflow(Greet).start()).toHaveCompleted({ text: 'hello you' });
  });

  it('makes a function a step, and leaves the function as it is', async () => {
    const greet = (name = 'you') => ({ text: `hello ${name}` });
    const node = step('Greet')(greet);
    expect(greet('me')).toEqual({ text: 'hello me' });
    expect(Object.isFrozen(node)).toBe(true);
    expect(await testWorkflow(defineWorkflow('greet', {}, node)).start()).toHaveCompleted({ text: 'hello you' });
  });

  it('takes functions of every form, and awaits those that are asynchronous', async () => {
    const arrow = step('Arrow')(async () => ({ a: await Promise.resolve(1) }));
    const asynchronous = step('Async')(async function add(a: number) {
      return { b: a + 1 };
    });
    const shorthand = step('Shorthand')({ add: (b: number) => ({ c: b + 1 }) }.add);
    expect(await testWorkflow(defineWorkflow('add', {}, list(arrow, asynchronous, shorthand))).start()).toHaveCompleted({
      a: 1,
      b: 2,
      c: 3,
    });
  });

  it('fails the process with what it throws, whatever that says of retrying, and a person can retry it', async () => {
    let attempts = 0;
    const flaky = step('Flaky')(async () => {
      attempts++;
      if (attempts === 1) throw Object.assign(new Error('the line is busy'), { retryable: true });
      return { attempts };
    });
    const run = await testWorkflow(defineWorkflow('call', {}, flaky)).start();
    expect(run.status).toBe('failed');
    expect(run.failure).toMatchObject({ code: 'step_threw', message: 'the line is busy' });
    expect(await run.retry()).toHaveCompleted({ attempts: 2 });
  });

  it.each<[string, () => unknown, string]>([
    ['a name that is empty', () => step(' '), "A step has no name; give it one, such as 'Reserve VLAN'."],
    ['a name that is missing', () => step(undefined as never), 'A step has no name'],
    ['a name with a slash', () => step('Push/pull'), 'A step "Push/pull" contains "/"; names stand in paths'],
    ['a name with a bracket', () => retryStep('Push [1]'), 'contains "["'],
    ['a name with a hash', () => inputStep('Ask #1'), 'contains "#"'],
    ['nothing', () => (step('Push') as () => unknown)(), `wraps undefined; write step('Push')((key) => …).`],
    ['a step', () => step('Push')(step('Pull')(() => {}) as never), 'wraps [object Object]'],
    ['a class', () => step('Push')(Confirmation as never), 'The function "Confirmation" is a class. Pass a function'],
    ['a built-in function', () => step('Push')(Math.max), 'The function "max" has no source to read parameter names from'],
    [
      'a generator, which asks',
      () =>
        step('Ask')(function* () {
          yield 1;
        }),
      'is a generator, whose body a step would never run; take the * away, or ask a person with inputStep().',
    ],
    ['an undo that is a generator', () => step('Push', { undo: async function* () {} })(() => {}), 'The undo of step "Push" (steps'],
    ['a bound function', () => step('Push')(((a: 1) => a).bind(null)), 'it is bound, built in, or a proxy. Pass the unbound function'],
    ['a parameter that is taken apart', () => step('Push')(({ a }: { a: 1 }) => ({ a })), 'give it one and take it apart inside'],
    ['the rest of all parameters', () => step('Push')((...all: 1[]) => ({ all })), 'name each parameter'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });

  it('says where the function step is that can not be made', () => {
    const where = /^Step "Push" \(steps\/step\.test\.ts:\d+\):? /;
    expect(problemOf(() => step('Push')(Math.max))).toMatch(where);
    expect(problemOf(() => step('Push')(5 as never))).toMatch(where);
    expect(problemOf(() => step('Push', { params: { vpn: Date } })((vnp: Date) => ({ vnp })))).toMatch(where);
  });

  it('refuses what the params of a function step can not mean', () => {
    const at = (params: object) => () => step('Load', { params: params as never })((at: Date, vpn: object) => ({ at, vpn }));
    expect(problemOf(at({ att: Date }))).toContain('params names "att", but the function has no such parameter. Did you mean "at"?');
    expect(problemOf(at({ at: undefined }))).toContain('params.at got undefined instead of a class; import it as a value');
    expect(problemOf(at({ at: 'Date' }))).toContain('params.at got Date, which is no class');
  });

  it('refuses on a method what belongs to functions', () => {
    const withParams = () => {
      class Push {
        @step('Push', { params: { at: Date } })
        push(_at: Date) {}
      }
      return Push;
    };
    const withUndo = () => {
      class Push {
        @step('Push', { undo: () => undefined })
        push() {}
      }
      return Push;
    };
    expect(problemOf(withParams)).toMatch(/^Step "Push" \(steps\/step\.test.ts:\d+\) is a method.*leave "params" out, or decorate/);
    expect(problemOf(withUndo)).toMatch(/is a method; write @undo\('Push'\) on the method that takes it back, instead of "undo"/);
  });

  it('refuses a second step on one method, and shows both', () => {
    const define = () => {
      class Push {
        @retryStep('Push again')
        @step('Push')
        push() {}
      }
      return Push;
    };
    const place = String.raw`\(steps/step\.test\.ts:\d+\)`;
    expect(problemOf(define)).toMatch(
      new RegExp(`^Step "Push again" ${place} and step "Push" ${place} stand on one method, "push"; a method is one step\\.$`),
    );
  });
});

describe('retryStep', () => {
  it('waits and tries again until it succeeds', async () => {
    const attempts: number[] = [];
    @workflow('push')
    class Push {
      @retryStep('Push', { every: '10m', maxAttempts: 3 })
      async push(ctx: StepContext) {
        attempts.push(ctx.attempt);
        if (ctx.attempt < 3) throw new Error('the line is busy');
        return { pushed: ctx.attempt };
      }
    }
    const run = await testWorkflow(Push).start();
    expect(run.status).toBe('waiting');
    expect(run.waits[0]?.reason).toBe('attempt 1 failed: the line is busy');
    await run.advance('9m');
    expect(attempts).toEqual([1]);
    await run.advance('11m');
    expect(run).toHaveCompleted({ pushed: 3 });
  });

  it('takes params and an undo beside its policy on a function', async () => {
    const push = retryStep('Push', { every: 1000, params: { at: Date }, undo: () => undefined })((at = new Date(0)) => ({
      year: at.getFullYear(),
    }));
    expect(push.undo?.parameters).toEqual([]);
    expect(await testWorkflow(defineWorkflow('push', {}, push)).start()).toHaveCompleted({ year: 1970 });
  });

  it.each<[string, Parameters<typeof retryStep>[1], string]>([
    ['two ways to wait', { every: '1m', backoff: {} }, 'has both "every" and "backoff"; write one of them.'],
    ['no attempts', { maxAttempts: 0 }, 'has maxAttempts 0; write a whole number from 1.'],
    ['part of an attempt', { maxAttempts: 1.5 }, 'has maxAttempts 1.5'],
    [
      'a time that is none',
      { every: 'soon' },
      `the first wait is "soon"; write milliseconds, or a number with ms, s, m, h or d, such as '30s'.`,
    ],
    ['a negative time', { backoff: { initial: -1 } }, 'the first wait is -1'],
    ['waits that shrink', { backoff: { factor: 0.5 } }, 'has the factor 0.5; write a number from 1.'],
    ['too much chance', { backoff: { jitter: 2 } }, 'has the jitter 2; write a number from 0 to 1.'],
    ['a deadline that is none', { deadline: '' }, 'the deadline is ""'],
  ])('refuses %s when it is defined', (_, options, message) => {
    const problem = problemOf(() => retryStep('Push', options));
    expect(problem).toMatch(/^The retry of step "Push"/);
    expect(problem).toContain(message);
  });
});

describe('inputStep', () => {
  it('asks a person, with what it is injected with, and merges the answer', async () => {
    @workflow('confirm')
    class Confirm {
      @step('Speed')
      speed() {
        return { speed: 10 };
      }

      @inputStep('Confirm', { assignee: 'NOC' })
      *confirm(speed: number): FormGenerator<object> {
        const { approved } = yield* ask(Confirmation);
        return { approved: approved && speed > 1 };
      }
    }
    const run = await testWorkflow(Confirm).start();
    expect(run.status).toBe('suspended');
    expect(run.waits).toMatchObject([{ path: 'Confirm', assignee: 'NOC' }]);
    expect(await run.submit({ approved: true })).toHaveCompleted({ approved: true });
  });

  it('asks with a generator function too', async () => {
    const confirm = inputStep('Confirm', { params: { speed: Number } })(function* (speed = 5): FormGenerator<object> {
      return { ...(yield* ask(Confirmation)), speed };
    });
    const run = await testWorkflow(defineWorkflow('confirm', {}, confirm)).start();
    expect(await run.submit({ approved: false })).toHaveCompleted({ approved: false, speed: 5 });
  });

  it.each<[string, () => unknown]>([
    ['a plain function', () => ({ approved: true })],
    ['an async function', async () => ({ approved: true })],
  ])('refuses %s, and says what to write', (_, fn) => {
    expect(problemOf(() => inputStep('Confirm')(fn as never))).toMatch(
      /^Step "Confirm" \(steps\/step\.test\.ts:\d+\): Form.* is not a generator function; write \*\w+\(\): FormGenerator<Order> \{/,
    );
  });

  it('refuses a method that is no generator', () => {
    const define = () => {
      @workflow('confirm')
      class Confirm {
        // @ts-expect-error the compiler refuses it too
        @inputStep('Confirm')
        async confirm() {}
      }
      return Confirm;
    };
    expect(problemOf(define)).toMatch(/^Step "Confirm" .*: Form confirm is not a generator function; write \*confirm\(\)/);
  });
});

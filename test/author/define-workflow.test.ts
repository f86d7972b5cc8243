import { IsInt, IsString } from 'class-validator';
import {
  ask,
  complete,
  conditional,
  defineWorkflow,
  type FormGenerator,
  list,
  optional,
  type State,
  type StepContext,
  skip,
  step,
} from 'stepwright';
import { matchers, testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { TestPort, testPort } from '../support/models.js';
import { problemOf } from './problem-of.js';

expect.extend(matchers);

class Order {
  @IsString()
  customerId!: string;

  @IsInt()
  speed!: number;
}

const nothing = step('Nothing')(() => {});

describe('defineWorkflow', () => {
  it('makes a workflow of plain functions', async () => {
    const createPort = defineWorkflow(
      'create_port',
      {
        target: 'create',
        product: TestPort,
        description: 'Hand out a port',
        *initialForm(): FormGenerator<Order> {
          return yield* ask(Order);
        },
      },
      list(
        step('Construct', { params: { port: TestPort, speed: Number }, undo: (ctx: StepContext) => ctx.idempotencyKey })(
          (port: TestPort, speed: number) => ({ port: Object.assign(port, { device: 'ams-1', speed }) }),
        ),
        conditional((state) => state.speed === 10)(
          step('Activate', { params: { port: TestPort, at: optional(Date) } })(async (port: TestPort, at = new Date(0)) => ({
            port: port.transition('active', at),
            since: at,
          })),
        ),
        step('Sum up')((state: State, ctx: StepContext) => ({ summary: `${Object.keys(state).length} keys, attempt ${ctx.attempt}` })),
      ),
    );
    expect(createPort).toMatchObject({ name: 'create_port', target: 'create', product: 'TestPort', description: 'Hand out a port' });
    expect(createPort.source).toMatch(/^author\/define-workflow\.test\.ts:\d+$/);
    expect(Object.isFrozen(createPort)).toBe(true);
    const run = await testWorkflow(createPort).start({ customerId: 'acme', speed: 10 });
    expect(run).toHaveCompleted({ since: '1970-01-01T00:00:00.000Z', summary: '5 keys, attempt 1' });
  });

  it('takes a product by its name, and a single step', async () => {
    const look = step('Look')((product: string) => ({ looked: product }));
    expect(await testWorkflow(defineWorkflow('look', { product: 'Port' }, look)).start()).toHaveCompleted({ looked: 'Port' });
  });

  it('lets steps have nothing to do, or end everything', async () => {
    const idle = step('Idle')(() => skip('nobody asked'));
    const last = step('Last')(() => complete({ ended: true }));
    const run = await testWorkflow(
      defineWorkflow(
        'short',
        {},
        list(
          idle,
          last,
          step('Never')(() => ({ never: true })),
        ),
      ),
    ).start();
    expect(run.record('Idle')?.outcome).toEqual({ kind: 'skipped', reason: 'nobody asked' });
    expect(run.state).toEqual({ ended: true });
  });

  it('calls functions without this', async () => {
    const look = step('Look')(function (this: unknown) {
      return { own: this === undefined };
    });
    expect(await testWorkflow(defineWorkflow('look', {}, look)).start()).toHaveCompleted({ own: true });
  });

  it('gives a function without params plain JSON, and tells it where that is a model', async () => {
    const flow = defineWorkflow(
      'look',
      {},
      list(
        step('Find')(() => ({ port: testPort('ams-1') })),
        step('Look')((port: TestPort) => ({ device: port.device })),
      ),
    );
    const run = await testWorkflow(flow).start();
    expect(run.failure).toMatchObject({ code: 'bad_value', retryable: false });
    expect(run.failure?.message).toMatch(
      /state key "port": it holds a TestPort, but the parameter has no type at run time; .* params of a function step/,
    );
  });
});

describe('a workflow that fails', () => {
  it('says what follows, if it is told', () => {
    expect(defineWorkflow('a', { onFailure: 'undo' }, nothing).onFailure).toBe('undo');
    expect(defineWorkflow('a', {}, nothing)).not.toHaveProperty('onFailure');
  });
});

describe('defineWorkflow refuses', () => {
  const OPTIONS = 'Known are: target, product, description, locks, onFailure, initialForm.';

  it.each<[string, () => unknown, string]>([
    ['a name that can not stand in a path', () => defineWorkflow('a/b', {}, nothing), 'A workflow "a/b" contains "/"'],
    ['no name', () => defineWorkflow('', {}, nothing), 'A workflow has no name; give it one'],
    [
      'a mistyped option',
      () => defineWorkflow('a', { descripton: '' } as never, nothing),
      `"descripton". Did you mean "description"? ${OPTIONS}`,
    ],
    [
      'a mistyped form',
      () => defineWorkflow('a', { initalForm: () => {} } as never, nothing),
      `"initalForm". Did you mean "initialForm"? ${OPTIONS}`,
    ],
    ['an option of steps', () => defineWorkflow('a', { maxAttempts: 3 } as never, nothing), `unknown option "maxAttempts". ${OPTIONS}`],
    [
      'a target that is none',
      () => defineWorkflow('a', { target: 'change' as never }, nothing),
      'has the target "change"; write one of create, modify',
    ],
    [
      'what can not follow a failure',
      () => defineWorkflow('a', { onFailure: 'retry' as never }, nothing),
      'has onFailure "retry"; write one of undo, stop.',
    ],
    [
      'a product that is no model',
      () => defineWorkflow('a', { product: Order }, nothing),
      'names the product Order, which is no domain model',
    ],
    ['a function in the place of steps', () => defineWorkflow('a', {}, (() => {}) as never), 'is no step; decorate it with'],
    ['an array in the place of steps', () => defineWorkflow('a', {}, [nothing] as never), 'write list(first, second) in its place'],
    ['no steps', () => defineWorkflow('a', {}, undefined as never), 'undefined is no step'],
    [
      'a form that is no generator',
      () => defineWorkflow('a', { initialForm: (() => ({})) as never }, nothing),
      'is not a generator function; write *',
    ],
    [
      'a form with parameters',
      () =>
        defineWorkflow(
          'a',
          {
            *initialForm(customer: string): FormGenerator<object> {
              return { ...(yield* ask(Order)), customer };
            },
          } as never,
          nothing,
        ),
      'its initial form has parameters, but there is no state yet to fill them from; take them out.',
    ],
    [
      'a form that can not be read',
      () => defineWorkflow('a', { initialForm: function* (): FormGenerator<void> {}.bind(null) as never }, nothing),
      'it is bound, built in, or a proxy. Pass the unbound function',
    ],
  ])('%s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });

  it('everything at once, and says where', () => {
    const problem = problemOf(() =>
      defineWorkflow(
        'a b',
        { target: 'x', productt: 1 } as never,
        step('Look')((a: string, b: string) => [a, b]),
      ),
    );
    expect(problem).toMatch(
      /^4 things are wrong with workflow "a b" \(author\/define-workflow\.test\.ts:\d+\):\n- Workflow "a b" \(author/,
    );
    expect(problem.split('\n- ')).toHaveLength(5);
  });
});

import 'reflect-metadata';
import { IsString } from 'class-validator';
import {
  ask,
  callbackStep,
  choose,
  conditional,
  defineWorkflow,
  type FormGenerator,
  focus,
  forEach,
  fromState,
  type GraphTask,
  graph,
  inputStep,
  list,
  listOf,
  optional,
  parallel,
  recover,
  retryStep,
  type State,
  sleep,
  startChild,
  step,
  undo,
  until,
  withLock,
  workflow,
} from 'stepwright';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/core/nodes/node.js';
import { TestPort } from '../support/models.js';
import { problemOf } from './problem-of.js';

class OrderForm {
  @IsString()
  customer!: string;
}

const flow = (...nodes: Node[]) => defineWorkflow('order', {}, list(...nodes));
const returns = (name: string, fn: () => object | undefined) => step(name)(fn);
const asks = step('Ship')((parcel: string) => ({ shipped: parcel }));
const place = String.raw`\(author/check-keys\.test\.ts:\d+\)`;

describe('a step that asks for a key which is not there', () => {
  it('is refused, and told what, where, and what to do', () => {
    expect(
      problemOf(() =>
        flow(
          returns('Pack', () => ({ parcle: 'p-1' })),
          asks,
        ),
      ),
    ).toMatch(
      new RegExp(
        `^Step "Ship" of workflow "order" ${place} asks for state key "parcel", which no earlier step returns and no form supplies\\. ` +
          'Did you mean "parcle"\\? Return it from an earlier step, mark the parameter @optional\\(\\), or name another key with @fromState\\(\\)\\.$',
      ),
    );
  });

  it('is told of all its keys, and so are the others', () => {
    const other = step('Bill')((address: string, amount: number) => ({ address, amount }));
    const problem = problemOf(() => flow(asks, other));
    expect(problem).toMatch(new RegExp(`^3 things are wrong with workflow "order" ${place}:\n- `));
    for (const key of ['parcel', 'address', 'amount']) expect(problem).toContain(`asks for state key "${key}"`);
  });

  it('is refused where only a later step returns it', () => {
    expect(
      problemOf(() =>
        flow(
          asks,
          returns('Pack', () => ({ parcel: 'p-1' })),
        ),
      ),
    ).toContain('asks for state key "parcel"');
  });

  it('is refused in methods, by the keys that they name', () => {
    const define = () => {
      @workflow('order')
      class Ship {
        @step('Pack') pack() {
          return { parcel: 'p-1' };
        }
        @retryStep('Ship') async ship(@fromState('parcels') parcel: string) {
          return { shipped: parcel };
        }
      }
      return Ship;
    };
    expect(problemOf(define)).toMatch(/Step "Ship" of workflow "order" .* asks for state key "parcels".* Did you mean "parcel"\?/);
  });

  it('is refused in a question to a person too', () => {
    const question = inputStep('Confirm')(function* (parcel: string): FormGenerator<object> {
      return { ...(yield* ask(OrderForm)), parcel };
    });
    expect(problemOf(() => flow(question))).toContain('Step "Confirm"');
  });
});

describe('a step is fine', () => {
  it.each<[string, readonly Node[]]>([
    ['where an earlier step returns the key', [returns('Pack', () => ({ parcel: 'p-1' })), asks]],
    ['where one of several returns does', [returns('Pack', () => (Math.random() > 0.5 ? { parcel: 'p-1' } : undefined)), asks]],
    ['where the step before it may have been skipped', [conditional(() => false)(returns('Pack', () => ({ parcel: 'p-1' }))), asks]],
    ['where an earlier step returns what its source does not tell', [returns('Pack', () => Object.fromEntries([['parcel', 'p-1']])), asks]],
    ['inside a focus, whose state is another', [returns('Order', () => ({ billing: {} })), focus('billing')(asks)]],
    ['after a focus on the key', [focus('parcel')(returns('Pack', () => ({ weight: 1 }))), asks]],
    ['where the key is optional', [step('Ship', { params: { parcel: optional() } })((parcel?: string) => ({ parcel }))]],
    ['where the key has a default', [step('Ship')((parcel = 'p-1') => ({ parcel }))]],
    ['where a list of it may be empty', [step('Ship', { params: { parcels: listOf(OrderForm) } })((parcels: []) => ({ parcels }))]],
    ['where a model of it may be created', [step('Ship', { params: { port: TestPort } })((port: TestPort) => ({ port }))]],
    ['where it asks for the whole state', [step('Ship')((state: State) => ({ shipped: state.parcel ?? null }))]],
  ])('%s', (_, nodes) => {
    expect(flow(...nodes).name).toBe('order');
  });

  it('where an earlier question gives what its source does not tell', () => {
    const question = inputStep('Address')(function* (): FormGenerator<OrderForm> {
      return yield* ask(OrderForm);
    });
    expect(flow(question, asks).name).toBe('order');
  });
});

describe('inside a composition', () => {
  const packs = (name = 'Pack') => step(name)(() => ({ parcel: 'p-1' }));
  const does = (name: string) => step(name)(() => {});
  const anything = () => step('Anything')(() => Object.fromEntries([]));
  const item = step('Enable')((item: string) => ({ enabled: item }));

  it.each<[string, readonly Node[]]>([
    ['what came before it', [packs(), parallel([asks, does('A')])]],
    ['what the same branch returned', [parallel({ east: list(packs(), asks), west: does('A') })]],
    ['what a branch returned, after it', [parallel([packs(), does('A')]), asks]],
    ['what one of the cases returned, after it', [choose(() => 1, [{ value: 1, node: packs() }], { otherwise: does('A') }), asks]],
    [
      'the item, and its place',
      [
        forEach(
          () => [1],
          step('Enable')((port: number, at: number) => ({ port, at })),
          { as: 'port', keyAs: 'at' },
        ),
      ],
    ],
    ['what was collected, after it', [forEach(() => [1], packs(), { collect: 'parcel' }), asks]],
    ['what may have been merged, after it', [forEach(() => [1], does('A'), { merge: () => null }), asks]],
    ['what an earlier step of the loop returned', [until(() => true, list(packs(), asks))]],
    ['what a loop returned, after it', [until(() => true, packs()), asks]],
    ['what a step under a lock returned, after it', [withLock(['a'], packs()), asks]],
    [
      'the failure, in a handler',
      [
        recover(
          does('A'),
          step('Tell')((failure: object) => ({ told: failure })),
        ),
      ],
    ],
    ['what a body returned, in its handler', [recover(packs(), asks)]],
    ['what a handler returned, after it', [recover(does('A'), packs()), asks]],
    ['what a task before it returned', [graph({ pack: packs(), ship: { run: asks, after: ['pack'] } })]],
    [
      'what a task before that returned, in any order',
      [graph({ ship: { run: asks, after: ['wrap'] }, wrap: { run: does('A'), after: ['pack'] }, pack: packs() })],
    ],
    ['what a task returned, after it', [graph({ pack: packs(), mail: does('A') }), asks]],
    ['what a task before it may have returned', [graph({ any: anything(), ship: { run: asks, after: ['any'] } })]],
    ['what a callback brought', [callbackStep('Wait', { resultKey: 'parcel' })(() => {}), asks]],
    ['what a child left', [startChild('Pack', { workflow: 'pack', resultKey: 'parcel' }), asks]],
    ['what came before a sleep', [packs(), sleep('Settle', 1), asks]],
    ['anything, in a focus inside', [does('A'), parallel([focus('billing')(forEach('items', asks))])]],
  ])('a step finds %s', (_, nodes) => {
    expect(flow(...nodes).name).toBe('order');
  });

  it.each<[string, string, readonly Node[]]>([
    ['what another branch returns', 'parallel/Ship', [parallel([packs(), asks])]],
    ['what another named branch returns', 'parallel/west/Ship', [parallel({ east: packs(), west: asks })]],
    [
      'what another case returns',
      'choose[2]/Ship',
      [
        choose(
          () => 1,
          [
            { value: 1, node: packs() },
            { value: 2, node: asks },
          ],
        ),
      ],
    ],
    ['what an item returned, after it', 'Ship', [forEach(() => [1], packs()), asks]],
    ['what is collected, inside it', 'forEach[]/Ship', [forEach(() => [1], asks, { collect: 'parcel' })]],
    ['the item, after it', 'Enable', [forEach(() => [1], does('A')), item]],
    ['the item, under another name', 'forEach[]/Enable', [forEach(() => [1], item, { as: 'port' })]],
    ['what an item may have returned, after it', 'Ship', [forEach(() => [1], anything()), asks]],
    ['what a later step of the loop returns', 'until#/Ship', [until(() => true, list(asks, packs()))]],
    [
      'the failure, in the body',
      'recover/Tell',
      [
        recover(
          step('Tell')((failure: object) => ({ told: failure })),
          does('A'),
        ),
      ],
    ],
    ['the failure, after the handler', 'Tell', [recover(does('A'), does('B')), step('Tell')((failure: object) => ({ told: failure }))]],
    ['what a handler returns, in the body', 'recover/Ship', [recover(asks, packs())]],
    [
      'what a task that is not before it returns',
      'graph/ship/Ship',
      [graph({ pack: packs(), mail: does('A'), ship: { run: asks, after: ['mail'] } })],
    ],
    ['what a task that is not before it may return', 'graph/ship/Ship', [graph({ any: anything(), ship: asks })]],
    ['what no task returns', 'graph/ship/run', [graph({ ship: (parcel: string) => ({ shipped: parcel }) })]],
    ['what is under a lock, in the step before it', 'Ship', [asks, withLock(['a'], packs())]],
    ['what nothing brings, for a callback', 'Wait', [callbackStep('Wait')((parcel: string) => ({ asked: parcel }))]],
  ])('a step does not find %s', (_, path, nodes) => {
    const problem = problemOf(() => flow(...nodes));
    expect(problem).toMatch(/^Step ".*" of workflow "order" .* asks for state key "\w+", which no earlier step returns/);
    expect(problem).toContain(`Step "${path}" of`);
  });

  it('is checked in a time that grows with its size', () => {
    const tasks = Array.from({ length: 2000 }, (_, index): [string, GraphTask] => {
      return [`t${index}`, { run: does('A'), after: index === 1999 ? [] : [`t${index + 1}`] }];
    });
    expect(flow(graph(Object.fromEntries(tasks)), ...Array.from({ length: 2000 }, (_, index) => does(`s${index}`))).name).toBe('order');
  });
});

describe('the initial form', () => {
  const customer = step('Ship')((customer: string) => ({ shipped: customer }));

  it('supplies the keys that it returns', () => {
    const initialForm = function* (): FormGenerator<object> {
      const answer = yield* ask(OrderForm);
      return { customer: answer.customer };
    };
    expect(defineWorkflow('order', { initialForm }, customer).name).toBe('order');
    expect(problemOf(() => defineWorkflow('order', { initialForm }, asks))).toContain('asks for state key "parcel"');
  });

  it('may supply anything where its source does not tell', () => {
    const initialForm = function* (): FormGenerator<object> {
      return { ...(yield* ask(OrderForm)) };
    };
    expect(defineWorkflow('order', { initialForm }, asks).name).toBe('order');
  });

  it('is not alone: a product supplies its own key', () => {
    const product = step('Look')((product: string) => ({ looked: product }));
    expect(defineWorkflow('order', { product: TestPort }, product).name).toBe('order');
    expect(problemOf(() => defineWorkflow('order', {}, product))).toContain('asks for state key "product"');
  });
});

describe('an undo', () => {
  const push = (undoing: (...args: never[]) => unknown, params = {}) =>
    flow(
      returns('Reserve', () => ({ vlan: 7 })),
      step('Push', { undo: undoing, params })((vlan: number) => ({ circuitId: vlan })),
    );

  it.each<[string, Parameters<typeof push>]>([
    ["a key that was there before the step, the step's own among them", [(vlan: number) => vlan]],
    ["the step's own key where it is optional", [(circuitId?: string) => circuitId, { circuitId: optional() }]],
    ["the step's own key with a default", [(circuitId = 'none') => circuitId]],
    ["the step's own list, which may be empty", [(circuitId: []) => circuitId, { circuitId: listOf(TestPort) }]],
    ["the step's own list of objects, which may be empty", [(circuitId: []) => circuitId, { circuitId: listOf(OrderForm) }]],
  ])('may ask for %s', (_, [undoing, params]) => {
    expect(push(undoing, params).name).toBe('order');
  });

  it('is refused where it needs what the step itself returns, for that may have failed before', () => {
    expect(problemOf(() => push((circuitId: string) => circuitId))).toMatch(
      new RegExp(
        `^The undo of step "Push" of workflow "order" ${place} asks for state key "circuitId", which the step itself returns; ` +
          'it may have failed before that, so mark the parameter @optional\\(\\)\\.$',
      ),
    );
  });

  it('is refused where it would create the model that the step itself returns', () => {
    const define = () => {
      @workflow('order', { product: TestPort })
      class Order {
        @step('Construct') construct(port: TestPort) {
          return { port };
        }
        @undo('Construct') drop(port: TestPort) {
          return port;
        }
      }
      return Order;
    };
    expect(problemOf(define)).toMatch(/The undo of step "Construct" .* asks for state key "port", which the step itself returns/);
  });

  it('is refused where nothing gives the key, and shown the nearest, which may be its own', () => {
    expect(problemOf(() => push((circutId: string) => circutId))).toMatch(
      /^The undo of step "Push" .* asks for state key "circutId", which no earlier step returns .* Did you mean "circuitId"\? .* mark the parameter @optional\(\)/,
    );
  });

  it('is not told a second time what its step is told', () => {
    const alone = step('Push', { undo: (vlan: number) => vlan })((vlan: number) => ({ vlan }));
    expect(problemOf(() => flow(alone))).toMatch(/^Step "Push" .* asks for state key "vlan"/);
  });
});

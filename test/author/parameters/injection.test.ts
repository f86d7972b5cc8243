import { defineWorkflow, list, type State, step } from 'stepwright';
import { type TestRun, testWorkflow } from 'stepwright/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { TestCircuit, TestPort, testCircuit, testPort } from '../../support/models.js';
import { forget, Order, received, stepNamed } from './injected-steps.js';

const at = new Date('2026-01-31T12:00:00.000Z');
const isPort = (device: string) => expect.objectContaining({ constructor: TestPort, device });

beforeEach(forget);

describe.each(['a method', 'a function'] as const)('a parameter of %s', (way) => {
  /** Performs one of the steps after another that has returned this. */
  async function perform(name: string, given: State): Promise<TestRun> {
    const flow = defineWorkflow(
      'order',
      {},
      list(
        step('given')(() => given),
        stepNamed(way, name),
      ),
    );
    const ports = [testPort('ams-1', { subscriptionId: 'port-1' }), testPort('fra-1', { subscriptionId: 'port-2' })];
    return testWorkflow(flow, { models: [...ports, testCircuit([], { subscriptionId: 'circuit-1' })] }).start();
  }

  it.each<[what: string, name: string, given: State, expected: readonly unknown[]]>([
    ['the key of its own name', 'text', { name: 'acme' }, ['acme']],
    ['a number as text', 'text', { name: 7 }, ['7']],
    ['the keys that it names', 'texts by other names', { name: 'a', 'first-name': 'b' }, ['a', 'b']],
    ['a number', 'number', { speed: 10 }, [10]],
    ['a number from text', 'number', { speed: '10' }, [10]],
    ['a boolean', 'boolean', { fast: false }, [false]],
    ['a boolean from text', 'boolean', { fast: 'true' }, [true]],
    ['a Date that was returned as one', 'date', { at: at.toISOString() }, [at]],
    ['a list', 'list', { names: ['a', 'b'] }, [['a', 'b']]],
    ['anything as it is', 'any', { value: { a: [null] } }, [{ a: [null] }]],
    ['null where it is plain JSON', 'any', { value: null }, [null]],
    ['the key, if it is there, and not its default', 'default', { speed: 1 }, [1]],
    ['its default', 'default', {}, [1000]],
    ['its default for null', 'default', { speed: null }, [1000]],
    ['the key where it is optional', 'optional', { at: '2026-01-31T12:00:00Z' }, [at]],
    ['undefined', 'optional', {}, [undefined]],
    ['undefined for null', 'optional', { at: null }, [undefined]],
    ['the whole state', 'state', { a: 1, b: { c: [2] } }, [{ a: 1, b: { c: [2] } }]],
    ['an instance of its class', 'order', { order: { customer: 'acme' } }, [Object.assign(new Order(), { customer: 'acme' })]],
    ['what it takes out of an instance', 'part of an order', { order: { customer: 'acme' } }, [100]],
    ['a list of instances', 'orders', { orders: [{ customer: 'a' }] }, [[Object.assign(new Order(), { customer: 'a' })]]],
    ['an empty list of instances', 'orders', {}, [[]]],
    ['an empty list of instances for null', 'orders', { orders: null }, [[]]],
    ['a model by its id', 'model', { port: 'port-1' }, [isPort('ams-1')]],
    ['a model by its reference', 'model', { port: { $model: 'TestPort', id: 'port-1' } }, [isPort('ams-1')]],
    ['a model by an object, its other fields ignored', 'model', { port: { subscriptionId: 'port-1', device: 'x' } }, [isPort('ams-1')]],
    ['a model where it is optional', 'optional model', { port: 'port-2' }, [isPort('fra-1')]],
    ['no model', 'optional model', { product: 'port', customerId: 'c' }, [undefined]],
    ['no model for null', 'optional model', { port: null }, [undefined]],
    [
      'models, each loaded, in order',
      'models',
      { ports: ['port-2', { $model: 'TestPort', id: 'port-1' }] },
      [[isPort('fra-1'), isPort('ams-1')]],
    ],
    ['no models', 'models', {}, [[]]],
    ['one of two models', 'one of two models', { end: 'port-1' }, [isPort('ams-1')]],
    ['the other of two models', 'one of two models', { end: 'circuit-1' }, [expect.objectContaining({ constructor: TestCircuit })]],
    ['none of two models', 'maybe one of two models', {}, [undefined]],
    ['its key though a minifier renamed it', 'minified', { name: 'n', at: at.toISOString(), port: 'port-1' }, ['n', at, isPort('ams-1')]],
  ])('gets %s', async (_, name, given, expected) => {
    const run = await perform(name, given);
    expect(run.failure?.message).toBeUndefined();
    expect(received).toEqual(expected);
  });

  it('gets a copy that it may change', async () => {
    await perform('list', { names: ['a'] });
    expect(() => (received![0] as string[]).push('b')).not.toThrow();
  });

  it('gets the state frozen all the way down', async () => {
    await perform('state', { a: { b: [] } });
    const [state] = received as [{ a: { b: number[] } }];
    expect(() => state.a.b.push(1)).toThrow(TypeError);
    expect(() => Object.assign(state, { c: 1 })).toThrow(TypeError);
  });

  it('gets the context under the name ctx, beside others', async () => {
    const run = await perform('context', { name: 'acme' });
    expect(received).toEqual([
      expect.objectContaining({ processId: run.id, workflow: 'order', path: 'context', attempt: 1, signal: expect.any(AbortSignal) }),
      'acme',
    ]);
  });

  it('gets a new model where none is there, for the product and customer of the state', async () => {
    const run = await perform('model', { product: 'port', customerId: 'acme' });
    expect(run.status).toBe('completed');
    expect(received).toEqual([expect.objectContaining({ constructor: TestPort, product: 'port', customerId: 'acme', version: 0 })]);
  });

  it.each<[what: string, name: string, given: State, code: string, said: readonly string[]]>([
    [
      'a missing key',
      'text',
      { nmae: 'x', b: 1 },
      'missing_key',
      [
        'state key "name", which is not there',
        'Did you mean "nmae"?',
        'the keys b, nmae',
        'Return it from an earlier step',
        '@optional()',
        '@fromState()',
      ],
    ],
    ['a missing key that it names', 'texts by other names', { name: 'a' }, 'missing_key', ['state key "first-name"']],
    ['a value of another type', 'number', { speed: 'fast' }, 'bad_value', ['state key "speed": it holds "fast", which is not a number']],
    ['a wrong value, optional or not', 'optional', { at: 'soon' }, 'bad_value', ['state key "at": it holds "soon", which is not a date']],
    ['null where it is needed', 'text', { name: null }, 'bad_value', ['it holds null, which is not a text']],
    [
      'an object that breaks rules',
      'order',
      { order: { customer: 1, speed: 5 } },
      'bad_value',
      ['"order": it holds no valid Order', 'customer: customer must be a string', 'speed: speed must be one of'],
    ],
    [
      'an item that breaks rules',
      'orders',
      { orders: [{ customer: 'a' }, {}] },
      'bad_value',
      ['"orders": [1]: it holds no valid Order: customer'],
    ],
    ['a model that is not there', 'model', { port: 'port-9' }, 'model_not_found', ['there is no TestPort with the id "port-9"']],
    ['a model of another class', 'model', { port: 'circuit-1' }, 'model_not_found', ['there is no TestPort with the id "circuit-1"']],
    ['what names no model', 'model', { port: 5 }, 'bad_value', ['it must be an id, { $model, id }, or an object with subscriptionId']],
    ['an empty id', 'model', { port: '' }, 'bad_value', ['as TestPort, but it holds ""']],
    [
      'a model to create, without customer',
      'model',
      { product: 'port' },
      'missing_key',
      ['to create a new TestPort, the state needs "customerId" as text'],
    ],
    [
      'an unusable item',
      'models',
      { ports: ['port-1', 'port-9'] },
      'model_not_found',
      ['"ports[1]": there is no TestPort with the id "port-9"'],
    ],
    ['an item that names no model', 'models', { ports: ['port-1', {}] }, 'bad_value', ['"ports[1]" as TestPort, but it holds {}']],
    ['no list of models', 'models', { ports: 'port-1' }, 'bad_value', ['as a list of TestPort, but it holds "port-1"']],
    ['none of two models', 'one of two models', { end: 'x' }, 'model_not_found', ['there is no TestPort or TestCircuit']],
    ['a missing one of two models', 'one of two models', { product: 'port', customerId: 'c' }, 'missing_key', ['state key "end"']],
    [
      'two models to create',
      'two models',
      { product: 'p', customerId: 'c' },
      'model_ambiguous',
      ['"port" and "circuit"', 'Create one in a step of its own, or mark one @optional()'],
    ],
  ])('refuses %s', async (_, name, given, code, said) => {
    const run = await perform(name, given);
    expect(run.status).toBe('failed');
    expect(run.failure).toMatchObject({ code, retryable: false });
    for (const part of said) expect(run.failure?.message).toContain(part);
    expect(run.failure?.message).toMatch(
      new RegExp(`^Step "${name}" of workflow "order" \\(parameters/injected-steps\\.ts:\\d+\\) asks for `),
    );
    expect(received).toBeUndefined();
  });
});

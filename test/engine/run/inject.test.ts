import { IsInt, IsString } from 'class-validator';
import { fromState, listOf, oneOf, optional, type StepContext, step } from 'stepwright';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.js';
import { StateLayer } from '../../../src/core/state.js';
import { inject } from '../../../src/engine/run/inject.js';
import { MemoryModelStore } from '../../../src/testing/memory-model-store.js';
import { TestCircuit, TestPort, testCircuit, testPort } from '../../support/models.js';

type Params = NonNullable<Parameters<typeof step>[1]>['params'];
type Fn = Parameters<ReturnType<typeof step>>[0];

const context = { path: 'Ship', attempt: 3 } as StepContext;
const what = 'Step "Ship" of workflow "order"';

let models: MemoryModelStore;
beforeEach(() => {
  models = new MemoryModelStore();
});

/** What the parameters of a step of this function get. */
function injected(fn: Fn, state: JsonObject, params: Params = {}): Promise<unknown[]> {
  const { action } = step('Ship', { params: params! })(fn);
  if (action.kind !== 'run') throw new Error('a step of a function runs it');
  return inject(action.body.parameters, { what, state: StateLayer.of(state), context, models });
}

class Order {
  @IsString()
  ref!: string;

  @IsInt()
  count!: number;
}

describe('a parameter without a type', () => {
  it('gets the value under its own name, which it may change without changing the state', async () => {
    const state = { list: [{ a: 1 }], text: 'x' };
    const [list, text] = await injected((list, text) => [list, text], state);
    expect([list, text]).toEqual([state.list, 'x']);
    (list as { a: number }[])[0]!.a = 2;
    (list as unknown[]).push(3);
    expect(state).toEqual({ list: [{ a: 1 }], text: 'x' });
  });

  it('gets null where null is in the state', async () => {
    expect(await injected((gone) => gone, { gone: null })).toEqual([null]);
  });

  it('that is missing is refused, with the keys that there are and the nearest of them', async () => {
    await expect(injected((parcle) => parcle, { weight: 1, parcel: 2 })).rejects.toMatchObject({
      code: 'missing_key',
      message:
        `${what} asks for state key "parcle", which is not there. Did you mean "parcel"? The state has the keys parcel, weight. ` +
        'Return it from an earlier step, mark the parameter @optional(), or name another key with @fromState().',
    });
    await expect(injected((parcel) => parcel, {})).rejects.toThrow('which is not there. The state has no keys.');
  });

  it('refuses a reference to a model, whose class was lost', async () => {
    await expect(injected((port) => port, { port: { $model: 'TestPort', id: '1' } })).rejects.toMatchObject({
      code: 'bad_value',
      message: expect.stringContaining(`${what} asks for state key "port": it holds a TestPort, but the parameter has no type`),
    });
  });
});

describe('a parameter with a default, or an optional one', () => {
  it('is left to its default when the key is missing or null', async () => {
    const fn = (speed = 1000, note?: string) => [speed, note];
    expect(await injected(fn, {}, { note: optional() })).toEqual([undefined, undefined]);
    expect(await injected(fn, { speed: null, note: null }, { note: optional() })).toEqual([undefined, undefined]);
    expect(await injected(fn, { speed: 5, note: 'n' }, { note: optional(String) })).toEqual([5, 'n']);
  });
});

describe('a parameter with a type', () => {
  it.each([
    [Date, '2026-01-31', new Date('2026-01-31')],
    [Number, '12', 12],
    [String, 12, '12'],
    [Boolean, 'true', true],
    [Array, [1], [1]],
  ])('%o gets %j converted', async (type, value, expected) => {
    expect(await injected((it) => it, { it: value }, { it: type })).toEqual([expected]);
  });

  it('refuses what can not be converted, naming step, key and value', async () => {
    await expect(injected((at) => at, { at: 'soon' }, { at: Date })).rejects.toMatchObject({
      code: 'bad_value',
      message: expect.stringMatching(/^Step "Ship" of workflow "order" asks for state key "at": it holds "soon", which is not a date/),
    });
  });

  it('gets a validated instance of a class, or a refusal with each broken rule', async () => {
    const [order] = await injected((order) => order, { order: { ref: 'o-1', count: 2 } }, { order: Order });
    expect(order).toBeInstanceOf(Order);
    expect(order).toEqual({ ref: 'o-1', count: 2 });
    await expect(injected((order) => order, { order: { ref: 1 } }, { order: Order })).rejects.toMatchObject({ code: 'bad_value' });
    const two = await injected((orders) => orders, { orders: [{ ref: 'o-1', count: 2 }] }, { orders: listOf(Order) });
    expect(two).toEqual([[{ ref: 'o-1', count: 2 }]]);
    expect(await injected((orders) => orders, {}, { orders: listOf(Order) })).toEqual([[]]);
  });

  it('of another name gets the key that it says', async () => {
    expect(await injected((it) => it, { other: '5' }, { it: fromState('other', Number) })).toEqual([5]);
  });
});

describe('the parameters state and ctx', () => {
  it('get the whole state, frozen all the way down, and the context', async () => {
    const [state, ctx] = await injected((state, ctx) => [state, ctx], { deep: { list: [1] } });
    expect(ctx).toBe(context);
    expect(state).toEqual({ deep: { list: [1] } });
    expect(() => Object.assign(state as object, { more: 1 })).toThrow(TypeError);
    expect(() => (state as { deep: { list: number[] } }).deep.list.push(2)).toThrow(TypeError);
  });
});

describe('a parameter that is a model', () => {
  const port = () => testPort('ams-1', { subscriptionId: 'p-1' });

  it.each([
    ['an id', 'p-1'],
    ['a reference', { $model: 'TestPort', id: 'p-1' }],
    ['a reference of an older class name', { $model: 'Port', id: 'p-1' }],
    ['an object with subscriptionId, whose other fields do not count', { subscriptionId: 'p-1', device: 'wrong' }],
  ])('is loaded by %s', async (_what, value) => {
    await models.put(port());
    const [loaded] = await injected((port) => port, { port: value }, { port: TestPort });
    expect(loaded).toBeInstanceOf(TestPort);
    expect(loaded).toMatchObject({ subscriptionId: 'p-1', device: 'ams-1', version: 1 });
  });

  it.each([[5], [''], [{}], [{ id: 'p-1' }], [{ $model: 'TestPort' }], [{ subscriptionId: 7 }], [['p-1']], [true]])(
    'refuses %j, which names none',
    async (value) => {
      await expect(injected((port) => port, { port: value }, { port: TestPort })).rejects.toMatchObject({
        code: 'bad_value',
        message: `${what} asks for state key "port" as TestPort, but it holds ${JSON.stringify(value)}; it must be an id, { $model, id }, or an object with subscriptionId.`,
      });
    },
  );

  it('shortens a long value in its refusal', async () => {
    const refused = injected((port) => port, { port: { text: 'x'.repeat(500) } }, { port: TestPort });
    await expect(refused).rejects.toThrow(/^.{0,300}$/);
    await expect(refused).rejects.toThrow('xxx...;');
  });

  it('refuses an id that is not there, or of another class, naming step and id', async () => {
    await models.put(testCircuit([], { subscriptionId: 'c-1' }));
    for (const id of ['p-9', 'c-1'])
      await expect(injected((port) => port, { port: id }, { port: TestPort })).rejects.toMatchObject({
        code: 'model_not_found',
        message: `${what} asks for state key "port": there is no TestPort with the id "${id}".`,
      });
  });

  it('is made when the key is missing or null, for the product and the customer', async () => {
    for (const state of [{}, { port: null }]) {
      const [made] = await injected((port) => port, { ...state, product: 'port', customerId: 'acme' }, { port: TestPort });
      expect(made).toBeInstanceOf(TestPort);
      expect(made).toMatchObject({ product: 'port', customerId: 'acme', version: 0, status: 'initial' });
    }
  });

  it.each([
    [{}, '"product" and "customerId" as text. The state has no keys.'],
    [{ product: 'port' }, '"customerId" as text. The state has the keys product.'],
    [{ product: 'port', customerId: 7 }, '"customerId" as text. The state has the keys customerId, product.'],
  ])('is not made of the state %j, which lacks something', async (state, lacks) => {
    await expect(injected((port) => port, state, { port: TestPort })).rejects.toMatchObject({
      code: 'missing_key',
      message: `${what} asks for state key "port", which is not there; to create a new TestPort, the state needs ${lacks}`,
    });
  });

  it.each([[{}], [{ port: null }], [{ port: null, circuit: null }]])(
    'is not made beside another one that is to be made, from the state %j',
    async (state) => {
      const both = injected(
        (port, circuit) => [port, circuit],
        { ...state, product: 'port', customerId: 'acme' },
        { port: TestPort, circuit: TestCircuit },
      );
      await expect(both).rejects.toMatchObject({
        code: 'model_ambiguous',
        message: expect.stringContaining('asks for "port" and "circuit", which are both not in the state'),
      });
    },
  );

  it('is undefined when it is optional and missing, and loaded when it is there', async () => {
    await models.put(port());
    expect(await injected((port) => port, {}, { port: optional(TestPort) })).toEqual([undefined]);
    expect(await injected((port) => port, { port: null }, { port: optional(TestPort) })).toEqual([undefined]);
    expect(await injected((port) => port, { port: 'p-1' }, { port: optional(TestPort) })).toMatchObject([{ subscriptionId: 'p-1' }]);
    await expect(injected((port) => port, { port: 'p-9' }, { port: optional(TestPort) })).rejects.toMatchObject({
      code: 'model_not_found',
    });
  });

  it('of several classes is one of them, and never made', async () => {
    await models.put(port(), testCircuit([], { subscriptionId: 'c-1' }));
    const either = (id: string) =>
      injected((it) => it, { it: id, product: 'port', customerId: 'acme' }, { it: oneOf(TestPort, TestCircuit) });
    expect((await either('p-1'))[0]).toBeInstanceOf(TestPort);
    expect((await either('c-1'))[0]).toBeInstanceOf(TestCircuit);
    await expect(either('x-1')).rejects.toThrow('there is no TestPort or TestCircuit with the id "x-1"');
    const missing = injected((it) => it, { product: 'port', customerId: 'acme' }, { it: oneOf(TestPort, TestCircuit) });
    await expect(missing).rejects.toMatchObject({ code: 'missing_key' });
  });
});

describe('a parameter that is a list of models', () => {
  const listed = (state: JsonObject) => injected((ports) => ports, state, { ports: listOf(TestPort) });

  it('has each of them, in order, named in any way, and once more where an id comes again', async () => {
    await models.put(...['a', 'b'].map((device) => testPort(device, { subscriptionId: device })));
    const [ports] = await listed({ ports: [{ subscriptionId: 'b' }, 'a', { $model: 'TestPort', id: 'b' }] });
    expect((ports as TestPort[]).map(({ device }) => device)).toEqual(['b', 'a', 'b']);
    expect(await listed({})).toEqual([[]]);
    expect(await listed({ ports: null })).toEqual([[]]);
    expect(await listed({ ports: [] })).toEqual([[]]);
  });

  it('is left to its default when the key is missing or null', async () => {
    const some = (state: JsonObject) => injected((ports = null) => ports, state, { ports: listOf(TestPort) });
    expect(await some({})).toEqual([undefined]);
    expect(await some({ ports: null })).toEqual([undefined]);
    expect(await some({ ports: [] })).toEqual([[]]);
  });

  it('has the same instance as every other parameter that names the model', async () => {
    await models.put(...['a', 'b'].map((device) => testPort(device, { subscriptionId: device })));
    const [ports, port, end, other] = (await injected(
      (ports, port, end, other) => [ports, port, end, other],
      { ports: ['a', 'b', 'a'], port: 'b', end: 'b', other: 'a' },
      { ports: listOf(TestPort), port: TestPort, end: oneOf(TestCircuit, TestPort), other: optional(TestPort) },
    )) as [TestPort[], TestPort, TestPort, TestPort];
    expect(ports[0]).toBe(ports[2]);
    expect([port, end, other]).toEqual([ports[1], ports[1], ports[0]]);
    expect([port === ports[1], end === ports[1], other === ports[0]]).toEqual([true, true, true]);
  });

  it('does not take a model of another class for one of its own', async () => {
    await models.put(testPort('a', { subscriptionId: 'a' }));
    const both = injected((port, circuit) => [port, circuit], { port: 'a', circuit: 'a' }, { port: TestPort, circuit: TestCircuit });
    await expect(both).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('names the item that can not be used', async () => {
    await models.put(testPort('a', { subscriptionId: 'a' }));
    await expect(listed({ ports: ['a', 'z'] })).rejects.toThrow(
      `${what} asks for state key "ports[1]": there is no TestPort with the id "z".`,
    );
    await expect(listed({ ports: ['a', 7] })).rejects.toThrow('state key "ports[1]" as TestPort, but it holds 7;');
    await expect(listed({ ports: 'a' })).rejects.toThrow('state key "ports" as a list of TestPort, but it holds "a".');
  });
});

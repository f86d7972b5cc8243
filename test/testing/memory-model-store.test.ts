import { describe, expect, it } from 'vitest';
import { SubscriptionModel } from '../../src/author/models/subscription-model.js';
import { MemoryModelStore } from '../../src/testing/memory-model-store.js';
import { MemoryProcessStore } from '../../src/testing/memory-process-store.js';
import { MemoryTransaction } from '../../src/testing/memory-transaction.js';
import { TestCircuit, testCircuit, testEndpoint, testPort } from '../support/models.js';
import { commit, creating } from '../support/process-writes.js';

/** A model with what is no column. */
class Meter extends SubscriptionModel {
  #unit = 'W';
  readonly id = () => this.subscriptionId;
  readings: unknown = undefined;
  power(): string {
    return `5${this.#unit}`;
  }
}

const meter = (readings?: unknown) => Object.assign(new Meter(), { product: 'meter', customerId: 'c-1', readings });

async function roundTrip<T extends SubscriptionModel>(model: T): Promise<T> {
  const store = new MemoryModelStore();
  await store.put(model);
  const [loaded] = await store.load([model.constructor as new () => T], [model.subscriptionId]);
  return loaded as T;
}

describe('MemoryModelStore', () => {
  it('puts models there at once', async () => {
    const store = new MemoryModelStore();
    const [port, circuit] = [testPort('ams-1'), testCircuit()];
    await store.put(port, circuit);
    expect(await store.load([TestCircuit], [circuit.subscriptionId, port.subscriptionId])).toMatchObject([{ version: 1 }, undefined]);
  });

  it('gives what stood in two places of a tree as one object again', async () => {
    const port = testPort('ams-1');
    const circuit = testCircuit([testEndpoint(port), testEndpoint(port)], { labels: { at: port.customerId } });
    for (const endpoint of circuit.endpoints) endpoint.circuit = circuit;
    const shared = [1];
    circuit.labels = { a: shared, b: shared };
    const store = new MemoryModelStore();
    await store.put(port, circuit);
    const [first, again] = (await store.load([TestCircuit], [circuit.subscriptionId, circuit.subscriptionId])) as TestCircuit[];
    expect(first!.endpoints.map((endpoint) => endpoint.circuit)).toEqual([first, first]);
    expect(first!.endpoints[0]!.port).toBe(first!.endpoints[1]!.port);
    expect(first!.labels?.a).toBe(first!.labels?.b);
    expect(again).toBe(first);
  });

  it('follows references that lead back', async () => {
    const [one, two] = [testCircuit(), testCircuit()];
    one.backup = two;
    two.backup = one;
    const store = new MemoryModelStore();
    await store.put(one, two);
    const [loaded] = (await store.load([TestCircuit], [one.subscriptionId])) as TestCircuit[];
    expect(loaded?.backup?.backup).toBe(loaded);
  });

  it('makes models by their constructor, so that what is no field of theirs works', async () => {
    const loaded = await roundTrip(meter());
    expect(loaded.power()).toBe('5W');
    loaded.subscriptionId = 'another';
    expect(loaded.id()).toBe('another');
  });

  it.each<[string, unknown]>([
    ['a date', new Date(5)],
    ['bytes', Buffer.from([0, 255, 7])],
    ['a map', new Map([['a', { b: new Set([1]) }]])],
    ['a bigint', 2n ** 70n],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['undefined in a list', [undefined, null, -0]],
  ])('keeps %s', async (_, value) => {
    const { readings } = await roundTrip(meter(value));
    expect(readings).toStrictEqual(value);
    if (typeof value === 'object') expect(readings).not.toBe(value);
  });

  it('keeps instances of classes whose constructors want arguments', async () => {
    class Money {
      constructor(readonly amount: number) {
        if (amount === undefined) throw new Error('an amount is needed');
      }
    }
    const { readings } = await roundTrip(meter(new Money(5)));
    expect(readings).toBeInstanceOf(Money);
    expect(readings).toEqual({ amount: 5 });
  });

  it('leaves the version of a model as it was when it was not stored', async () => {
    const [store, models] = [new MemoryProcessStore(), new MemoryModelStore()];
    const port = testPort('ams-1');
    const joined = async (transaction: unknown) => {
      for (let times = 0; times < 2; times++) await models.save([port])(transaction);
      throw new Error('no');
    };
    await commit(store, creating('p-1', {}, { joined }));
    expect(port.version).toBe(0);
    expect(await commit(store, creating('p-1', {}, { joined: models.save([port]) }))).toEqual({ stored: true });
    expect(port.version).toBe(1);
  });

  it('refuses what is no domain model, and a transaction that is not of a MemoryProcessStore', async () => {
    const store = new MemoryModelStore();
    await expect(store.put(new Date())).rejects.toMatchObject({ code: 'definition', message: expect.stringContaining('Date') });
    await expect(store.save([testPort('ams-1')])({})).rejects.toMatchObject({ code: 'definition' });
    expect(() => store.create(Date, 'product', 'customer')).toThrow(expect.objectContaining({ code: 'definition' }));
  });

  it('says what refers to something that was never stored', async () => {
    const port = testPort('ams-1');
    await expect(new MemoryModelStore().put(testCircuit([testEndpoint(port)]))).rejects.toMatchObject({
      code: 'store_refused',
      message: expect.stringContaining(`TestPort ${port.subscriptionId}`),
    });
  });
});

describe('MemoryTransaction', () => {
  it('refuses what joins it after it has ended', async () => {
    const port = testPort('ams-1');
    for (const end of ['store', 'undo'] as const) {
      const transaction = new MemoryTransaction();
      transaction[end]();
      await expect(new MemoryModelStore().save([port])(transaction)).rejects.toMatchObject({ code: 'definition' });
      expect(port.version).toBe(0);
    }
  });
});

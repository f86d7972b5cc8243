import { describe, expect, it } from 'vitest';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { loadCircuit, plainCircuit, save, storedPort } from '../../support/saved-models.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function loadContract(open: OpenStore): void {
  describe('a model', () => {
    const stores = eachOpen(open);

    it.each<[string, Partial<TestPort>]>([
      ['as it is made', {}],
      ['with everything set', { status: 'active', insync: true, description: 'to Zürich', note: 'ok', speed: -1, startDate: new Date(0) }],
      ['with values that are falsy', { description: '', note: '', device: '', speed: 0, insync: false }],
      ['with texts of every script', { description: '上海 🚀 e\u0301 \u202e', note: `' " \\ %_ $1 ? :x ;--\n\t`, device: 'null' }],
      ['with long texts', { description: 'ä🚀 '.repeat(50_000) }],
    ])('comes back %s', async (_, fields) => {
      const { models } = stores();
      const port = testPort('ams-1', fields);
      const before = { ...port };
      await save(stores(), port);
      const loaded = await storedPort(models, port.subscriptionId);
      expect(loaded).toBeInstanceOf(TestPort);
      expect({ ...loaded }).toStrictEqual({ ...before, version: 1 });
    });

    it.each([
      '2026-03-29T01:30:00.001Z',
      '2026-10-25T00:30:00.999Z',
      '2024-02-29T23:59:59.999Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '1800-06-15T12:00:00.500Z',
      '0001-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
      '+010000-01-01T00:00:00.000Z',
    ])('keeps the moment %s to the millisecond', async (text) => {
      const date = new Date(text);
      const port = testPort('ams-1', { startDate: date, endDate: date, checkedAt: date });
      await save(stores(), port);
      const loaded = await storedPort(stores().models, port.subscriptionId);
      for (const value of [loaded?.startDate, loaded?.endDate, loaded?.checkedAt]) {
        expect(value).toBeInstanceOf(Date);
        expect(value?.toISOString()).toBe(text);
      }
    });

    it.each<TestCircuit['labels']>([null, {}, { a: 1, b: [null, false, '', 0, 0.1], 'ü 🚀': { c: '\u0000 \ud800' } }])(
      'keeps the JSON %j',
      async (labels) => {
        const circuit = testCircuit([], { labels });
        await save(stores(), circuit);
        expect((await loadCircuit(stores().models, circuit.subscriptionId)).labels).toStrictEqual(labels);
      },
    );

    it('comes back with its blocks, and theirs, in their order', async () => {
      const [east, west] = [testPort('ams-1'), testPort('lon-1')];
      const circuit = testCircuit([
        testEndpoint(west, { vlan: 300, tagged: true, remark: 'Zürich 🚀', since: new Date('2026-01-01T00:00:00.007Z') }, [
          '10.0.0.0/30',
          '10.0.0.4/30',
        ]),
        testEndpoint(east, { vlan: 0, tagged: false, remark: '' }, []),
        testEndpoint(west, { vlan: 200, remark: null }, ['z', 'a', 'm']),
      ]);
      const before = plainCircuit(circuit);
      await save(stores(), east, west, circuit);
      const loaded = await loadCircuit(stores().models, circuit.subscriptionId);
      expect(plainCircuit(loaded)).toEqual({ ...before, version: 1 });
      expect(loaded.endpoints.map((endpoint) => endpoint.constructor)).toEqual(circuit.endpoints.map((endpoint) => endpoint.constructor));
      expect(loaded.endpoints.flatMap((endpoint) => endpoint.addresses.map((address) => address.prefix))).toEqual([
        '10.0.0.0/30',
        '10.0.0.4/30',
        'z',
        'a',
        'm',
      ]);
    });

    it('without blocks has an empty list of them', async () => {
      const circuit = testCircuit([]);
      await save(stores(), circuit);
      expect((await loadCircuit(stores().models, circuit.subscriptionId)).endpoints).toEqual([]);
    });

    it('that is loaded or was saved can be changed without changing what is stored', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port, { vlan: 1 }, ['a'])], { labels: { list: [1] } });
      await save(stores(), port, circuit);
      const stored = plainCircuit(await loadCircuit(models, circuit.subscriptionId));
      for (const one of [circuit, await loadCircuit(models, circuit.subscriptionId)]) {
        one.speed = 5;
        one.endpoints[0]!.vlan = 99;
        one.endpoints[0]!.addresses.pop();
        (one.labels as { list: number[] }).list.push(2);
        one.endpoints.pop();
      }
      expect(plainCircuit(await loadCircuit(models, circuit.subscriptionId))).toEqual(stored);
    });
  });

  describe('loading', () => {
    const stores = eachOpen(open);

    it('gives models in the order of the ids, undefined where there is none, duplicates included', async () => {
      const ports = ['a', 'b', 'c'].map((device) => testPort(device));
      await save(stores(), ...ports);
      const [a, b, c] = ports.map((port) => port.subscriptionId);
      const loaded = await stores().models.load([TestPort], [c!, 'nothing', a!, c!, globalThis.crypto.randomUUID(), b!, a!]);
      expect(loaded.map((port) => (port as TestPort | undefined)?.device)).toEqual(['c', undefined, 'a', 'c', undefined, 'b', 'a']);
    });

    it('gives only models of the classes that it is told', async () => {
      const { models } = stores();
      const [port, circuit] = [testPort('ams-1'), testCircuit()];
      await save(stores(), port, circuit);
      const ids = [port.subscriptionId, circuit.subscriptionId];
      const load = async (classes: Parameters<typeof models.load>[0]) =>
        (await models.load(classes, ids)).map((model) => model?.constructor.name);
      expect(await load([TestPort])).toEqual(['TestPort', undefined]);
      expect(await load([TestCircuit])).toEqual([undefined, 'TestCircuit']);
      expect(await load([TestPort, TestCircuit])).toEqual(['TestPort', 'TestCircuit']);
      expect(await load([TestCircuit, TestPort])).toEqual(['TestPort', 'TestCircuit']);
      expect(await load([])).toEqual([undefined, undefined]);
    });

    it('of no ids gives nothing', async () => {
      expect(await stores().models.load([TestPort], [])).toEqual([]);
    });

    it.each(['', ' ', 'not-a-uuid', `' OR '1'='1`, '%', '🚀', 'x'.repeat(5000)])('of an id such as %j gives undefined', async (id) => {
      await save(stores(), testPort('ams-1'));
      expect(await stores().models.load([TestPort, TestCircuit], [id])).toEqual([undefined]);
    });
  });

  describe('a model that is created', () => {
    const stores = eachOpen(open);

    it('is a new one of its class for the customer, and not stored', async () => {
      const { models } = stores();
      const [port, another] = [1, 2].map(() => models.create(TestPort, 'Port 10G', 'customer-7') as TestPort);
      expect(port).toBeInstanceOf(TestPort);
      expect(port).toMatchObject({ product: 'Port 10G', customerId: 'customer-7', status: 'initial', insync: false, version: 0 });
      expect(port!.subscriptionId).not.toBe(another!.subscriptionId);
      expect(await storedPort(models, port!.subscriptionId)).toBeUndefined();
    });

    it('can be saved', async () => {
      const { models } = stores();
      const port = models.create(TestPort, 'Port 10G', 'customer-7') as TestPort;
      await save(stores(), port);
      expect(await storedPort(models, port.subscriptionId)).toMatchObject({ product: 'Port 10G', customerId: 'customer-7', version: 1 });
    });
  });

  describe('the reference to a value', () => {
    const stores = eachOpen(open);

    it('names the class and the id of a model, new or loaded', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const reference = { $model: 'TestPort', id: port.subscriptionId };
      expect(models.reference(port)).toStrictEqual(reference);
      await save(stores(), port);
      expect(models.reference((await storedPort(models, port.subscriptionId))!)).toStrictEqual(reference);
    });

    it.each<[string, object]>([
      ['a block', testEndpoint(testPort('ams-1'))],
      ['an object with a subscriptionId', { subscriptionId: 'x', version: 1 }],
      ['an object without a prototype', Object.create(null)],
      ['a list of models', [testPort('ams-1')]],
      ['a date', new Date(0)],
    ])('is undefined for %s', (_, value) => {
      expect(stores().models.reference(value)).toBeUndefined();
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { ProcessWrite } from '../../../src/ports/process-store.js';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { commit, create, creating, NOW, STORED, stepRecord } from '../../support/process-writes.js';
import { loadCircuit, save, storedPort } from '../../support/saved-models.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function atomicContract(open: OpenStore): void {
  describe('models and the process write that they join', () => {
    const stores = eachOpen(open);

    it('are stored together', async () => {
      const { store, models } = stores();
      const port = testPort('ams-1');
      await create(store, 'p-1');
      const write = {
        process: 'p-1',
        expect: { epoch: 0 },
        change: { updatedAt: NOW, revision: 1 },
        records: [stepRecord('Step')],
        joined: models.save([port]),
      };
      expect(await commit(store, write)).toEqual(STORED);
      expect(await storedPort(models, port.subscriptionId)).toMatchObject({ version: 1 });
      expect(await store.process('p-1')).toMatchObject({ revision: 1 });
      expect(await store.records('p-1')).toEqual([stepRecord('Step')]);
    });

    it.each<[string, Partial<ProcessWrite>]>([
      ['expects another epoch', { expect: { epoch: 1 }, change: { updatedAt: NOW } }],
      ['expects another revision', { expect: { revision: 1 } }],
      ['is of a process that is not there', { process: 'p-9', change: { updatedAt: NOW } }],
      ['creates a process that is there', { create: { ...creating('p-1').create! } }],
      ['creates a process whose key is there', { process: 'p-2', create: { ...creating('p-2').create!, idempotencyKey: 'key' } }],
    ])('are not stored where the write %s', async (_, parts) => {
      const { store, models } = stores();
      const [known, added] = [testPort('ams-1'), testPort('lon-1')];
      await save(stores(), known);
      await commit(store, creating('p-1', { idempotencyKey: 'key' }));
      known.device = 'changed';
      expect((await commit(store, { process: 'p-1', ...parts, joined: models.save([known, added]) })).stored).toBe(false);
      expect(await storedPort(models, known.subscriptionId)).toMatchObject({ device: 'ams-1', version: 1 });
      expect(await storedPort(models, added.subscriptionId)).toBeUndefined();
    });

    it('are not stored where a model is refused', async () => {
      const { store, models } = stores();
      const port = testPort('ams-1');
      await create(store, 'p-1');
      const joined = models.save([port, testPort('lon-1', { speed: 0.5 })]);
      expect(
        await commit(store, { process: 'p-1', change: { updatedAt: NOW, revision: 1 }, records: [stepRecord('Step')], joined }),
      ).toMatchObject({
        stored: false,
        why: 'refused',
      });
      expect(await store.process('p-1')).toMatchObject({ revision: 0 });
      expect(await store.records('p-1')).toEqual([]);
      expect(await storedPort(models, port.subscriptionId)).toBeUndefined();
    });

    it('are not stored where something else that joined it fails after them', async () => {
      const { store, models } = stores();
      const failure = new Error('no');
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port)]);
      const joined = async (transaction: unknown) => {
        await models.save([port])(transaction);
        await models.save([circuit])(transaction);
        throw failure;
      };
      expect(await commit(store, creating('p-1', {}, { joined }))).toStrictEqual({ stored: false, why: 'refused', error: failure });
      expect(await models.load([TestPort, TestCircuit], [port.subscriptionId, circuit.subscriptionId])).toEqual([undefined, undefined]);
      expect(await store.process('p-1')).toBeUndefined();
    });

    it('can be several saves, of which the later ones find what the earlier ones saved', async () => {
      const { store, models } = stores();
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port)]);
      const joined = async (transaction: unknown) => {
        await models.save([port])(transaction);
        await models.save([circuit])(transaction);
      };
      expect(await commit(store, creating('p-1', {}, { joined }))).toEqual(STORED);
      expect(await loadCircuit(models, circuit.subscriptionId)).toMatchObject({ endpoints: [{ port: { device: 'ams-1' } }] });
    });

    it('are found by the later writes of their batch, unless they were refused', async () => {
      const { store, models } = stores();
      const [port, lost] = [testPort('ams-1'), testPort('lon-1')];
      const circuits = [testCircuit([testEndpoint(port)]), testCircuit([testEndpoint(lost)])];
      const results = await store.commit([
        creating('p-1', {}, { joined: models.save([port]) }),
        creating('p-2', {}, { joined: models.save([lost, testPort('', { speed: 0.5 })]) }),
        creating('p-3', {}, { joined: models.save([circuits[0]!]) }),
        creating('p-4', {}, { joined: models.save([circuits[1]!]) }),
        creating('p-5', {}, { records: [stepRecord('Step')] }),
      ]);
      expect(results.map((result) => result.stored)).toEqual([true, false, true, false, true]);
      expect(
        (
          await models.load(
            [TestCircuit],
            circuits.map((circuit) => circuit.subscriptionId),
          )
        ).map((circuit) => circuit !== undefined),
      ).toEqual([true, false]);
      expect(await store.records('p-5')).toHaveLength(1);
    });

    it('of many processes at once are stored each for itself', async () => {
      const { store, models } = stores();
      const ports = Array.from({ length: 30 }, (_, index) => testPort(`port-${index}`, { speed: index % 3 === 0 ? 0.5 : index }));
      const results = await store.commit(ports.map((port, index) => creating(`p-${index}`, {}, { joined: models.save([port]) })));
      const stored = await models.load(
        [TestPort],
        ports.map((port) => port.subscriptionId),
      );
      const processes = await Promise.all(ports.map((_, index) => store.process(`p-${index}`)));
      const expected = ports.map((_, index) => index % 3 !== 0);
      for (const each of [results.map((result) => result.stored), stored.map(Boolean), processes.map(Boolean)])
        expect(each).toEqual(expected);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { loadCircuit, save, storedPort, trySave } from '../../support/saved-models.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function referenceContract(open: OpenStore): void {
  describe('a subscription inside another', () => {
    const stores = eachOpen(open);

    it('comes back as it is stored itself', async () => {
      const { models } = stores();
      const port = testPort('ams-1', { startDate: new Date(5) });
      const backup = testCircuit([], { speed: 10 });
      const circuit = testCircuit([testEndpoint(port)], { backup });
      await save(stores(), port, backup, circuit);
      await save(stores(), Object.assign((await storedPort(models, port.subscriptionId))!, { device: 'lon-1' }));
      const loaded = await loadCircuit(models, circuit.subscriptionId);
      const [nested] = loaded.endpoints.map((endpoint) => endpoint.port);
      expect(nested).toBeInstanceOf(TestPort);
      expect(nested).toMatchObject({ subscriptionId: port.subscriptionId, device: 'lon-1', startDate: new Date(5), version: 2 });
      expect(loaded.backup).toBeInstanceOf(TestCircuit);
      expect(loaded.backup).toMatchObject({ subscriptionId: backup.subscriptionId, speed: 10 });
    });

    it('is not saved with it', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const backup = testCircuit();
      const circuit = testCircuit([testEndpoint(port)], { backup });
      await save(stores(), port, backup, circuit);
      const loaded = await loadCircuit(models, circuit.subscriptionId);
      loaded.endpoints[0]!.port.device = 'changed';
      loaded.backup!.speed = 1;
      await save(stores(), loaded);
      expect(await storedPort(models, port.subscriptionId)).toMatchObject({ device: 'ams-1', version: 1 });
      expect(await loadCircuit(models, backup.subscriptionId)).toMatchObject({ speed: 1000, version: 1 });
      expect(await loadCircuit(models, circuit.subscriptionId)).toMatchObject({ version: 2 });
    });

    it('hinders its save neither by being stale nor by breaking rules of its own', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port)]);
      await save(stores(), port, circuit);
      const loaded = await loadCircuit(models, circuit.subscriptionId);
      await save(stores(), (await storedPort(models, port.subscriptionId))!);
      loaded.endpoints[0]!.port.speed = 0.5;
      await save(stores(), loaded);
      expect(await storedPort(models, port.subscriptionId)).toMatchObject({ speed: 10_000, version: 2 });
    });

    it('is saved where it is given itself', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port)]);
      await save(stores(), port, circuit);
      const loaded = await loadCircuit(models, circuit.subscriptionId);
      const nested = loaded.endpoints[0]!.port;
      nested.device = 'changed';
      await save(stores(), loaded, nested);
      expect(await storedPort(models, port.subscriptionId)).toMatchObject({ device: 'changed', version: 2 });
    });

    it.each<[string, (models: readonly object[]) => readonly object[]]>([
      ['first', (models) => models],
      ['last', (models) => models.toReversed()],
    ])('can be new as well, when it is given %s', async (_, order) => {
      const port = testPort('ams-1');
      const backup = testCircuit([testEndpoint(port)]);
      const circuit = testCircuit([testEndpoint(port)], { backup });
      await save(stores(), ...order([port, backup, circuit]));
      expect(await loadCircuit(stores().models, circuit.subscriptionId)).toMatchObject({
        backup: { subscriptionId: backup.subscriptionId },
        endpoints: [{ port: { subscriptionId: port.subscriptionId } }],
      });
    });

    it('that was never stored is refused, and so is what refers to it', async () => {
      const circuit = testCircuit([testEndpoint(testPort('ams-1'))]);
      expect(await trySave(stores(), circuit)).toMatchObject({ stored: false, why: 'refused', error: expect.any(Error) });
      expect(await stores().models.load([TestCircuit], [circuit.subscriptionId])).toEqual([undefined]);
    });

    it('can be exchanged for another, or for none', async () => {
      const { models } = stores();
      const [east, west] = [testPort('ams-1'), testPort('lon-1')];
      const backup = testCircuit();
      const circuit = testCircuit([testEndpoint(east)], { backup });
      await save(stores(), east, west, backup, circuit);
      const loaded = await loadCircuit(models, circuit.subscriptionId);
      loaded.endpoints[0]!.port = west;
      loaded.backup = null;
      await save(stores(), loaded);
      const stored = await loadCircuit(models, circuit.subscriptionId);
      expect([stored.endpoints[0]?.port.device, stored.backup]).toEqual(['lon-1', null]);
    });

    it('may be the same one in several places', async () => {
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port, { vlan: 1 }), testEndpoint(port, { vlan: 2 })]);
      await save(stores(), port, circuit);
      const loaded = await loadCircuit(stores().models, circuit.subscriptionId);
      expect(loaded.endpoints.map((endpoint) => endpoint.port.subscriptionId)).toEqual([port.subscriptionId, port.subscriptionId]);
    });

    it('may be the model itself', async () => {
      const { models } = stores();
      const circuit = testCircuit();
      await save(stores(), circuit);
      circuit.backup = circuit;
      await save(stores(), circuit);
      expect((await loadCircuit(models, circuit.subscriptionId)).backup?.subscriptionId).toBe(circuit.subscriptionId);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { commit, create, NOW } from '../../support/process-writes.js';
import { loadCircuit, plainCircuit, save, storedPort, trySave } from '../../support/saved-models.js';
import { eachOpen, type OpenStore } from '../stores.js';

const STALE = { stored: false, why: 'refused', error: { code: 'stale_model', retryable: true } };

export function saveContract(open: OpenStore): void {
  describe('saving', () => {
    const stores = eachOpen(open);

    it('stores nothing before the write is performed', async () => {
      const port = testPort('ams-1');
      stores().models.save([port]);
      expect(await storedPort(stores().models, port.subscriptionId)).toBeUndefined();
      expect(port.version).toBe(0);
    });

    it('raises the version by one each time, changed or not', async () => {
      const { models } = stores();
      const id = testPort('ams-1').subscriptionId;
      await save(stores(), testPort('ams-1', { subscriptionId: id }));
      for (const version of [1, 2, 3]) {
        const port = await storedPort(models, id);
        expect(port?.version).toBe(version);
        await save(stores(), port!);
      }
    });

    it('leaves a model that can be changed and saved again', async () => {
      const { models } = stores();
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port, {}, ['a'])]);
      await save(stores(), port, circuit);
      expect([port.version, circuit.version]).toEqual([1, 1]);
      circuit.speed = 7;
      circuit.endpoints[0]!.vlan = 8;
      await save(stores(), circuit);
      expect(await loadCircuit(models, circuit.subscriptionId)).toMatchObject({
        version: 2,
        speed: 7,
        endpoints: [{ vlan: 8, addresses: [{ prefix: 'a' }] }],
      });
    });

    it('stores every field that changed, to null and back', async () => {
      const { models } = stores();
      const date = new Date('2026-05-05T05:05:05.005Z');
      const port = testPort('ams-1');
      await save(stores(), port);
      const [full, empty]: Partial<TestPort>[] = [
        { note: 'x', startDate: date, endDate: date, checkedAt: date, insync: true, description: 'd', status: 'active', speed: 3 },
        { note: null, startDate: null, endDate: null, checkedAt: null, insync: false, description: '', status: 'initial', speed: 0 },
      ];
      for (const fields of [full, empty, full]) {
        await save(stores(), Object.assign((await storedPort(models, port.subscriptionId))!, fields));
        expect(await storedPort(models, port.subscriptionId)).toMatchObject({ ...fields });
      }
    });

    it('of no models stores the process alone', async () => {
      await expect(save(stores())).resolves.toBeUndefined();
    });
  });

  describe('a stale model', () => {
    const stores = eachOpen(open);

    /** Saves a circuit, and loads it twice. */
    async function loadedTwice(): Promise<readonly [TestCircuit, TestCircuit]> {
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port, { vlan: 1 })]);
      await save(stores(), port, circuit);
      const [mine, theirs] = [
        await loadCircuit(stores().models, circuit.subscriptionId),
        await loadCircuit(stores().models, circuit.subscriptionId),
      ];
      return [mine, theirs];
    }

    it('is refused, and leaves what somebody else saved', async () => {
      const [mine, theirs] = await loadedTwice();
      theirs.speed = 2;
      theirs.endpoints[0]!.vlan = 2;
      await save(stores(), theirs);
      mine.speed = 3;
      mine.endpoints[0]!.vlan = 3;
      mine.endpoints.push(testEndpoint(mine.endpoints[0]!.port, { position: 1 }));
      expect(await trySave(stores(), mine)).toMatchObject(STALE);
      const stored = await loadCircuit(stores().models, mine.subscriptionId);
      expect(plainCircuit(stored)).toMatchObject({ version: 2, speed: 2, endpoints: [{ vlan: 2 }] });
      expect(stored.endpoints).toHaveLength(1);
    });

    it('makes the models saved with it keep the versions that are stored', async () => {
      const [mine, theirs] = await loadedTwice();
      await save(stores(), theirs);
      const port = testPort('ams-2');
      expect(await trySave(stores(), port, mine)).toMatchObject(STALE);
      expect([port.version, mine.version]).toEqual([0, 1]);
      await save(stores(), port);
      expect(port.version).toBe(1);
    });

    it('is one of which only a block was changed, or nothing at all', async () => {
      const [mine, theirs] = await loadedTwice();
      theirs.endpoints[0]!.vlan = 2;
      await save(stores(), theirs);
      expect(await trySave(stores(), mine)).toMatchObject(STALE);
      const [again, unchanged] = [1, 2].map(() => loadCircuit(stores().models, mine.subscriptionId));
      await save(stores(), await unchanged!);
      expect(await trySave(stores(), await again!)).toMatchObject(STALE);
    });

    it('can be loaded again, and saved then', async () => {
      const [mine, theirs] = await loadedTwice();
      await save(stores(), theirs);
      await trySave(stores(), mine);
      await save(stores(), Object.assign(await loadCircuit(stores().models, mine.subscriptionId), { speed: 4 }));
      expect(await loadCircuit(stores().models, mine.subscriptionId)).toMatchObject({ version: 3, speed: 4 });
    });

    it('is the second of two copies in one save, of which none is stored then', async () => {
      const [mine, theirs] = await loadedTwice();
      mine.speed = 2;
      theirs.speed = 3;
      expect(await trySave(stores(), mine, theirs)).toMatchObject(STALE);
      expect(await loadCircuit(stores().models, mine.subscriptionId)).toMatchObject({ version: 1, speed: 1000 });
    });

    it('is the second of two in one batch', async () => {
      const { store, models } = stores();
      const [mine, theirs] = await loadedTwice();
      await create(store, 'p-1', 'p-2');
      const results = await store.commit([
        { process: 'p-1', joined: models.save([mine]) },
        { process: 'p-2', joined: models.save([theirs]) },
      ]);
      expect(results).toMatchObject([{ stored: true }, STALE]);
    });

    it('is a new one whose id is there already', async () => {
      const port = testPort('ams-1');
      await save(stores(), port);
      expect(await trySave(stores(), testPort('lon-1', { subscriptionId: port.subscriptionId }))).toMatchObject(STALE);
      expect(await storedPort(stores().models, port.subscriptionId)).toMatchObject({ device: 'ams-1', version: 1 });
    });

    it('is one that says it was stored, and is not there', async () => {
      const port = testPort('ams-1', { version: 3 });
      expect(await trySave(stores(), port)).toMatchObject(STALE);
      expect(await storedPort(stores().models, port.subscriptionId)).toBeUndefined();
    });
  });

  describe('a model that breaks its own rules', () => {
    const stores = eachOpen(open);

    it('is refused, naming each field, and leaves nothing of the save', async () => {
      const port = testPort('ams-1');
      const circuit = testCircuit([testEndpoint(port), testEndpoint(port, { vlan: 4095 })], { customerId: '' });
      const result = await trySave(stores(), port, circuit);
      expect(result).toMatchObject({ stored: false, why: 'refused', error: { code: 'model_invalid', retryable: false } });
      const fields = (result as { error: { details: { errors: readonly { field: string }[] } } }).error.details.errors.map(
        (error) => error.field,
      );
      expect(fields.sort()).toEqual(['customerId', 'endpoints[1].vlan']);
      expect(await stores().models.load([TestPort, TestCircuit], [port.subscriptionId, circuit.subscriptionId])).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('leaves what is stored of it, and of the others', async () => {
      const { store, models } = stores();
      const [good, bad] = [testPort('ams-1'), testPort('lon-1')];
      await save(stores(), good, bad);
      await create(store, 'p-1');
      good.speed = 7;
      bad.speed = 0.5;
      const write = { process: 'p-1', change: { updatedAt: NOW + 1 }, joined: models.save([good, bad]) };
      expect(await commit(store, write)).toMatchObject({ stored: false, error: { code: 'model_invalid' } });
      for (const port of [good, bad]) expect(await storedPort(models, port.subscriptionId)).toMatchObject({ speed: 10_000, version: 1 });
    });
  });
}

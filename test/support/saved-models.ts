import type { ModelStore } from '../../src/ports/model-store.js';
import type { WriteResult } from '../../src/ports/process-store.js';
import type { OpenStores } from '../contracts/stores.js';
import { TestCircuit, TestPort } from './models.js';
import { commit, creating } from './process-writes.js';

// Short ways to what a model store is asked.

/** Saves models, with a new process of their own, and gives what became of it. */
export function trySave({ store, models }: OpenStores, ...saved: readonly object[]): Promise<WriteResult> {
  return commit(store, creating(globalThis.crypto.randomUUID(), {}, { joined: models.save(saved) }));
}

/** Saves models, which must be accepted. */
export async function save(stores: OpenStores, ...saved: readonly object[]): Promise<void> {
  const result = await trySave(stores, ...saved);
  if (!result.stored) throw result.why === 'refused' ? result.error : new Error(`the models were not stored: ${result.why}`);
}

/** A port as it is stored, or undefined. */
export async function storedPort(models: ModelStore, id: string): Promise<TestPort | undefined> {
  const [port] = await models.load([TestPort], [id]);
  return port as TestPort | undefined;
}

/** A circuit as it is stored, which it must be. */
export async function loadCircuit(models: ModelStore, id: string): Promise<TestCircuit> {
  const [circuit] = await models.load([TestCircuit], [id]);
  if (!(circuit instanceof TestCircuit)) throw new Error(`there is no circuit ${id}`);
  return circuit;
}

/** Everything that a circuit holds, as plain data; of what it refers to, the ids. */
export function plainCircuit({ endpoints, backup, ...own }: TestCircuit) {
  return {
    ...own,
    backup: backup?.subscriptionId ?? null,
    endpoints: endpoints.map(({ circuit: _circuit, port, addresses, ...endpoint }) => ({
      ...endpoint,
      port: port.subscriptionId,
      addresses: addresses.map(({ endpoint: _endpoint, ...address }) => ({ ...address })),
    })),
  };
}

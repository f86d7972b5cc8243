import { afterEach, beforeEach } from 'vitest';
import type { ModelStore } from '../../src/ports/model-store.js';
import type { ProcessStore } from '../../src/ports/process-store.js';

/** A process store and the model store beside it, empty. */
export interface OpenStores {
  readonly store: ProcessStore;
  readonly models: ModelStore;
  /** Another store on the same data, as a second engine has it; left out where there can be none. */
  readonly other?: ProcessStore;
  close(): Promise<void>;
}

/** Opens empty stores, each time anew; the model store knows the entities of `test/support/models.ts`. */
export type OpenStore = () => Promise<OpenStores>;

/** Opens stores before each test of the `describe` block around, and closes them after it; the result gives the open ones. */
export function eachOpen(open: OpenStore): () => OpenStores {
  let stores: OpenStores;
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores.close());
  return () => stores;
}

import { describe } from 'vitest';
import { atomicContract } from './model-store/atomic.js';
import { blockContract } from './model-store/blocks.js';
import { loadContract } from './model-store/load.js';
import { referenceContract } from './model-store/references.js';
import { saveContract } from './model-store/save.js';
import type { OpenStore } from './stores.js';

/** What every model store does: `src/ports/model-store.ts`, sentence by sentence, beside the process store that it shares transactions with. */
export function modelStoreContract(name: string, open: OpenStore): void {
  describe(`${name} as a model store`, () => {
    loadContract(open);
    saveContract(open);
    blockContract(open);
    referenceContract(open);
    atomicContract(open);
  });
}

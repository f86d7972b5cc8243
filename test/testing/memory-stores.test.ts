import { MemoryModelStore } from '../../src/testing/memory-model-store.js';
import { MemoryProcessStore } from '../../src/testing/memory-process-store.js';
import { modelStoreContract } from '../contracts/model-store.js';
import { processStoreContract } from '../contracts/process-store.js';

const open = async () => ({ store: new MemoryProcessStore(), models: new MemoryModelStore(), close: async () => undefined });

processStoreContract('MemoryProcessStore', open);
modelStoreContract('MemoryModelStore', open);

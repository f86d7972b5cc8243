import { createDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../../src/adapters/typeorm/sqlite-process-store.js';
import { TypeOrmModelStore } from '../../../src/adapters/typeorm/typeorm-model-store.js';
import { modelStoreContract } from '../../contracts/model-store.js';
import { processStoreContract } from '../../contracts/process-store.js';
import type { OpenStores } from '../../contracts/stores.js';
import { TEST_ENTITIES } from '../../support/models.js';

/** The engine's tables by their migration, and the test models' by what TypeORM makes of them. */
async function open(): Promise<OpenStores> {
  const dataSource = createDataSource({ database: ':memory:', models: TEST_ENTITIES });
  await dataSource.initialize();
  await dataSource.synchronize();
  const gate = new SqliteGate(dataSource.createQueryRunner());
  return { store: new SqliteProcessStore(dataSource, gate), models: new TypeOrmModelStore(dataSource), close: () => dataSource.destroy() };
}

processStoreContract('SQLite', open);
modelStoreContract('SQLite', open);

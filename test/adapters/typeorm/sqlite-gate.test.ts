import { describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { TEST_ENTITIES, TestPort, testPort } from '../../support/models.js';

describe('the gate before a SQLite connection', () => {
  async function open() {
    const dataSource = createDataSource({ database: ':memory:', models: TEST_ENTITIES });
    await dataSource.initialize();
    await dataSource.synchronize();
    return { dataSource, gate: new SqliteGate(dataSource.createQueryRunner()) };
  }

  it('lets queries from outside wait until the open group has ended', async () => {
    const { dataSource, gate } = await open();
    const seen: unknown[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const group = gate.group(async () => {
      begin();
      await dataSource.query('BEGIN IMMEDIATE');
      await dataSource.query(`INSERT INTO "runner" VALUES ('r-2', 1, '{}')`);
      await new Promise(setImmediate);
      seen.push('group');
      await dataSource.query('ROLLBACK');
    });
    await begun;
    const outside = dataSource.query('SELECT * FROM "runner"').then((rows) => seen.push(rows));
    await Promise.all([group, outside]);
    expect(seen).toEqual(['group', []]);
    await dataSource.destroy();
  });

  it('refuses a transaction of somebody else, and says what to do', async () => {
    const { dataSource } = await open();
    await expect(dataSource.transaction(async () => undefined)).rejects.toMatchObject({ code: 'wrong_use' });
    await expect(dataSource.manager.save(testPort('ams-1'))).rejects.toThrow(/Return the model from a step/);
    await dataSource.manager.save(testPort('ams-1'), { transaction: false });
    expect(await dataSource.manager.count(TestPort)).toBe(1);
    await dataSource.destroy();
  });

  it.each(['BEGIN', ' begin immediate', '\nCOMMIT', 'End', 'ROLLBACK TO "a"', 'SAVEPOINT "a"', 'release "a"'])(
    'refuses %j from outside',
    async (statement) => {
      const { dataSource, gate } = await open();
      await expect(dataSource.query(statement)).rejects.toMatchObject({ code: 'wrong_use' });
      await gate.hold(() => gate.send('BEGIN IMMEDIATE', []));
      await gate.hold(() => gate.send('COMMIT', []));
      await dataSource.destroy();
    },
  );

  it('lets no query from outside, however early it came, into a group that is rolled back', async () => {
    const { dataSource, gate } = await open();
    const rollBack = () =>
      gate.hold(async () => {
        await gate.send('BEGIN IMMEDIATE', []);
        await gate.send('SELECT 1', []);
        await gate.send('ROLLBACK', []);
      });
    await rollBack();
    await Promise.all([dataSource.query(`INSERT INTO "runner" VALUES ('r-1', 1, '{}')`), rollBack()]);
    expect(await dataSource.query('SELECT "id" FROM "runner"')).toEqual([{ id: 'r-1' }]);
    await dataSource.destroy();
  });

  it('takes what an earlier group left running for a query from outside', async () => {
    const { dataSource, gate } = await open();
    let goOn = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let left: Promise<unknown> | undefined;
    await gate.group(async () => {
      left = told.then(() => dataSource.query(`INSERT INTO "runner" VALUES ('r-1', 1, '{}')`));
    });
    await gate.group(async () => {
      await gate.send('BEGIN IMMEDIATE', []);
      goOn();
      await new Promise(setImmediate);
      await gate.send('ROLLBACK', []);
    });
    await left;
    expect(await dataSource.query('SELECT "id" FROM "runner"')).toEqual([{ id: 'r-1' }]);
    await dataSource.destroy();
  });

  it('lets queries from outside pass one after another, in the order in which they come', async () => {
    const { dataSource, gate } = await open();
    const order: string[] = [];
    const add = (name: string) => async () => void order.push(name);
    let others: Promise<unknown> | undefined;
    await gate.hold(async () => {
      const query = (name: string) => dataSource.query('SELECT 1').then(add(name));
      others = Promise.all(['a', 'b', 'c'].map(query));
      await new Promise((resolve) => setTimeout(resolve, 10));
      order.push('first');
    });
    await others;
    expect(order).toEqual(['first', 'a', 'b', 'c']);
    await dataSource.destroy();
  });

  it('lets groups follow one another, also after one has failed', async () => {
    const { dataSource, gate } = await open();
    const order: string[] = [];
    const group = (name: string, fails = false) =>
      gate.group(async () => {
        order.push(`${name} begins`);
        await new Promise(setImmediate);
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([group('a'), group('b', true), group('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    await dataSource.destroy();
  });
});

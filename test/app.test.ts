import { createDataSource, defineWorkflow, openService, type StepContext, step } from 'stepwright';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

const workflow = () =>
  defineWorkflow(
    'greet',
    {},
    step('Hello')(() => ({ text: 'hello' })),
  );
const memory = () => createDataSource({ database: ':memory:' });

describe('openService', () => {
  it.each<[string, object, object]>([
    [
      'two workflows of one name',
      { workflows: [workflow(), workflow()] },
      { code: 'definition', message: expect.stringContaining('Two workflows are named "greet"') },
    ],
    [
      'a log level that there is not',
      { workflows: [], logLevel: 'wran' },
      { code: 'wrong_use', message: 'logLevel is "wran". Did you mean "warn"? Write one of silent, error, warn, info, debug.' },
    ],
    ['a lease that can not be read', { workflows: [], lease: 'soon' }, { code: 'definition', message: expect.stringContaining('"soon"') }],
  ])('refuses %s, and leaves no database open', async (_, options, expected) => {
    const database = memory();
    await expect(openService({ workflows: [], ...options, database })).rejects.toMatchObject(expected);
    expect(database.isInitialized).toBe(false);
  });

  it.each<[string, DataSource, string]>([
    ["lacks the engine's tables", new DataSource({ type: 'better-sqlite3', database: ':memory:' }), "lacks the engine's tables"],
    ['is for another database', Object.assign(memory(), { options: { type: 'postgres' } }), 'is for postgres, not better-sqlite3'],
  ])('refuses a data source that %s', async (_, database, why) => {
    await expect(openService({ workflows: [], database })).rejects.toMatchObject({
      code: 'definition',
      message: `The data source ${why}; make it with createDataSource().`,
    });
    expect(database.isInitialized).toBe(false);
  });

  it('takes a data source that is open already', async () => {
    const database = await memory().initialize();
    const { engine, close } = await openService({ workflows: [workflow()], database });
    const { id } = await engine.start('greet');
    expect((await engine.settled(id)).state).toEqual({ text: 'hello' });
    await close();
  });

  it('gives the engine its lease', async () => {
    const { engine, dataSource, close } = await openService({
      workflows: [workflow()],
      database: { database: ':memory:' },
      lease: '1h',
    });
    const before = Date.now();
    const { id } = await engine.start('greet');
    await engine.settled(id);
    const [runner] = (await dataSource.query('SELECT alive_until FROM runner')) as { alive_until: number }[];
    expect(Number(runner?.alive_until)).toBeGreaterThanOrEqual(before + 3_600_000);
    await close();
  });
});

describe('close', () => {
  it('waits for running steps no longer than its grace', async () => {
    const endless = defineWorkflow(
      'endless',
      {},
      step('Wait')((ctx: StepContext) => new Promise((_, end) => ctx.signal.addEventListener('abort', end))),
    );
    const { engine, close } = await openService({ workflows: [endless], database: { database: ':memory:' }, logLevel: 'silent' });
    await engine.start('endless');
    await close({ grace: 50 });
  });

  it('may be called twice', async () => {
    const { dataSource, close } = await openService({ workflows: [], database: { database: ':memory:' } });
    await Promise.all([close(), close()]);
    await close();
    expect(dataSource.isInitialized).toBe(false);
  });

  it('takes a database that somebody else has closed', async () => {
    const { dataSource, close } = await openService({ workflows: [], database: { database: ':memory:' } });
    await dataSource.destroy();
    await close();
  });

  it('closes the database though the engine can not be closed', async () => {
    const { engine, dataSource, close } = await openService({ workflows: [], database: { database: ':memory:' } });
    engine.close = () => Promise.reject(new Error('the disk is full'));
    await expect(close()).rejects.toThrow('the disk is full');
    expect(dataSource.isInitialized).toBe(false);
  });
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callbackStep, defineWorkflow, openService, type ServiceOptions, type StepContext, step } from 'stepwright';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const tokens: string[] = [];
const called = defineWorkflow(
  'called',
  {},
  callbackStep('Order')((ctx: StepContext) => {
    tokens.push(ctx.callbackToken);
  }),
);

describe('The secret of a service', () => {
  let folder: string;
  let database: string;
  beforeEach(() => {
    tokens.splice(0);
    folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
    database = join(folder, 'flows.db');
    vi.stubEnv('STEPWRIGHT_SECRET', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a process, and answers for its token through another service. */
  async function callAcross(first: Partial<ServiceOptions>, second: Partial<ServiceOptions>) {
    const open = (more: Partial<ServiceOptions>) =>
      openService({ workflows: [called], database: { database }, logLevel: 'silent', ...more });
    const one = await open(first);
    const { id } = await one.engine.start('called');
    const { status, failure } = await one.engine.settled(id);
    await one.close();
    if (status !== 'awaiting_callback') return failure;
    const two = await open(second);
    await two.engine.answerCallback(tokens[0] as string, 'done');
    const done = await two.engine.settled(id);
    await two.close();
    return done.status;
  }

  it('is made beside the database on first use, and lasts', async () => {
    const plain = await openService({
      workflows: [
        defineWorkflow(
          'plain',
          {},
          step('A')(() => ({})),
        ),
      ],
      database: { database },
    });
    await plain.engine.settled((await plain.engine.start('plain')).id);
    await plain.close();
    expect(existsSync(`${database}.secret`)).toBe(false);
    expect(await callAcross({}, {})).toBe('completed');
    expect(existsSync(`${database}.secret`)).toBe(true);
  });

  it('may be given, and then there is no file', async () => {
    expect(await callAcross({ secret: 'x'.repeat(32) }, { secret: 'x'.repeat(32) })).toBe('completed');
    vi.stubEnv('STEPWRIGHT_SECRET', 'y'.repeat(32));
    tokens.splice(0);
    expect(await callAcross({}, { secret: 'y'.repeat(32) })).toBe('completed');
    expect(existsSync(`${database}.secret`)).toBe(false);
  });

  it('is refused where it is too short, when the service opens', async () => {
    const refused = { code: 'wrong_use', message: expect.stringContaining('shorter than 32 characters') };
    await expect(callAcross({ secret: 'x'.repeat(31) }, {})).rejects.toMatchObject(refused);
    vi.stubEnv('STEPWRIGHT_SECRET', '');
    await expect(callAcross({}, {})).rejects.toMatchObject(refused);
  });

  it('that can not be read keeps its process where it stands, says where to look, and lets it go on when it is put right', async () => {
    writeFileSync(`${database}.secret`, 'short');
    const { engine, close } = await openService({ workflows: [called], database: { database }, logLevel: 'silent' });
    const { id } = await engine.start('called');
    const refused = { code: 'store_unavailable', message: expect.stringContaining(`${database}.secret`) };
    await expect(engine.settled(id)).rejects.toMatchObject(refused);
    await expect(engine.tick()).rejects.toMatchObject(refused);
    expect(await engine.get(id)).toMatchObject({ status: 'running', records: [{ path: '#start' }] });
    rmSync(`${database}.secret`);
    await engine.tick();
    await engine.answerCallback(tokens[0] as string, 'done');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await close();
  });

  it('needs no file where the database is in memory', async () => {
    const { engine, close } = await openService({ workflows: [called], database: { database: ':memory:' } });
    const { id } = await engine.start('called');
    await engine.settled(id);
    await engine.answerCallback(tokens[0] as string, 'done');
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    await close();
    expect(existsSync(':memory:.secret')).toBe(false);
  });
});

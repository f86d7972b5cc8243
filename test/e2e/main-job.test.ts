import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { L2Vpn } from '../../domain/l2vpn.js';
import ormconfig from '../../ormconfig.js';
import { openService } from '../../src/index.js';

let folder: string;
let database: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
  database = join(folder, 'stepwright.db');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...order: string[]) {
  return execa('npm', ['start', '--silent', '--', ...order], {
    env: { STEPWRIGHT_DATABASE: database },
    reject: false,
    stdin: 'ignore',
    all: true,
  });
}

describe('npm start', () => {
  it('provisions an order, then the next one, and says what happened and where to look', { timeout: 120_000 }, async () => {
    for (const [time, vlan] of [2, 3].entries()) {
      const { exitCode, all } = await start();
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/attempt 1 failed/);
      expect(all).toMatch(/completed/);
      expect(all).toMatch(new RegExp(`VLAN ${vlan}`));
      expect(all).toMatch(/stepwright.* show /);
      const { engine, dataSource, close } = await openService({ workflows: [], database: ormconfig.setOptions({ database } as object) });
      expect(await engine.list({ workflow: 'create_l2vpn', status: ['completed'] })).toHaveLength(time + 1);
      expect(await engine.list({ workflow: 'create_port' })).toHaveLength(2);
      const vpns = await dataSource.manager.findBy(L2Vpn, { status: 'active' });
      expect(vpns).toHaveLength(time + 1);
      await close();
    }
  });

  it('ends with 0 also for an order that the NOC turns down', { timeout: 60_000 }, async () => {
    const { exitCode, all } = await start('workflows/orders/withdrawn.json');
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/terminated/);
  });

  it.each([
    ['that is not there', 'nope.json', /nope\.json can't be read: .*npm start -- workflows/],
    ['that is no order', 'package.json', /package\.json is no order: it needs "order"/],
  ])('refuses a file %s with exit code 2, and starts nothing', { timeout: 30_000 }, async (_what, file, message) => {
    const { exitCode, all } = await start(file);
    expect(exitCode).toBe(2);
    expect(all).toMatch(message);
    expect(all).not.toMatch(/listens on/);
  });
});

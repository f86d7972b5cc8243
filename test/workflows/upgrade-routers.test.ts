import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type TestRun, testWorkflow } from 'stepwright/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Controller, startController } from '../../workflows/network/controller.js';
import { NetworkClient } from '../../workflows/network/network-client.js';
import { UpgradeRouters } from '../../workflows/upgrade-routers.js';
import '../support/matchers.js';

const NEW = '24.4R1';
const OLD = '23.2R1';

interface Order {
  readonly routers: readonly string[];
}

const order = JSON.parse(readFileSync('workflows/orders/upgrade.json', 'utf8')) as Order;

describe('upgrade_routers against a network controller', () => {
  let controller: Controller;
  let network: NetworkClient;
  /** The tokens under which routers are awaited, as the controller got them. */
  let tokens: string[];

  beforeEach(async () => {
    tokens = [];
    controller = await startController({ callBack: (token) => tokens.push(token) });
    network = new NetworkClient(controller.url);
  });
  afterEach(() => controller.close());

  function start(routers: readonly string[]): Promise<TestRun> {
    return testWorkflow(UpgradeRouters, { with: [network] }).start({ ...order, routers });
  }

  /** Lets the upgrade of the n-th router end, and its boot. */
  async function upgraded(run: TestRun, index: number, version = NEW): Promise<TestRun> {
    await run.callback({ version }, { path: `Routers[${index}]/Maintenance/Upgrade` });
    return run.advance('5m');
  }

  /** What a router runs, and whether it carries traffic. */
  async function look(router: string): Promise<string> {
    const { version, drained } = await network.router(router);
    return `${version}${drained ? ', drained' : ''}`;
  }

  it('upgrades two at a time, each drained until it is healthy and checked, and tells of it', async () => {
    const run = await start(['par-1', 'lon-1', 'ams-2']);
    expect(run.waits.map(({ path }) => path)).toEqual(['Routers[0]/Maintenance/Upgrade', 'Routers[1]/Maintenance/Upgrade']);
    expect(await Promise.all(['par-1', 'lon-1', 'ams-2'].map(look))).toEqual([`${NEW}, drained`, `${NEW}, drained`, OLD]);
    await run.callback({ version: NEW }, { path: 'Routers[0]/Maintenance/Upgrade' });
    expect(run.waits.map(({ path, kind }) => `${kind} ${path}`)).toContain('timer Routers[0]/Maintenance/Until healthy#1/Settle');
    await run.advance('5m');
    expect(await look('par-1')).toBe(NEW);
    expect(run.done.filter((path) => path.startsWith('Routers[0]') && path.endsWith('Ask health'))).toHaveLength(3);
    await upgraded(run, 1);
    await upgraded(run, 2);
    expect(run).toHaveCompleted({
      summary: ['par-1', 'lon-1', 'ams-2'].map((router) => `${router}: ${OLD} to ${NEW}`),
      notice: 'sent',
    });
    expect(await Promise.all(['par-1', 'lon-1', 'ams-2'].map(look))).toEqual([NEW, NEW, NEW]);
    expect(new Set(tokens).size).toBe(3);
  });

  it('takes back what it did to every router where one comes up with another version', async () => {
    const run = await start(['par-1', 'lon-1', 'ams-2']);
    await upgraded(run, 0);
    expect(await look('par-1')).toBe(NEW);
    await upgraded(run, 1, OLD);
    expect(run).toHaveBeenUndone();
    expect(run.failure?.message).toBe(`lon-1 runs ${OLD}, and not ${NEW}: look at its boot log.`);
    expect(await Promise.all(['par-1', 'lon-1', 'ams-2'].map(look))).toEqual([OLD, OLD, OLD]);
    expect(run.undone.filter((path) => path.startsWith('Routers[0]'))).toEqual(
      ['Put back into service', 'Upgrade', 'Drain'].map((name) => `Routers[0]/Maintenance/${name}`),
    );
  });

  it('takes everything back where a router does not answer any more', async () => {
    const run = await start(['par-1']);
    await fetch(`${controller.url}/faults`, {
      method: 'POST',
      body: JSON.stringify({ path: '/routers/par-1/health', status: 503, times: 99 }),
    });
    await upgraded(run, 0);
    expect(run).toHaveBeenUndone(['Routers[0]/Maintenance/Upgrade', 'Routers[0]/Maintenance/Drain']);
    expect(run.record('Routers[0]/Maintenance/Until healthy#1/Ask health')?.attempt).toBe(6);
    expect(await look('par-1')).toBe(OLD);
  });

  it('takes everything back where a router is never called back for', async () => {
    const run = await (await start(['par-1'])).advance('3h');
    expect(run).toHaveBeenUndone();
    expect(run.failure?.code).toBe('callback_timeout');
    expect(await look('par-1')).toBe(OLD);
  });

  it('asks before a core router, and leaves one alone that is not approved', async () => {
    const run = await start(['fra-1', 'ams-1']);
    expect(run.waits.map(({ path, assignee }) => `${path} by ${assignee}`)).toEqual([
      'Routers[0]/Approve by Network design',
      'Routers[1]/Approve by Network design',
    ]);
    await run.submit({ approved: false }, { form: 'Routers[0]/Approve' });
    await run.submit({ approved: true }, { form: 'Routers[1]/Approve' });
    await upgraded(run, 1);
    expect(run).toHaveCompleted({ summary: [`fra-1: left at ${OLD}`, `ams-1: ${OLD} to ${NEW}`] });
    expect([await look('fra-1'), await look('ams-1')]).toEqual([OLD, NEW]);
  });

  it('goes on without the notice where it can not be sent', async () => {
    const run = await start(['par-1']);
    await fetch(`${controller.url}/faults`, { method: 'POST', body: JSON.stringify({ path: '/notices', status: 503, times: 1 }) });
    await upgraded(run, 0);
    expect(run.status).toBe('completed');
    expect(run.state.notice).toMatch(/^not sent: .*busy/);
  });

  it('waits for a router that another change is at work on', async () => {
    const test = testWorkflow(UpgradeRouters, { with: [network] });
    const first = await test.start({ ...order, routers: ['par-1'] });
    const second = await test.start({ ...order, routers: ['par-1'] });
    expect(second.waits[0]).toMatchObject({ kind: 'lock', reason: expect.stringContaining('router par-1') });
    await upgraded(first, 0);
    expect(first.status).toBe('completed');
    expect(second.waits[0]).toMatchObject({ kind: 'callback' });
  });

  it.each([
    ['no routers', { routers: [] }, /routers/],
    ['a router twice', { routers: ['par-1', 'par-1'] }, /routers/],
    ['a version that is none', { version: 'latest' }, /version must be one such as/],
    ['a change without a number', { reference: 'soon' }, /change number/],
  ])('refuses an order with %s', async (_what, change, message) => {
    await expect(testWorkflow(UpgradeRouters, { with: [network] }).start({ ...order, ...change })).rejects.toThrow(message);
  });
});

describe('npm start with an upgrade', () => {
  it('upgrades the routers of the order file, which are called back for with the command line', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
    try {
      const { exitCode, all } = await execa('npm', ['start', '--silent', '--', 'workflows/orders/upgrade.json'], {
        env: { STEPWRIGHT_DATABASE: join(folder, 'stepwright.db') },
        reject: false,
        stdin: 'ignore',
        all: true,
      });
      expect(exitCode, all).toBe(0);
      expect(all).toContain(order.routers.map((router) => `${router}: ${OLD} to ${NEW}`).join('\n'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

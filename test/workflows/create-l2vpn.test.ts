import { readFileSync } from 'node:fs';
import { type TestRun, testWorkflow, type WorkflowTest } from 'stepwright/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { L2Vpn } from '../../domain/l2vpn.js';
import { Port } from '../../domain/port.js';
import { CreateL2Vpn } from '../../workflows/create-l2vpn.js';
import { type Controller, startController } from '../../workflows/network/controller.js';
import { NetworkClient } from '../../workflows/network/network-client.js';
import '../support/matchers.js';

const ADDRESSES = ['ams-1:ge-0/0/1', 'fra-1:ge-0/0/2'];

interface OrderFile {
  readonly order: { readonly endpoints: readonly { port: string; vlan?: number }[]; readonly speed: number };
  readonly confirmation: object;
}

const { order, confirmation } = JSON.parse(readFileSync('workflows/orders/amsterdam-frankfurt.json', 'utf8')) as OrderFile;

function port(address: string, speed = 1000): Port {
  const [device = '', name = ''] = address.split(':');
  return Object.assign(new Port(), { subscriptionId: Port.idOf(address), customerId: 'acme', product: 'Port', device, name, speed });
}

describe('create_l2vpn against a network controller', () => {
  let controller: Controller;
  let network: NetworkClient;

  beforeEach(async () => {
    controller = await startController({ failures: 2 });
    network = new NetworkClient(controller.url);
  });
  afterEach(() => controller.close());

  function prepare(): WorkflowTest {
    return testWorkflow(CreateL2Vpn, { with: [network], models: ADDRESSES.map((address) => port(address)) });
  }

  async function storedVpn(test: WorkflowTest, run: TestRun): Promise<L2Vpn> {
    const { id } = run.state.subscription as { id: string };
    return (await test.models.load([L2Vpn], [id]))[0] as L2Vpn;
  }

  it('waits while the controller is busy, asks the NOC, and activates', async () => {
    const test = prepare();
    const run = await test.start(order);
    expect(run.status).toBe('waiting');
    expect(run.record('Push to network')?.failure?.message).toContain('busy');
    await run.advance('5m');
    expect(run.status).toBe('suspended');
    expect(run.waits[0]).toMatchObject({ kind: 'form', path: 'Confirm cut-over', assignee: 'NOC' });
    expect(run.record('Push to network')?.attempt).toBe(3);
    await run.submit(confirmation);
    expect(run).toHaveCompleted({ circuit: 'c-1', approved: true });
    expect(await network.circuit('c-1')).toMatchObject({ state: 'active', speed: 1000 });
    const vpn = await storedVpn(test, run);
    expect(vpn).toMatchObject({ status: 'active', insync: true, circuit: 'c-1' });
    expect(vpn.attachPoints.map((point) => [point.port.address, point.vlan])).toEqual(ADDRESSES.map((address) => [address, 2]));
  });

  it('takes the circuit back when the NOC declines', async () => {
    const test = prepare();
    const run = await (await test.start(order)).advance('5m');
    await run.submit({ approved: false });
    expect(run).toHaveCompleted({ approved: false });
    await expect(network.circuit('c-1')).rejects.toThrow(/no circuit/i);
    expect((await storedVpn(test, run)).status).toBe('terminated');
    expect((await network.reserve(ADDRESSES[0] ?? '', 2, 'another')).vlan).toBe(2);
  });

  it('fails at once, and keeps nothing at the controller, where a VLAN is taken', async () => {
    await network.reserve('ams-1:ge-0/0/1', 120, 'somebody else');
    const run = await prepare().start({ ...order, endpoints: [{ port: ADDRESSES[0], vlan: 120 }, { port: ADDRESSES[1] }] });
    expect(run.status).toBe('failed');
    expect(run.failure?.message).toMatch(/120/);
  });

  it('fails where a port is too slow, and names it', async () => {
    const run = await prepare().start({ ...order, speed: 10_000 });
    expect(run.failure?.message).toBe('Port ams-1:ge-0/0/1 has 1000 Mbit/s, which is less than the 10000 that are ordered.');
  });

  it('names a port that is no subscription', async () => {
    const run = await prepare().start({ ...order, endpoints: [{ port: ADDRESSES[0] }, { port: 'lon-1:ge-0/0/0' }] });
    expect(run.failure).toMatchObject({ code: 'model_not_found' });
    expect(run.failure?.message).toContain(Port.idOf('lon-1:ge-0/0/0'));
  });

  it.each([
    ['one end', { endpoints: [{ port: ADDRESSES[0] }] }, /endpoints/],
    ['nine ends', { endpoints: Array.from({ length: 9 }, (_, index) => ({ port: `ams-1:ge-0/0/${index}` })) }, /endpoints/],
    ['a VLAN of 1', { endpoints: [{ port: ADDRESSES[0], vlan: 1 }, { port: ADDRESSES[1] }] }, /endpoints\[0\]\.vlan/],
    ['a VLAN of 4095', { endpoints: [{ port: ADDRESSES[0] }, { port: ADDRESSES[1], vlan: 4095 }] }, /endpoints\[1\]\.vlan/],
    ['the same port twice', { endpoints: [{ port: ADDRESSES[0] }, { port: ADDRESSES[0] }] }, /port of its own/],
    ['a speed that is not sold', { speed: 250 }, /speed/],
    ['an unknown field', { prioritty: 1 }, /prioritty/],
  ])('refuses an order with %s', async (_what, change, message) => {
    await expect(prepare().start({ ...order, ...change })).rejects.toThrow(message);
  });
});

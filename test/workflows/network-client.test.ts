import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Controller, startController } from '../../workflows/network/controller.js';
import { NetworkClient, NetworkError } from '../../workflows/network/network-client.js';

const PORT = 'ams-1:ge-0/0/1';

describe('NetworkClient', () => {
  let controller: Controller;
  let client: NetworkClient;
  let opened: (() => unknown)[];

  beforeEach(async () => {
    controller = await startController();
    client = new NetworkClient(controller.url);
    opened = [];
  });

  afterEach(async () => {
    for (const close of opened) close();
    await controller.close();
  });

  /** A server that answers everything the same way; `undefined` never answers. */
  async function foreign(status: number | undefined, text = '', timeout = 30_000): Promise<NetworkClient> {
    const server = createServer((_request, response) => void (status !== undefined && response.writeHead(status).end(text)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    opened.push(() => server.close().closeAllConnections());
    return new NetworkClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, timeout);
  }

  it('lists the ports', async () => {
    expect((await client.ports()).map(({ id }) => id)).toContain(PORT);
  });

  it('says which call failed and what the controller answered', async () => {
    await client.reserve(PORT, 7, 'a');
    const error: unknown = await client.reserve(PORT, 7, 'b').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      message: `POST /reservations: the controller answered 409: VLAN 7 on ${PORT} is held by reservation r-1.`,
      status: 409,
      code: 'vlan_taken',
      retryable: false,
    });
  });

  it.each([
    [400, false],
    [404, false],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
  ])('takes %i as retryable: %s', async (status, retryable) => {
    const other = await foreign(status, '<h1>no</h1>');
    await expect(other.activate('c-1')).rejects.toMatchObject({
      message: `POST /circuits/c-1/activate: the controller answered ${status}: "<h1>no</h1>"`,
      status,
      retryable,
    });
  });

  it('does not mind deleting what is gone', async () => {
    await client.release('r-9');
    await client.removeCircuit('c-9');
  });

  it('does not take any other 404 for gone', async () => {
    await expect((await foreign(404)).removeCircuit('c-9')).rejects.toMatchObject({ status: 404 });
    await expect(client.removeCircuit('')).rejects.toMatchObject({ code: 'unknown_route' });
  });

  it('finds and deletes by the key what was made when the answer was lost', async () => {
    const key = 'p-1/Réserver – 東京[ge-0%2F0%2F1]';
    const fault = { path: '/reservations', status: 504, times: 1, after: 'effect' };
    expect((await fetch(`${controller.url}/faults`, { method: 'POST', body: JSON.stringify(fault) })).status).toBe(201);
    await expect(client.reserve(PORT, 7, key)).rejects.toMatchObject({ retryable: true });
    expect(await client.reserve(PORT, 7, key)).toMatchObject({ id: 'r-1' });
    await client.release(key);
    expect(await client.reserve(PORT, 7, 'other')).toMatchObject({ id: 'r-2' });
  });

  it('is told to try again when nobody listens', async () => {
    await controller.close();
    const error = { status: undefined, code: 'no_answer', retryable: true, message: expect.stringContaining('ECONNREFUSED') };
    await expect(client.ports()).rejects.toMatchObject(error);
  });

  it('is told to try again when no answer comes in time', async () => {
    await expect((await foreign(undefined, '', 20)).circuit('c-1')).rejects.toMatchObject({
      message: expect.stringMatching(/^GET \/circuits\/c-1: no answer from http:.* within 20 ms/),
      retryable: true,
    });
  });

  it('stops with the reason of the signal', async () => {
    const reason = new TypeError('the process was aborted');
    const other = await foreign(undefined);
    const abort = new AbortController();
    const call = other.circuit('c-1', abort.signal);
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(client.ports(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('refuses an answer that is not JSON', async () => {
    await expect((await foreign(200, 'hello')).ports()).rejects.toMatchObject({ code: 'bad_answer', status: 200, retryable: false });
  });

  it.each(['', 'localhost:8080', 'ftp://host'])('refuses "%s" as an address', (address) => {
    expect(() => new NetworkClient(address)).toThrow('NETWORK_CONTROLLER_URL');
  });
});

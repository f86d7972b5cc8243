import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Controller, type ControllerOptions, startController } from '../../workflows/network/controller.js';
import { NetworkClient } from '../../workflows/network/network-client.js';

const PORT = 'ams-1:ge-0/0/1';
const FAR = 'lon-1:xe-0/1/0';

let folder: string;
let opened: (() => unknown)[];
let url: string;
let client: NetworkClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  opened = [() => rmSync(folder, { recursive: true })];
  ({ url } = await start());
  client = new NetworkClient(url);
});

afterEach(async () => {
  for (const close of opened.reverse()) await close();
});

async function start(options: ControllerOptions = {}): Promise<Controller> {
  const controller = await startController(options);
  opened.push(() => controller.close());
  return controller;
}

interface Reply {
  readonly status: number;
  readonly allow: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the controller sent
  readonly body: any;
}

/** Calls the API without the client; a string is sent as it is. */
async function call(method: string, path: string, body?: unknown, key?: string): Promise<Reply> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
  const text = await response.text();
  return { status: response.status, allow: response.headers.get('allow'), body: text === '' ? undefined : JSON.parse(text) };
}

/** Reserves on each port, and gives the ends of a circuit. */
function ends(...ports: string[]): Promise<{ reservation: string }[]> {
  return Promise.all(ports.map(async (port, index) => ({ reservation: (await client.reserve(port, undefined, `${port} ${index}`)).id })));
}

describe('the controller', () => {
  it('lists its ports, and shows one by its encoded name', async () => {
    const { body: ports } = await call('GET', '/ports');
    expect(ports).toContainEqual({ id: PORT, device: 'ams-1', name: 'ge-0/0/1', speed: 1_000 });
    expect(new Set(ports.map((port: { speed: number }) => port.speed))).toEqual(new Set([1_000, 10_000, 100_000]));
    expect(new Set(ports.map((port: { id: string }) => port.id)).size).toBe(ports.length);
    expect(await call('GET', '/ports/ams-1/ge-0%2F0%2F1')).toMatchObject({ status: 200, body: { id: PORT } });
    expect(await call('GET', '/ports/ams-1/ge-9%2F9%2F9')).toMatchObject({ status: 404, body: { error: 'no_such_port' } });
  });

  it.each([
    ['a path that is not there', 'GET', '/nothing', 404, 'unknown_route'],
    ['an empty id', 'DELETE', '/circuits/', 404, 'unknown_route'],
    ['a circuit that is not there', 'GET', '/circuits/c-9', 404, 'not_found'],
    ['a broken encoding', 'GET', '/circuits/%E0', 400, 'bad_path'],
    ['a method that the path does not take', 'PATCH', '/circuits/c-1', 405, 'wrong_method'],
  ])('refuses %s', async (_what, method, path, status, error) => {
    expect(await call(method, path)).toMatchObject({ status, body: { error, message: expect.any(String) } });
  });

  it('says which methods a path takes', async () => {
    expect((await call('PUT', '/circuits/c-1')).allow).toBe('GET, DELETE');
  });

  it.each([
    ['bad JSON', '{"port":', 'k', 400, 'bad_json'],
    ['JSON that is not an object', '[]', 'k', 400, 'bad_json'],
    ['a missing key', { port: PORT }, undefined, 400, 'no_key'],
    ['a body above 1 MB', `"${'x'.repeat(3 * 1024 * 1024)}"`, 'k', 413, 'too_large'],
    ['a misspelt field', { port: PORT, vlam: 7 }, 'k', 422, 'invalid'],
    ['a port that is no text', { port: 7 }, 'k', 422, 'invalid'],
    ['a port that is not there', { port: 'ams-1:ge-7/7/7' }, 'k', 404, 'no_such_port'],
    ['VLAN 1', { port: PORT, vlan: 1 }, 'k', 422, 'vlan_out_of_range'],
    ['VLAN 4095', { port: PORT, vlan: 4095 }, 'k', 422, 'vlan_out_of_range'],
    ['half a VLAN', { port: PORT, vlan: 2.5 }, 'k', 422, 'vlan_out_of_range'],
    ['a VLAN as text', { port: PORT, vlan: '7' }, 'k', 422, 'vlan_out_of_range'],
  ])('refuses to reserve with %s', async (_what, body, key, status, error) => {
    expect(await call('POST', '/reservations', body, key)).toMatchObject({ status, body: { error } });
    expect((await client.reserve(PORT, undefined, 'next')).id).toBe('r-1');
  });
});

describe('reservations', () => {
  it('hold the wanted VLAN, or the lowest free one of the port', async () => {
    expect(await call('POST', '/reservations', { port: PORT, vlan: 3 }, 'a')).toMatchObject({ status: 201, body: { port: PORT, vlan: 3 } });
    const vlans = [];
    for (const key of ['b', 'c']) vlans.push((await client.reserve(PORT, undefined, key)).vlan);
    expect(vlans).toEqual([2, 4]);
    expect((await client.reserve(FAR, undefined, 'd')).vlan).toBe(2);
    expect((await client.reserve(FAR, 4094, 'e')).vlan).toBe(4094);
  });

  it('name the holder of a VLAN that is taken', async () => {
    const held = await client.reserve(PORT, 7, 'a');
    expect(await call('POST', '/reservations', { port: PORT, vlan: 7 }, 'b')).toMatchObject({
      status: 409,
      body: { error: 'vlan_taken', message: expect.stringContaining(held.id), holder: held.id },
    });
  });

  it('are the same for the same key and body, and refused for another body', async () => {
    const first = await call('POST', '/reservations', { port: PORT, vlan: 7 }, 'a');
    expect(await call('POST', '/reservations', { vlan: 7, port: PORT }, 'a')).toMatchObject({ status: 200, body: first.body });
    expect(await call('POST', '/reservations', { port: PORT }, 'a')).toMatchObject({ status: 409, body: { error: 'key_reused' } });
    expect(await client.reserve(PORT, undefined, 'b')).toMatchObject({ id: 'r-2' });
  });

  it('give 20 parallel requests 20 different VLANs', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => client.reserve(PORT, undefined, `k${index}`)));
    expect(made.map(({ vlan }) => vlan).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });

  it('give 10 parallel requests with the same key one VLAN', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => client.reserve(PORT, undefined, 'same')));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await client.reserve(PORT, undefined, 'other')).vlan).toBe(3);
  });

  it('are refused once every VLAN of the port is taken', async () => {
    const stateFile = join(folder, 'full.json');
    const reservations = Array.from({ length: 4093 }, (_, index) => ({
      id: `r-${index}`,
      key: `${index}`,
      request: {},
      port: PORT,
      vlan: index + 2,
    }));
    writeFileSync(stateFile, JSON.stringify({ lastReservation: 4093, lastCircuit: 0, reservations, circuits: [] }));
    ({ url } = await start({ stateFile }));
    expect(await call('POST', '/reservations', { port: PORT }, 'k')).toMatchObject({ status: 409, body: { error: 'port_full' } });
  });

  it('free their VLAN when released, unless a circuit uses them', async () => {
    const endpoints = await ends(PORT, FAR);
    const free = await client.reserve(PORT, 9, 'free');
    await client.release(free.id);
    expect((await client.reserve(PORT, 9, 'free')).id).not.toBe(free.id);
    const circuit = await client.createCircuit({ name: 'a', endpoints, speed: 100 }, 'c');
    const used = endpoints[0]?.reservation;
    expect(await call('DELETE', `/reservations/${used}`)).toMatchObject({ status: 409, body: { holder: circuit.id } });
  });
});

describe('circuits', () => {
  it('go from provisioned to active to gone, and free their reservations', async () => {
    const endpoints = await ends(PORT, FAR);
    const made = await call('POST', '/circuits', { name: 'acme', endpoints, speed: 1_000 }, 'c');
    expect(made).toMatchObject({ status: 201, body: { id: 'c-1', state: 'provisioned', speed: 1_000 } });
    expect(made.body.endpoints).toEqual([
      { ...endpoints[0], port: PORT, vlan: 2 },
      { ...endpoints[1], port: FAR, vlan: 2 },
    ]);
    for (let time = 0; time < 2; time += 1) expect((await client.activate('c-1')).state).toBe('active');
    expect(await client.circuit('c-1')).toEqual({ ...made.body, state: 'active' });
    expect(await call('DELETE', '/circuits/c-1')).toMatchObject({ status: 204 });
    expect(await call('DELETE', '/circuits/c-1')).toMatchObject({ status: 404 });
    expect((await client.reserve(PORT, 2, 'again')).vlan).toBe(2);
  });

  it('are the same for the same key and body, and refused for another body', async () => {
    const order = { name: 'acme', endpoints: await ends(PORT, FAR), speed: 10 };
    const made = await Promise.all(Array.from({ length: 5 }, () => call('POST', '/circuits', order, 'c')));
    expect(made.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(await call('POST', '/circuits', { ...order, speed: 11 }, 'c')).toMatchObject({ status: 409, body: { error: 'key_reused' } });
  });

  it.each([1, 9])('are refused with %i endpoints', async (count) => {
    const endpoints = await ends(...Array.from({ length: count }, () => PORT));
    expect(await call('POST', '/circuits', { name: 'a', endpoints, speed: 1 }, 'c')).toMatchObject({ status: 422 });
  });

  it('take 8 endpoints', async () => {
    const endpoints = await ends(...Array.from({ length: 8 }, () => PORT));
    expect((await client.createCircuit({ name: 'a', endpoints, speed: 1 }, 'c')).endpoints).toHaveLength(8);
  });

  it.each([
    ['no name', { name: ' ' }, 422, 'invalid'],
    ['no speed', { speed: 0 }, 422, 'invalid'],
    ['endpoints of another shape', { endpoints: ['r-1', null] }, 422, 'invalid'],
    ['a misspelt field', { sped: 1 }, 422, 'invalid'],
    ['more speed than a port has', { speed: 1_001 }, 422, 'too_fast'],
    ['a reservation twice', { endpoints: [{ reservation: 'r-1' }, { reservation: 'r-1' }] }, 422, 'wrong_endpoints'],
    ['an unknown reservation', { endpoints: [{ reservation: 'r-1' }, { reservation: 'r-9' }] }, 404, 'no_such_reservation'],
  ])('are refused with %s', async (_what, wrong, status, error) => {
    const endpoints = await ends(PORT, FAR);
    expect(await call('POST', '/circuits', { name: 'a', endpoints, speed: 1, ...wrong }, 'c')).toMatchObject({ status, body: { error } });
  });

  it('are refused a reservation that another circuit uses', async () => {
    const [one, two, three] = await ends(PORT, FAR, FAR);
    await client.createCircuit({ name: 'a', endpoints: [one!, two!], speed: 1 }, 'a');
    const second = client.createCircuit({ name: 'b', endpoints: [one!, three!], speed: 1 }, 'b');
    await expect(second).rejects.toMatchObject({ status: 409, code: 'reservation_in_use', retryable: false });
  });
});

describe('faults', () => {
  it('make the first circuit creations of a run answer "busy"', async () => {
    ({ url } = await start({ failures: 2 }));
    client = new NetworkClient(url);
    const order = { name: 'a', endpoints: await ends(PORT, FAR), speed: 1 };
    const busy = { status: 503, body: { error: 'busy', message: 'the controller is busy; try again' } };
    for (let time = 0; time < 2; time += 1) expect(await call('POST', '/circuits', order, 'c')).toMatchObject(busy);
    expect(await call('POST', '/circuits', order, 'c')).toMatchObject({ status: 201 });
  });

  it('may lose the answer after the effect, so that the same key finds what was made', async () => {
    const order = { name: 'a', endpoints: await ends(PORT, FAR), speed: 1 };
    expect(await call('POST', '/faults', { path: '/circuits', status: 503, times: 1, after: 'effect' })).toMatchObject({ status: 201 });
    await expect(client.createCircuit(order, 'c')).rejects.toMatchObject({ status: 503, retryable: true });
    expect(await call('POST', '/circuits', order, 'c')).toMatchObject({ status: 200, body: { id: 'c-1' } });
  });

  it('strike a path as requested or as the route is written, one after the other', async () => {
    await call('POST', '/faults', { path: '/circuits/:id', status: 500, times: 1 });
    await call('POST', '/faults', { path: '/circuits/c-9', status: 429, times: 2 });
    const statuses = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await call('GET', '/circuits/c-9')).status);
    expect(statuses).toEqual([500, 429, 429, 404]);
  });

  it.each([{ path: 'circuits' }, { status: 200 }, { times: 0 }, { after: 'before' }, { extra: 1 }])(
    'are refused with %j',
    async (wrong) => {
      expect(await call('POST', '/faults', { path: '/circuits', status: 503, times: 1, ...wrong })).toMatchObject({ status: 422 });
    },
  );
});

describe('the state file', () => {
  it('brings back reservations, circuits, keys and numbers after a restart', async () => {
    const stateFile = join(folder, 'deep', 'network.json');
    const first = await start({ stateFile });
    client = new NetworkClient(first.url);
    const order = { name: 'a', endpoints: await ends(PORT, FAR), speed: 1 };
    const circuit = await client.createCircuit(order, 'c');
    await client.activate(circuit.id);
    await client.release((await client.reserve(PORT, undefined, 'gone')).id);
    await first.close();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['network.json']);

    client = new NetworkClient((await start({ stateFile })).url);
    expect(await client.createCircuit(order, 'c')).toEqual({ ...circuit, state: 'active' });
    expect(await client.reserve(PORT, undefined, 'new')).toEqual({ id: 'r-4', port: PORT, vlan: 3 });
  });

  it('is refused when it holds something else', async () => {
    const stateFile = join(folder, 'other.json');
    writeFileSync(stateFile, '{"half":');
    await expect(startController({ stateFile })).rejects.toThrow(`${stateFile} is not a state file`);
  });

  it('takes no change that it can not keep', async () => {
    const stateFile = join(folder, 'away', 'network.json');
    ({ url } = await start({ stateFile }));
    rmSync(join(folder, 'away'), { recursive: true });
    expect(await call('POST', '/reservations', { port: PORT }, 'k')).toMatchObject({ status: 500, body: { error: 'internal' } });
    expect(await call('DELETE', '/reservations/r-1')).toMatchObject({ status: 404 });
  });
});

describe('the program', () => {
  const program = join(import.meta.dirname, '../../workflows/network/controller.ts');

  function run(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
    const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    opened.push(() => child.kill('SIGKILL'));
    return child;
  }

  async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
    const [line] = (await once(createInterface({ input: stream }), 'line')) as [string];
    return line;
  }

  it('keeps every answered reservation when it is killed, and fails as told', { timeout: 60_000 }, async () => {
    const args = ['--port', '0', '--state', join(folder, 'state.json')];
    const first = run(...args);
    client = new NetworkClient((await firstLine(first.stdout)).split(' ').at(-1));
    const held = await client.reserve(PORT, undefined, 'k');
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = run(...args, '--fail', '1');
    client = new NetworkClient((await firstLine(second.stdout)).split(' ').at(-1));
    expect(await client.reserve(PORT, undefined, 'k')).toEqual(held);
    await expect(client.createCircuit({ name: 'a', endpoints: [], speed: 1 }, 'c')).rejects.toMatchObject({ code: 'busy' });
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
  });

  it('says how it is used when it is given nonsense', { timeout: 60_000 }, async () => {
    const child = run('--port', 'http');
    const [line, [code]] = await Promise.all([firstLine(child.stderr), once(child, 'exit')]);
    expect(line).toContain('"http" is not a whole number. Usage: ');
    expect(code).toBe(1);
  });
});

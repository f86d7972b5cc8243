import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { spawn, until } from './children.js';
import { fixture, Scratch } from './harness.js';

/** Serves the workflows of calls.ts in a program of its own, which is killed at the end of the test where it still runs. */
async function serving(scratch: Scratch) {
  const server = spawn(scratch, 'calls.ts', 'serve', '--callbacks', '--port', '0');
  onTestFinished(() => void server.kill('SIGKILL'));
  const said = await until(server, 'stop with Ctrl-C');
  return { server, url: /Taking calls at (http:\S+?)[,\s]/.exec(said)?.[1] ?? '' };
}

/** Runs a command in this program, on the same database. */
function run(scratch: Scratch, url: string, ...args: readonly string[]) {
  const place = ['-w', fixture('calls.ts'), '--config', fixture('ormconfig.ts'), '--database', scratch.path('stepwright.db')];
  return scratch.start([...place, '--json', ...args], { env: { STEPWRIGHT_PUBLIC_URL: url } }).ran;
}

describe('serve --callbacks in a program of its own', { timeout: 60_000 }, () => {
  it('takes a call for a step that another program still runs', async () => {
    const scratch = new Scratch();
    const { server, url } = await serving(scratch);
    const { code, records } = await run(scratch, url, 'start', 'eager');
    const { id } = records.at(-1) as { id: string };
    expect(code).toBe(0);
    expect((await run(scratch, url, 'show', id, '--state')).records).toEqual([
      { url: expect.stringContaining(`${url}/callbacks/`), statuses: [200, 404], answer: { early: true }, after: true },
    ]);
    server.kill('SIGTERM');
    expect((await server).exitCode).toBe(0);
  });

  it('takes a call for a step that it runs itself, and goes on', async () => {
    const scratch = new Scratch();
    const { server, url } = await serving(scratch);
    const { records } = await run(scratch, 'https://elsewhere.test', 'start', 'eager_later');
    const { id } = records.at(-1) as { id: string };
    await expect
      .poll(async () => (await run(scratch, url, 'processes')).records, { timeout: 20_000 })
      .toMatchObject([{ status: 'completed' }]);
    const [state] = (await run(scratch, url, 'show', id, '--state')).records as readonly { url: string }[];
    expect(state).toMatchObject({ statuses: [200, 404], answer: { early: true }, after: true });
    expect(state?.url.startsWith(`${url}/callbacks/`)).toBe(true);
    server.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await server;
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain(state?.url.split('/').at(-1));
  });

  it('moves on a process of a program that has ended, by the same secret', async () => {
    const scratch = new Scratch();
    const { url } = await serving(scratch);
    const gate = scratch.path('token');
    const { records } = await run(scratch, url, 'start', 'lab', '--input', JSON.stringify({ gate }));
    const { id } = records.at(-1) as { id: string };
    const headers = { 'content-type': 'application/json' };
    const called = await fetch(`${url}/callbacks/${readFileSync(gate, 'utf8')}`, { method: 'POST', headers, body: '{"passed": true}' });
    expect(called.status).toBe(200);
    const watched = await run(scratch, url, 'watch', id, '--wait');
    expect([watched.code, watched.records.at(-1)?.status]).toEqual([0, 'completed']);
  });
});

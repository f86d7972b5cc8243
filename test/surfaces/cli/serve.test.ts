import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fixture, type RunOptions, Scratch } from './harness.js';

const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"passed": true}' };

/** Serves the workflows of calls.ts at a free port, and gives where. */
async function serving(scratch: Scratch, args: readonly string[] = [], options: RunOptions = {}) {
  const server = scratch.start(['-w', fixture('calls.ts'), 'serve', '--callbacks', '--port', '0', ...args], options);
  await server.until('stop with Ctrl-C');
  const said = server.stderr.text;
  const address = /Taking calls at (http:\S+?)[,\s]/.exec(said)?.[1] ?? '';
  return { server, said, address };
}

/** A process that awaits a call, and its token. */
async function awaited(scratch: Scratch) {
  const gate = scratch.path('token');
  const args = ['-w', fixture('calls.ts'), '--json', 'start', 'lab', '--input', JSON.stringify({ gate })];
  const { records } = await scratch.start(args, { env: { STEPWRIGHT_PUBLIC_URL: 'https://flows.test' } }).ran;
  return { id: String(records.at(-1)?.id), token: readFileSync(gate, 'utf8') };
}

describe('a workflow that needs a public URL, where there is none', () => {
  it('is left out with a warning, and shown all the same', async () => {
    const scratch = new Scratch();
    const env = { STEPWRIGHT_PUBLIC_URL: 'http://127.0.0.1:9' };
    const failed = await scratch.start(['-w', fixture('calls.ts'), '--json', 'start', 'eager'], { env }).ran;
    const id = String(failed.records.at(-1)?.id);
    const other = await scratch.json('calls.ts', 'start', 'eager_later');
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('asks for ctx.callbackUrl, but the service has no publicUrl')]);
    const retried = await scratch.json('calls.ts', 'retry', id);
    expect([retried.code, retried.err]).toEqual([
      2,
      expect.stringContaining('warning: workflow "eager" is left out: Step "Ask" of workflow "eager"'),
    ]);
    expect(retried.err).toContain('is one of workflow "eager", which is not loaded');
    const shown = await scratch.run('-w', fixture('calls.ts'), 'show', id);
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/✗ +Ask[\s\S]*After/)]);
    expect((await scratch.json('calls.ts', 'abort', id)).records).toMatchObject([{ status: 'aborted' }]);
  });
});

describe('serve --callbacks', () => {
  it('takes calls, moves their processes, and stops', async () => {
    const scratch = new Scratch();
    const { id, token } = await awaited(scratch);
    const { server, said, address } = await serving(scratch);
    expect(said).toContain(
      `Taking calls at ${address}, which others reach at ${address}/callbacks/…, and moving what is due of 7 workflows`,
    );
    const url = `${address}/callbacks/${token}`;
    expect((await fetch(url, JSON_BODY)).status).toBe(200);
    await server.until(`${id.slice(0, 8)} ✓ Use it`);
    expect((await fetch(url, JSON_BODY)).status).toBe(404);
    server.interrupt();
    const { code, out, err } = await server.ran;
    expect(code).toBe(0);
    expect(out + err).not.toContain(token);
    await expect(fetch(url, JSON_BODY)).rejects.toThrow();
    const { records } = await scratch.run('--json', 'processes');
    expect(records).toMatchObject([{ id, status: 'completed' }]);
  });

  it('moves what is due besides', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    writeFileSync(gate, '');
    const { env } = { env: { STEPWRIGHT_PUBLIC_URL: 'https://flows.test' } };
    await scratch.start(['-w', fixture('calls.ts'), 'start', 'gates', '--input', JSON.stringify({ gate })], { env }).ran;
    const { server } = await serving(scratch);
    await server.until('✓ Three');
    server.interrupt();
    expect((await server.ran).code).toBe(0);
  });

  it('says where in JSON output too', async () => {
    const server = new Scratch().start(['-w', fixture('steps.ts'), '--json', 'serve', '--callbacks', '--port', '0']);
    await server.until('stop with Ctrl-C');
    server.interrupt();
    const { records } = await server.ran;
    const address = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(records).toEqual([{ type: 'serving', address, publicUrl: address }]);
  });

  it('takes no more calls once it is stopped, and lets the running step finish', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const { server, address } = await serving(scratch);
    const options = { env: { STEPWRIGHT_PUBLIC_URL: address } };
    const first = scratch.start(
      ['-w', fixture('calls.ts'), '--json', 'start', 'gates_later', '--input', JSON.stringify({ gate })],
      options,
    );
    expect((await first.ran).code).toBe(3);
    await expect.poll(() => server.stdout.text).toContain('✓ Rest');
    server.interrupt();
    await expect.poll(() => fetch(`${address}/callbacks/x`, JSON_BODY).then(String, () => 'refused')).toBe('refused');
    writeFileSync(gate, '');
    const { code, out } = await server.ran;
    expect([code, out]).toEqual([0, expect.stringContaining('✓ Two')]);
    expect(out).not.toContain('Three');
  });

  it.each([
    ['--public-url', ['--public-url', 'https://flows.test/stepwright/'], {}, 'https://flows.test/stepwright/callbacks/…'],
    ['$STEPWRIGHT_PUBLIC_URL', [], { STEPWRIGHT_PUBLIC_URL: 'https://env.test' }, 'https://env.test/callbacks/…'],
  ])('tells others of %s', async (_what, args, env, expected) => {
    const { server, said } = await serving(new Scratch(), args, { env });
    expect(said).toContain(`which others reach at ${expected}`);
    server.interrupt();
    await server.ran;
  });

  it('takes no address that stands for all for one that others reach', async () => {
    const server = new Scratch().start(['-w', fixture('steps.ts'), 'serve', '--callbacks', '--port', '0', '--host', '0.0.0.0']);
    await server.until('stop with Ctrl-C');
    expect(server.stderr.text).toMatch(/Taking calls at http:\/\/0\.0\.0\.0:\d+, and moving/);
    server.interrupt();
    expect((await server.ran).code).toBe(0);
  });

  it.each([
    ['no --callbacks', [], 'Say what to serve: "stepwright serve --callbacks"'],
    ['a port that is none', ['--callbacks', '--port', '70000'], '--port: Write a whole number from 0 to 65535.'],
    ['a URL that is none', ['--callbacks', '--public-url', 'flows.test'], '--public-url: Write a URL that begins with https://'],
    ['an address that is not of this machine', ['--callbacks', '--host', '203.0.113.1'], "203.0.113.1:3000 can't be listened at"],
  ])('refuses %s', async (_what, args, message) => {
    const { code, err } = await new Scratch().run('-w', fixture('steps.ts'), 'serve', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const { code, err } = await new Scratch().run('-w', fixture('steps.ts'), 'serve', '--callbacks', '--port', String(port));
    expect([code, err]).toEqual([2, expect.stringContaining('Choose another --host or --port.')]);
  });

  it('ends when the workflows can not be loaded', async () => {
    const { code, err } = await new Scratch().run('-w', 'nowhere/*.ts', '--config', 'nowhere.ts', 'serve', '--callbacks', '--port', '0');
    expect([code, err]).toEqual([2, expect.stringContaining('nowhere.ts')]);
  });
});

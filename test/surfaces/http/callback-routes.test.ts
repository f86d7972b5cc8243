import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { IsBoolean } from 'class-validator';
import { callbackStep, defineWorkflow, list, openService, type StepContext, step } from 'stepwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StepwrightError } from '../../../src/core/error.js';
import { callbackRoutes } from '../../../src/surfaces/http/callback-routes.js';

const SECRET = 'a secret for tests, long enough for everybody';
const JSON_TYPE = { 'content-type': 'application/json' };
const UNKNOWN = { code: 'unknown_callback', message: expect.stringContaining('Nothing is awaited under this token') };

class Result {
  @IsBoolean()
  passed!: boolean;
}

/** A service that takes calls at a port of its own, and a process that awaits one. */
async function serving(options: { readonly timeout?: string; readonly until?: Promise<void> } = {}) {
  const urls: string[] = [];
  const { timeout, until } = options;
  const lab = defineWorkflow(
    'lab',
    {},
    list(
      callbackStep('Ask', { resultKey: 'lab', validate: Result, ...(timeout === undefined ? {} : { timeout: timeout as '1h' }) })(
        async (ctx: StepContext) => {
          urls.push(ctx.callbackUrl);
          await until;
        },
      ),
      step('Use')(() => ({ used: true })),
    ),
  );
  const errors: unknown[] = [];
  let open: (engine: Awaited<ReturnType<typeof openService>>['engine']) => void = () => undefined;
  const app = callbackRoutes({
    engine: new Promise((resolve) => {
      open = resolve;
    }),
    onError: (error) => errors.push(error),
  });
  await app.listen({ port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const service = await openService({
    workflows: [lab],
    database: { database: ':memory:' },
    secret: SECRET,
    publicUrl: base,
    logLevel: 'silent',
  });
  onTestFinished(async () => {
    await app.close();
    await service.close();
  });
  const { engine } = service;
  open(engine);
  const { id } = await engine.start('lab');
  if (!until) await engine.settled(id);
  await expect.poll(() => urls.length).toBe(1);
  return { engine, id, base, url: urls[0] ?? '', errors, port };
}

function post(url: string, body?: string, headers: Readonly<Record<string, string>> = JSON_TYPE) {
  return fetch(url, { method: 'POST', headers: { ...headers }, ...(body === undefined ? {} : { body }) });
}

async function answered(response: Response) {
  return [response.status, JSON.parse(await response.text())] as const;
}

describe('POST /callbacks/:token', () => {
  it('answers the step that awaits it, once', async () => {
    const { engine, id, url } = await serving();
    const response = await post(url, '{"passed": true}');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await answered(response)).toEqual([200, { accepted: true }]);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { lab: { passed: true }, used: true } });
    expect(await answered(await post(url, '{"passed": true}'))).toEqual([404, UNKNOWN]);
  });

  it('lets one of several at once win', async () => {
    const { engine, id, url } = await serving();
    const bodies = [true, false, true, false].map((passed) => JSON.stringify({ passed }));
    const all = await Promise.all(bodies.map((body) => post(url, body)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    const won = all.findIndex(({ status }) => status === 200);
    expect((await engine.settled(id)).state.lab).toEqual(JSON.parse(bodies[won] ?? ''));
  });

  it('is taken while the step that asked for it still runs', async () => {
    let end: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { engine, id, url } = await serving({ until });
    expect((await post(url, '{"passed": true}')).status).toBe(200);
    expect((await post(url, '{"passed": false}')).status).toBe(404);
    expect((await engine.get(id)).status).toBe('running');
    end();
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { lab: { passed: true } } });
  });

  it('is refused when it is too late, and when the process has ended', async () => {
    const late = await serving({ timeout: '1ms' });
    expect(await answered(await post(late.url, '{"passed": true}'))).toEqual([404, UNKNOWN]);
    const ended = await serving();
    await ended.engine.abort(ended.id);
    expect(await answered(await post(ended.url, '{"passed": true}'))).toEqual([404, UNKNOWN]);
  });

  it('tells what the step refuses, and another may come', async () => {
    const { url, errors } = await serving();
    const refused = { code: 'input_refused', message: 'The step refused this body; another may be sent.' };
    expect(await answered(await post(url, '{"passed": 1, "more": 2}'))).toEqual([
      422,
      {
        ...refused,
        errors: expect.arrayContaining([expect.objectContaining({ field: 'passed', message: 'passed must be a boolean value' })]),
      },
    ]);
    const deep = `{"passed": ${'['.repeat(500)}${']'.repeat(500)}}`;
    expect(await answered(await post(url, deep))).toEqual([422, expect.objectContaining(refused)]);
    expect((await post(url, '{"passed": true}')).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it.each([
    ['what is no JSON', '{"passed": tru', JSON_TYPE, 400, 'bad_request'],
    ['an empty body that is said to be JSON', '', JSON_TYPE, 400, 'bad_request'],
    ['the prototype as a key', '{"__proto__": {"passed": true}}', JSON_TYPE, 400, 'bad_request'],
    ['text', 'passed', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['a form', 'passed=true', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['more than 1 MiB', JSON.stringify('x'.repeat(1024 * 1024)), JSON_TYPE, 413, 'too_large'],
  ])('refuses %s, whoever sends it', async (_what, body, headers, status, code) => {
    const { base, url } = await serving();
    const known = await answered(await post(url, body, headers));
    expect(known).toEqual([status, { code, message: expect.any(String) }]);
    expect(await answered(await post(`${base}/callbacks/guessed`, body, headers))).toEqual(known);
    expect((await post(url, '{"passed": true}')).status).toBe(200);
  });

  it('takes a call without a body as null', async () => {
    const { url } = await serving();
    expect((await post(url, undefined, {})).status).toBe(422);
  });

  it('takes a body of almost 1 MiB', async () => {
    const { url } = await serving();
    expect((await post(`${url}/progress`, JSON.stringify('x'.repeat(1024 * 1024 - 2)))).status).toBe(200);
  });
});

describe('POST /callbacks/:token/progress', () => {
  it('is kept with what the process waits for, as often as it comes', async () => {
    const { engine, id, url } = await serving();
    for (const percent of [10, 40])
      expect(await answered(await post(`${url}/progress`, JSON.stringify({ percent })))).toEqual([200, { accepted: true }]);
    expect(await engine.get(id)).toMatchObject({ status: 'awaiting_callback', waits: [{ progress: { percent: 40 } }] });
    expect((await post(url, '{"passed": true}')).status).toBe(200);
    expect(await answered(await post(`${url}/progress`, '{}'))).toEqual([404, UNKNOWN]);
  });

  it('refuses what is nested too deep', async () => {
    const { url, errors } = await serving();
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await post(`${url}/progress`, deep)).status).toBe(422);
    expect(errors).toEqual([]);
  });
});

describe('any other request', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/callbacks'],
    ['POST', '/callbacks'],
    ['GET', '/callbacks/TOKEN'],
    ['HEAD', '/callbacks/TOKEN'],
    ['PUT', '/callbacks/TOKEN'],
    ['DELETE', '/callbacks/TOKEN'],
    ['OPTIONS', '/callbacks/TOKEN'],
    ['POST', '/callbacks/TOKEN/other'],
    ['GET', '/callbacks/TOKEN/progress'],
    ['GET', '/health'],
    ['POST', '/callbacks/%zz'],
    ['POST', `/callbacks/${'x'.repeat(600)}`],
  ])('%s %s finds nothing', async (method, path) => {
    const { base, url } = await serving();
    const token = url.split('/').at(-1) ?? '';
    const response = await fetch(base + path.replace('TOKEN', token), { method });
    const text = await response.text();
    expect([response.status, text]).toEqual([404, method === 'HEAD' ? '' : '{"code":"not_found","message":"There is nothing here."}']);
    expect(text).not.toContain(token);
  });

  it('that is no HTTP is refused', async () => {
    const { port } = await serving();
    const socket = connect(port, '127.0.0.1');
    socket.write('hello\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a call that can not be taken', () => {
  /** Posts to routes whose engine throws this. */
  async function throwing(error: unknown) {
    const errors: unknown[] = [];
    const fail = async () => {
      throw error;
    };
    const app = callbackRoutes({ engine: { answerCallback: fail, callbackProgress: fail }, onError: (one) => errors.push(one) });
    onTestFinished(() => app.close());
    await app.listen({ port: 0 });
    const response = await post(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/callbacks/secret-token`, '1');
    return { response, body: JSON.parse(await response.text()) as object, errors };
  }

  it.each([
    ['for now', new StepwrightError('store_unavailable', 'the file is locked', { retryable: true }), 503, 'unavailable'],
    ['by this program', new StepwrightError('unknown_workflow', 'There is no workflow "x".'), 503, 'unavailable'],
    ['at all', new Error('a bug in /secret/path'), 500, 'internal'],
    ['with a status of its own', Object.assign(new Error('a bug'), { statusCode: 200 }), 500, 'internal'],
  ])('%s says no more than that, and is told of', async (_what, error, status, code) => {
    const { response, body, errors } = await throwing(error);
    expect([response.status, body]).toEqual([
      status,
      { code, message: expect.stringMatching(/^This call can ?not be taken|^This call could not/) },
    ]);
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
    expect(errors).toEqual([error]);
  });
});

it('writes nothing of a request anywhere', async () => {
  const written: string[] = [];
  const before = [process.stdout.write, process.stderr.write] as const;
  const keep = (chunk: unknown) => written.push(String(chunk)) > 0;
  process.stdout.write = keep;
  process.stderr.write = keep;
  let token = '';
  try {
    const { url, base } = await serving();
    token = url.split('/').at(-1) ?? '';
    await post(url, '{');
    await post(url, '{"passed": 1}');
    await post(url, '{"passed": true}');
    await post(url, '{"passed": true}');
    await fetch(`${base}/callbacks/${token}/x`);
    await new Promise<void>((resolve) => {
      const half = request(url, { method: 'POST', headers: { ...JSON_TYPE, 'content-length': '100' } });
      half.on('error', () => resolve());
      half.write('{');
      setImmediate(() => half.destroy());
      half.on('close', () => resolve());
    });
  } finally {
    [process.stdout.write, process.stderr.write] = before;
  }
  expect(written.join('')).not.toContain(token);
  expect(token).not.toBe('');
});

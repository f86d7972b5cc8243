import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { type Engine, hasCode, type OpenWait, openService, type ProcessDetails, type ProcessFact } from 'stepwright';
import { SqliteProcessStore } from '../../src/adapters/typeorm/sqlite-process-store.js';
import { isEnded } from '../../src/core/process.js';
import { crashing, models } from './crashing.js';
import { contended, HELD, nested } from './nested.js';
import { EffectsFile, type Outside } from './outside.js';
import type { Effect, Order, Report } from './protocol.js';

/*
 * An engine that is made to be killed: it moves so many processes to their ends, and reports what happens, line by line.
 *
 * It has loaded everything before it reads its order, so that a test can have the next one ready. It kills itself, as `kill -9` does, at
 * the moment that its order names, or after so many moments: each commit is one, and each effect, which comes before its commit.
 */

const folder = process.argv[2] ?? '';
const effects = new EffectsFile(folder);

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function readOrder(): Promise<Order> {
  for await (const line of createInterface({ input: process.stdin })) return JSON.parse(line) as Order;
  throw new Error('there was no order');
}

/** What a moment is called: `A:effect`, `A:step_ended`, `process_status:waiting`. */
function nameOf({ type, path, data }: ProcessFact): string {
  return path === undefined ? `${type}:${(data as { status?: string } | undefined)?.status ?? ''}` : `${path}:${type}`;
}

/** Moves a process, and those that it started, to their ends: does what they wait for, and looks again where another engine is at work. */
async function finish(engine: Engine, id: string): Promise<void> {
  for (;;) {
    await engine.settled(id);
    const family = await Promise.all([id, ...(await engine.list({ parent: id })).map((child) => child.id)].map((one) => engine.get(one)));
    for (const { id: one, status, failure } of family)
      if (status === 'failed' || status === 'aborted') throw new Error(`process ${one} is ${status}: ${failure?.message}`);
    const left = family.filter(({ status }) => !isEnded(status));
    if (left.length === 0) return;
    if (await answerAll(engine, left)) continue;
    const deadlines = left.flatMap(({ waits }) => waits.flatMap(({ deadline }) => deadline ?? []));
    await setTimeout(Math.max(0, Math.min(...deadlines, Date.now() + 10) - Date.now()));
    for (const { id: one } of left) await engine.tick(one);
  }
}

/** Answers all that is asked, and calls back; whether there was anything. */
async function answerAll(engine: Engine, processes: readonly ProcessDetails[]): Promise<boolean> {
  let any = false;
  for (const { id, waits } of processes) for (const wait of waits) any = (await answer(engine, id, wait)) || any;
  return any;
}

async function answer(engine: Engine, id: string, { kind, path }: OpenWait): Promise<boolean> {
  if (kind === 'form') {
    await engine.resume(id, { approved: true }, { form: path }).catch(unless('conflict', 'wrong_status'));
    return true;
  }
  const token = effects.of(id).find((effect) => effect.path === path)?.token;
  if (kind !== 'callback' || token === undefined || path === HELD) return false;
  return callBack(engine, token, { path });
}

/** Whether the call was taken: of two, the second is not. */
async function callBack(engine: Engine, token: string, body: { readonly [key: string]: string }): Promise<boolean> {
  return engine.answerCallback(token, body).then(() => true, unless('unknown_callback'));
}

function unless(...codes: readonly Parameters<typeof hasCode>[1][]): (error: unknown) => false {
  return (error) => {
    if (codes.some((code) => hasCode(error, code))) return false;
    throw error;
  };
}

report({ loaded: true });
const order = await readOrder();
let moments = 0;

function moment(name: string): void {
  if (name === order.dieAt) process.kill(process.pid, 'SIGKILL');
}

function countMoment(): void {
  moments++;
  if (moments === order.dieAfter) process.kill(process.pid, 'SIGKILL');
}

const { commit } = SqliteProcessStore.prototype;
SqliteProcessStore.prototype.commit = async function (batch) {
  const results = await commit.call(this, batch);
  countMoment();
  return results;
};

const outside: Outside = {
  effect(ctx, { undo, ...more } = {}) {
    const { idempotencyKey: key, attempt } = ctx;
    const effect: Effect = { key, path: undo ? `${ctx.path}#undo` : ctx.path, attempt, worker: process.pid, ...more };
    moment(`${effect.path}:start`);
    effects.add(effect);
    report({ effect });
    moment(`${effect.path}:effect`);
    countMoment();
  },
  isFirst: (key) => effects.isFirst(key),
  async callBack(token, body) {
    await callBack(engine, token, { ...body });
    moment('called back');
  },
};

const { engine, close } = await openService({
  workflows: [crashing(outside), ...nested(outside), contended(outside)],
  database: { database: join(folder, 'crash.db'), ...models },
  logLevel: 'error',
});
engine.onFact((id, fact) => {
  report({ fact: { id, name: nameOf(fact) } });
  moment(nameOf(fact));
});
report({ moved: await engine.tick() });
await Promise.all(
  order.starts.map(async ({ workflow, input, idempotencyKey }) => {
    const { id } = await engine.start(workflow, input, { idempotencyKey });
    await finish(engine, id);
  }),
);
await close();
report({ done: true });
process.exit();

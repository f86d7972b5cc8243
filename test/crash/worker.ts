import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { type Engine, hasCode, openService, type ProcessFact } from 'stepwright';
import { crashing, models } from './crashing.js';
import type { Order, Report } from './protocol.js';

/*
 * An engine that is made to be killed: it moves so many processes to their ends, and reports what happens, line by line.
 *
 * It has loaded everything before it reads its order, so that a test can have the next one ready. It kills itself, as `kill -9` does, at
 * the moment that its order names.
 */

const folder = process.argv[2] ?? '';
const effects = join(folder, 'effects.jsonl');

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

/** Moves a process to its end: answers what is asked, waits for what is due, and looks again where another engine is at work. */
async function finish(engine: Engine, id: string): Promise<void> {
  for (let details = await engine.settled(id); details.status !== 'completed'; details = await engine.settled(id)) {
    const { status, waits, failure } = details;
    if (status === 'failed' || status === 'aborted') throw new Error(`process ${id} is ${status}: ${failure?.message}`);
    if (status === 'suspended') await engine.resume(id, { approved: true }).catch(unlessAnswered);
    else {
      await setTimeout(Math.max(0, (waits[0]?.deadline ?? Date.now() + 10) - Date.now()));
      await engine.tick(id);
    }
  }
}

function unlessAnswered(error: unknown): void {
  if (!hasCode(error, 'conflict') && !hasCode(error, 'wrong_status')) throw error;
}

report({ loaded: true });
const order = await readOrder();

function moment(name: string): void {
  if (name === order.dieAt) process.kill(process.pid, 'SIGKILL');
}

const { engine, close } = await openService({
  workflows: [
    crashing({
      effect(effect) {
        moment(`${effect.path}:start`);
        appendFileSync(effects, `${JSON.stringify(effect)}\n`);
        report({ effect });
        moment(`${effect.path}:effect`);
      },
      hasFailed: (key) => readFileSync(effects, 'utf8').includes(`"failed":"${key}"`),
      failed: (key) => appendFileSync(effects, `${JSON.stringify({ failed: key })}\n`),
    }),
  ],
  database: { database: join(folder, 'crash.db'), ...models },
  logLevel: 'error',
});
engine.onFact((id, fact) => {
  report({ fact: { id, name: nameOf(fact) } });
  moment(nameOf(fact));
});
report({ moved: await engine.tick() });
await Promise.all(
  Array.from({ length: order.processes }, async (_, index) => {
    const { id } = await engine.start('crashing', undefined, { idempotencyKey: `process ${index}` });
    await finish(engine, id);
  }),
);
await close();
report({ done: true });
process.exit();

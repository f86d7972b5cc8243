import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource, openDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../../src/adapters/typeorm/sqlite-process-store.js';
import type { ProcessStore } from '../../../src/ports/process-store.js';
import { commit, create, formWait, NOW, STORED, stepRecord } from '../../support/process-writes.js';

interface Sent {
  readonly sql: string;
  readonly values: unknown[];
}

let store: SqliteProcessStore;
let sent: Sent[];
let plan: (statement: Sent) => Promise<readonly string[]>;
let close: () => Promise<void>;

beforeEach(async () => {
  const dataSource = createDataSource({ database: ':memory:' });
  await openDataSource(dataSource);
  const runner = dataSource.createQueryRunner();
  const query = runner.query.bind(runner) as (sql: string, values?: unknown[], structured?: boolean) => Promise<unknown>;
  sent = [];
  runner.query = (sql: string, values: unknown[] = [], structured?: boolean) => {
    sent.push({ sql, values });
    return query(sql, values, structured) as Promise<never>;
  };
  plan = async ({ sql, values }) =>
    ((await query(`EXPLAIN QUERY PLAN ${sql}`, values)) as { detail: string }[]).map(({ detail }) => detail);
  store = new SqliteProcessStore(dataSource, new SqliteGate(runner));
  close = () => dataSource.destroy();
});
afterEach(() => close());

/** How each statement begins. */
function beginnings(): readonly string[] {
  return sent.map(({ sql }) => /^(BEGIN|COMMIT|UPDATE "\w+"|INSERT INTO "\w+"|DELETE FROM "\w+")/.exec(sql)?.[0] ?? sql);
}

describe('The SQLite process store', () => {
  it('sends one statement for each part that a write has, and none for what it does not have', async () => {
    await create(store, 'p-1');
    sent.length = 0;
    const facts = [{ type: 'step_ended', path: 'A', at: NOW }] as const;
    const step = { process: 'p-1', expect: { epoch: 0 }, change: { updatedAt: NOW }, records: [stepRecord('A')], facts };
    expect(await commit(store, step)).toEqual(STORED);
    expect(beginnings()).toEqual(['BEGIN', 'UPDATE "process"', 'INSERT INTO "step_record"', 'INSERT INTO "event"', 'COMMIT']);
    sent.length = 0;
    await commit(store, { process: 'p-1', closeWaits: ['A'], openWaits: [formWait('B')], retire: ['A'], releaseLocks: 'all' });
    expect(beginnings()).toEqual([
      'BEGIN',
      'UPDATE "process"',
      'UPDATE "step_record"',
      'DELETE FROM "open_wait"',
      'INSERT INTO "open_wait"',
      'DELETE FROM "resource_lock"',
      'COMMIT',
    ]);
  });

  it.each<[string, (store: ProcessStore) => Promise<unknown>, readonly string[]]>([
    ['live records', (store) => store.liveRecords('p-1'), ['SEARCH step_record USING INDEX step_record_live (process_id=?)']],
    ['later facts', (store) => store.facts('p-1', 5), ['SEARCH event USING INDEX event_process (process_id=? AND id>?)']],
    ['a token', (store) => store.waitByToken('a'), ['SEARCH open_wait USING INDEX open_wait_token (token_hash=?)']],
    ['the next deadline', (store) => store.nextTimer(), ['SEARCH open_wait USING COVERING INDEX open_wait_deadline']],
  ])('finds %s by an index, in order', async (_what, read, expected) => {
    await read(store);
    expect(await plan(sent.at(-1)!)).toEqual(expected);
  });

  it.each<[string, (store: ProcessStore) => Promise<unknown>, readonly string[]]>([
    ['waits that are due', (store) => store.dueTimers(NOW), ['open_wait_deadline']],
    ['waits that are freed', (store) => store.freedWaits(), ['open_wait_child', 'resource_lock_path', 'resource_lock_key']],
    ['waits of a process that are freed', (store) => store.freedWaits('p-1'), ['resource_lock_path', 'resource_lock_key']],
    ['requests for locks', (store) => store.lockRequests(['a', 'b']), ['resource_lock_key']],
    ['subscriptions', (store) => store.links('p-1'), ['process_subscription_link']],
    ['children', (store) => store.list({ parent: 'p-1' }), ['process_parent']],
    ['what works on a subscription', (store) => store.list({ subscription: 's-1' }), ['process_subscription_subscription']],
    ['orphans', (store) => store.orphans(), []],
    ['what no runner has', (store) => store.unclaimed('r-1'), ['process_status', 'open_wait_path']],
  ])('reads no whole table for %s', async (_what, read, indexes) => {
    await read(store);
    const steps = await plan(sent.at(-1)!);
    expect(steps.filter((step) => /^SCAN \w+$/.test(step))).toEqual([]);
    for (const index of indexes) expect(steps).toContainEqual(expect.stringContaining(` ${index}`));
  });
});

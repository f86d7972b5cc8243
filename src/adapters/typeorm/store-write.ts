import type { QueryResult } from 'typeorm';
import type { ProcessWrite, WriteResult } from '../../ports/process-store.js';
import {
  EVENT_COLUMNS,
  eventValues,
  LINK_COLUMNS,
  LOCK_COLUMNS,
  linkValues,
  lockValues,
  PROCESS_COLUMNS,
  processValues,
  RECORD_COLUMNS,
  recordValues,
  WAIT_COLUMNS,
  waitValues,
} from './rows.js';
import { inParts, insert, marks, update, upsert } from './sql.js';
import type { Row } from './values.js';

const SNAPSHOT_COLUMNS = ['process_id', 'state'];
const INSERT_PROCESS = insert('process', PROCESS_COLUMNS, 'ON CONFLICT DO NOTHING');
const INSERT_RECORDS = insert('step_record', RECORD_COLUMNS, `${upsert(RECORD_COLUMNS, 2)}, "live" = 1`);
const INSERT_WAITS = insert('open_wait', WAIT_COLUMNS, upsert(WAIT_COLUMNS, 2));
const INSERT_LOCKS = insert('resource_lock', LOCK_COLUMNS, 'ON CONFLICT DO NOTHING');
const INSERT_LINKS = insert('process_subscription', LINK_COLUMNS, 'ON CONFLICT DO NOTHING');
const INSERT_EVENTS = insert('event', EVENT_COLUMNS, '');
const INSERT_SNAPSHOT = insert('snapshot', SNAPSHOT_COLUMNS, upsert(SNAPSHOT_COLUMNS, 1));
const RETIRE = 'UPDATE "step_record" SET "live" = 0';
const CLOSE_WAITS = 'DELETE FROM "open_wait"';
const TELL_PROGRESS = 'UPDATE "open_wait" SET "progress" = ? WHERE "process_id" = ? AND "path" = ? AND "token_hash" = ?';
const RELEASE_LOCKS = 'DELETE FROM "resource_lock"';

/** Sends a statement of the open transaction. */
export type Send = (sql: string, values: readonly unknown[]) => Promise<QueryResult>;

/** Stores a write inside the open transaction; a part that the write doesn't have costs no statement. */
export async function storeWrite(send: Send, write: ProcessWrite): Promise<WriteResult> {
  const guarded = await storeRow(send, write);
  if (!guarded.stored) return guarded;
  const { process, records, retire, openWaits, closeWaits, progress, requestLocks, releaseLocks, links, facts, snapshot } = write;
  if (records) await insertRows(send, INSERT_RECORDS, records, (record) => recordValues(process, record));
  if (retire) await atPaths(send, RETIRE, process, retire);
  if (closeWaits) await atPaths(send, CLOSE_WAITS, process, closeWaits);
  if (openWaits) await insertRows(send, INSERT_WAITS, openWaits, (wait) => waitValues(process, wait));
  if (progress) await send(TELL_PROGRESS, [JSON.stringify(progress.told), process, progress.path, progress.tokenHash]);
  if (releaseLocks) await atPaths(send, RELEASE_LOCKS, process, releaseLocks);
  if (requestLocks) await insertRows(send, INSERT_LOCKS, requestLocks, lockValues);
  if (links) await insertRows(send, INSERT_LINKS, links, (link) => linkValues(process, link));
  if (facts) await insertRows(send, INSERT_EVENTS, facts, (fact) => eventValues(process, fact));
  if (snapshot) await send(INSERT_SNAPSHOT(1), [process, JSON.stringify(snapshot)]);
  return { stored: true };
}

/** The row comes first: where it is not as expected, nothing else of the write is stored. */
async function storeRow(send: Send, { process, create, expect = {}, change }: ProcessWrite): Promise<WriteResult> {
  if (create) {
    if (changed(await send(INSERT_PROCESS(1), processValues(create)))) return { stored: true };
    const { records } = await send('SELECT "id" FROM "process" WHERE "id" = ? OR "idempotency_key" = ? LIMIT 1', [
      process,
      create.idempotencyKey ?? null,
    ]);
    return { stored: false, why: 'exists', process: String((records as Row[])[0]?.id ?? process) };
  }
  const { sql, values } = update(process, change, expect);
  return changed(await send(sql, values)) ? { stored: true } : { stored: false, why: 'changed' };
}

async function insertRows<T>(
  send: Send,
  statement: (rows: number) => string,
  rows: readonly T[],
  valuesOf: (row: T) => readonly unknown[],
): Promise<void> {
  for (const part of inParts(rows)) {
    const values: unknown[] = [];
    for (const row of part) values.push(...valuesOf(row));
    await send(statement(part.length), values);
  }
}

/** Sends a statement about a process's rows at some of its paths, or at all. */
async function atPaths(send: Send, statement: string, process: string, paths: readonly string[] | 'all'): Promise<void> {
  const ofProcess = `${statement} WHERE "process_id" = ?`;
  if (paths === 'all') await send(ofProcess, [process]);
  else for (const part of inParts(paths)) await send(`${ofProcess} AND "path" IN (${marks(part.length)})`, [process, ...part]);
}

function changed({ affected = 0 }: QueryResult): boolean {
  return affected > 0;
}

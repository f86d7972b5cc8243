import type { DataSource, QueryResult, QueryRunner } from 'typeorm';
import { hasCode } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { isEnded, PROCESS_STATUSES, RUNNABLE } from '../../core/process.js';
import type { State } from '../../core/state.js';
import type { HostProcess } from '../../ports/host.js';
import type {
  LockRequest,
  OpenWait,
  ProcessFilter,
  ProcessRow,
  ProcessStore,
  ProcessWrite,
  Runner,
  StoredFact,
  SubscriptionLink,
  WaitPlace,
  WriteResult,
} from '../../ports/process-store.js';
import { readEvent, readLink, readLock, readPlace, readProcess, readRecord, readWait } from './rows.js';
import { inParts, insert, marks, quoted, select, upsert } from './sql.js';
import { toStoreError } from './sqlite-errors.js';
import type { SqliteGate } from './sqlite-gate.js';
import { storeWrite } from './store-write.js';
import type { Row } from './values.js';

const INSERT_RUNNER = insert('runner', ['id', 'alive_until', 'host'], upsert(['id', 'alive_until'], 1));

/** Whether a process has steps to walk, and no runner but one. */
const FREE =
  `"status" IN (${quoted(RUNNABLE)}) AND ("claimed_by" IS NULL OR "claimed_by" = ?) ` +
  `AND NOT ("status" = 'undoing' AND EXISTS (SELECT 1 FROM "open_wait" WHERE "process_id" = "process"."id"))`;

/** Whether the child that is waited for is still at work. */
const CHILD_GOES_ON = `SELECT 1 FROM "process" WHERE "id" = "open_wait"."child_id" AND "status" NOT IN (${quoted(PROCESS_STATUSES.filter((status) => isEnded(status) || status === 'failed'))})`;

/** Whether somebody has asked before for one of the locks that are waited for. */
const LOCK_IS_TAKEN =
  'SELECT 1 FROM "resource_lock" "mine" JOIN "resource_lock" "earlier" ON "earlier"."key" = "mine"."key" AND "earlier"."id" < "mine"."id" ' +
  'WHERE "mine"."process_id" = "open_wait"."process_id" AND "mine"."path" = "open_wait"."path"';

/** The first condition is that of an index. */
const FREED =
  `"kind" IN ('child', 'lock') ` +
  `AND (("kind" = 'child' AND NOT EXISTS (${CHILD_GOES_ON})) OR ("kind" = 'lock' AND NOT EXISTS (${LOCK_IS_TAKEN})))`;

const ORPHANS =
  'SELECT "id" FROM "process" "child" ' +
  `WHERE "parent_id" IS NOT NULL AND "status" IN (${quoted(PROCESS_STATUSES.filter((status) => !isEnded(status)))}) ` +
  `AND EXISTS (SELECT 1 FROM "process" "parent" WHERE "parent"."id" = "child"."parent_id" AND "parent"."status" IN ('aborted', 'undone')) ` +
  'ORDER BY "created_at", "rowid"';

/** Processes in a SQLite file, through TypeORM's one connection to it; hot statements are raw SQL, prepared once. */
export class SqliteProcessStore implements ProcessStore {
  readonly #runner: QueryRunner;
  readonly #gate: SqliteGate;
  /** Sends a statement of the open group. */
  readonly #send = async (sql: string, values: readonly unknown[] = []): Promise<QueryResult> => {
    try {
      return await this.#gate.send(sql, values as unknown[]);
    } catch (error) {
      throw toStoreError(error);
    }
  };

  constructor(dataSource: DataSource, gate: SqliteGate) {
    this.#runner = dataSource.createQueryRunner();
    this.#gate = gate;
  }

  commit(batch: readonly ProcessWrite[]): Promise<readonly WriteResult[]> {
    const work = () =>
      this.#transaction(async () => {
        const results: WriteResult[] = [];
        for (const write of batch) results.push(write.joined ? await this.#storeJoined(write) : await storeWrite(this.#send, write));
        return results;
      });
    return batch.some(({ joined }) => joined) ? this.#gate.group(work) : this.#gate.hold(work);
  }

  async claim(process: string, runner: string, now: number): Promise<ProcessRow | undefined> {
    const [row] = await this.#query(
      `UPDATE "process" SET "claimed_by" = ?, "epoch" = "epoch" + 1, "status" = CASE "status" WHEN 'created' THEN 'running' ELSE "status" END, "updated_at" = ? ` +
        `WHERE "id" = ? AND ${FREE} ` +
        'AND EXISTS (SELECT 1 FROM "runner" WHERE "id" = ?) RETURNING *',
      [runner, now, process, runner, runner],
    );
    return row && readProcess(row);
  }

  async process(id: string): Promise<ProcessRow | undefined> {
    const [row] = await this.#query('SELECT * FROM "process" WHERE "id" = ?', [id]);
    return row && readProcess(row);
  }

  async processByKey(idempotencyKey: string): Promise<ProcessRow | undefined> {
    const [row] = await this.#query('SELECT * FROM "process" WHERE "idempotency_key" = ?', [idempotencyKey]);
    return row && readProcess(row);
  }

  async list(filter: ProcessFilter): Promise<readonly ProcessRow[]> {
    const { sql, values } = select(filter);
    return (await this.#query(sql, values)).map(readProcess);
  }

  async records(process: string): Promise<readonly StepRecord[]> {
    return (await this.#query('SELECT * FROM "step_record" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readRecord);
  }

  async liveRecords(process: string): Promise<readonly StepRecord[]> {
    return (await this.#query('SELECT * FROM "step_record" WHERE "process_id" = ? AND "live" = 1 ORDER BY "id"', [process])).map(
      readRecord,
    );
  }

  async waits(process: string): Promise<readonly OpenWait[]> {
    return (await this.#query('SELECT * FROM "open_wait" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readWait);
  }

  async snapshot(process: string): Promise<State | undefined> {
    const [row] = await this.#query('SELECT "state" FROM "snapshot" WHERE "process_id" = ?', [process]);
    return row && (JSON.parse(String(row.state)) as State);
  }

  async facts(process: string, after = 0): Promise<readonly StoredFact[]> {
    return (await this.#query('SELECT * FROM "event" WHERE "process_id" = ? AND "id" > ? ORDER BY "id"', [process, after])).map(readEvent);
  }

  async links(process: string): Promise<readonly SubscriptionLink[]> {
    return (await this.#query('SELECT * FROM "process_subscription" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readLink);
  }

  async waitByToken(tokenHash: string): Promise<{ process: string; wait: OpenWait } | undefined> {
    const [row] = await this.#query('SELECT * FROM "open_wait" WHERE "token_hash" = ? ORDER BY "id" LIMIT 1', [tokenHash]);
    return row && { process: String(row.process_id), wait: readWait(row) };
  }

  async lockRequests(keys?: readonly string[]): Promise<readonly LockRequest[]> {
    if (!keys) return (await this.#query('SELECT * FROM "resource_lock" ORDER BY "id"')).map(readLock);
    const rows: Row[] = [];
    for (const part of inParts([...new Set(keys)])) {
      rows.push(...(await this.#query(`SELECT * FROM "resource_lock" WHERE "key" IN (${marks(part.length)})`, part)));
    }
    return rows.sort((a, b) => Number(a.id) - Number(b.id)).map(readLock);
  }

  async dueTimers(now: number, process?: string): Promise<readonly WaitPlace[]> {
    return this.#places('"deadline" <= ?', [now], process, '"deadline", "id"');
  }

  async nextTimer(process?: string): Promise<number | undefined> {
    const [only, values] = process === undefined ? ['', []] : [' WHERE "process_id" = ?', [process]];
    const [row] = await this.#query(`SELECT MIN("deadline") AS "next" FROM "open_wait"${only}`, values);
    return typeof row?.next === 'number' ? row.next : undefined;
  }

  async freedWaits(process?: string): Promise<readonly WaitPlace[]> {
    return this.#places(FREED, [], process, '"id"');
  }

  async orphans(): Promise<readonly string[]> {
    return (await this.#query(ORPHANS)).map((row) => String(row.id));
  }

  async unclaimed(runner: string, process?: string): Promise<readonly string[]> {
    const [only, values] = process === undefined ? ['', [runner]] : [' AND "id" = ?', [runner, process]];
    const rows = await this.#query(`SELECT "id" FROM "process" WHERE ${FREE}${only} ORDER BY "created_at", "rowid"`, values);
    return rows.map((row) => String(row.id));
  }

  async keepAlive({ id, aliveUntil, host }: Runner): Promise<void> {
    await this.#query(INSERT_RUNNER(1), [id, aliveUntil, JSON.stringify(host)]);
  }

  async runners(): Promise<readonly Runner[]> {
    const rows = await this.#query('SELECT * FROM "runner" ORDER BY "alive_until"');
    return rows.map((row) => ({
      id: String(row.id),
      aliveUntil: Number(row.alive_until),
      host: JSON.parse(String(row.host)) as HostProcess,
    }));
  }

  removeRunner({ id, aliveUntil }: Runner): Promise<void> {
    const work = async () => {
      await this.#send('DELETE FROM "runner" WHERE "id" = ? AND "alive_until" <= ?', [id, aliveUntil]);
      await this.#send(
        'UPDATE "process" SET "claimed_by" = NULL WHERE "claimed_by" = ? AND NOT EXISTS (SELECT 1 FROM "runner" WHERE "id" = ?)',
        [id, id],
      );
    };
    return this.#gate.hold(() => this.#transaction(work));
  }

  /** Runs work that has the connection for itself in a transaction. */
  async #transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#send('BEGIN IMMEDIATE');
    try {
      const result = await work();
      await this.#send('COMMIT');
      return result;
    } catch (error) {
      // It fails where SQLite has ended the transaction by itself, as it does when the disk is full.
      await this.#send('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /**
   * A write whose joined part fails leaves nothing of itself, and the rest of its group stands; but where the database can't be used, no
   * write of the group is at fault, and SQLite may have ended the transaction by itself.
   */
  async #storeJoined(write: ProcessWrite): Promise<WriteResult> {
    await this.#send('SAVEPOINT "joined"');
    try {
      const result = await storeWrite(this.#send, write);
      if (result.stored) await write.joined?.(this.#runner.manager);
      await this.#send('RELEASE "joined"');
      return result;
    } catch (error) {
      const told = toStoreError(error);
      if (hasCode(told, 'store_unavailable')) throw told;
      await this.#send('ROLLBACK TO "joined"');
      await this.#send('RELEASE "joined"');
      return { stored: false, why: 'refused', error };
    }
  }

  /** Where the waits are that a condition holds for. */
  async #places(condition: string, values: readonly unknown[], process: string | undefined, order: string): Promise<readonly WaitPlace[]> {
    const only = process === undefined ? '' : ' AND "process_id" = ?';
    const rows = await this.#query(
      `SELECT "process_id", "path", "attempt" FROM "open_wait" WHERE ${condition}${only} ORDER BY ${order}`,
      process === undefined ? values : [...values, process],
    );
    return rows.map(readPlace);
  }

  /** Sends a statement from outside a group. */
  async #query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return (await this.#runner.query(sql, values as unknown[])) as readonly Row[];
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

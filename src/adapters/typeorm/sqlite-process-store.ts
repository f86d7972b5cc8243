import type { DataSource, QueryResult, QueryRunner } from 'typeorm';
import { hasCode } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { RUNNABLE } from '../../core/process.js';
import type { State } from '../../core/state.js';
import type { HostProcess } from '../../ports/host.js';
import type {
  OpenWait,
  ProcessFilter,
  ProcessRow,
  ProcessStore,
  ProcessWrite,
  Runner,
  StoredFact,
  WriteResult,
} from '../../ports/process-store.js';
import {
  EVENT_COLUMNS,
  eventValues,
  PROCESS_COLUMNS,
  processValues,
  RECORD_COLUMNS,
  type Row,
  readEvent,
  readProcess,
  readRecord,
  readWait,
  recordValues,
  WAIT_COLUMNS,
  waitValues,
} from './rows.js';
import { insert, marks, update, upsert } from './sql.js';
import { toStoreError } from './sqlite-errors.js';
import type { SqliteGate } from './sqlite-gate.js';

const SNAPSHOT_COLUMNS = ['process_id', 'state'];
const RUNNER_COLUMNS = ['id', 'alive_until', 'host'];
const INSERT_PROCESS = insert('process', PROCESS_COLUMNS, 'ON CONFLICT DO NOTHING');
const INSERT_RECORDS = insert('step_record', RECORD_COLUMNS, upsert(RECORD_COLUMNS, 2));
const INSERT_WAITS = insert('open_wait', WAIT_COLUMNS, upsert(WAIT_COLUMNS, 2));
const INSERT_EVENTS = insert('event', EVENT_COLUMNS, '');
const INSERT_SNAPSHOT = insert('snapshot', SNAPSHOT_COLUMNS, upsert(SNAPSHOT_COLUMNS, 1));
const INSERT_RUNNER = insert('runner', RUNNER_COLUMNS, upsert(['id', 'alive_until'], 1));
const RUNNABLE_LIST = RUNNABLE.map((status) => `'${status}'`).join(', ');

/** How many rows one statement inserts; SQLite takes 32,766 values at most. */
const MAX_ROWS = 100;

/** Processes in a SQLite file, through TypeORM's one connection to it; hot statements are raw SQL, prepared once. */
export class SqliteProcessStore implements ProcessStore {
  readonly #runner: QueryRunner;
  readonly #gate: SqliteGate;

  constructor(dataSource: DataSource, gate: SqliteGate) {
    this.#runner = dataSource.createQueryRunner();
    this.#gate = gate;
  }

  commit(batch: readonly ProcessWrite[]): Promise<readonly WriteResult[]> {
    const work = () =>
      this.#transaction(async () => {
        const results: WriteResult[] = [];
        for (const write of batch) results.push(write.joined ? await this.#storeJoined(write) : await this.#store(write));
        return results;
      });
    return batch.some(({ joined }) => joined) ? this.#gate.group(work) : this.#gate.hold(work);
  }

  async claim(process: string, runner: string, now: number): Promise<ProcessRow | undefined> {
    const [row] = await this.#query(
      `UPDATE "process" SET "claimed_by" = ?, "epoch" = "epoch" + 1, "status" = CASE "status" WHEN 'created' THEN 'running' ELSE "status" END, "updated_at" = ? ` +
        `WHERE "id" = ? AND "status" IN (${RUNNABLE_LIST}) AND ("claimed_by" IS NULL OR "claimed_by" = ?) ` +
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

  async list({ status, workflow, idPrefix, limit = 100 }: ProcessFilter): Promise<readonly ProcessRow[]> {
    const conditions = [
      ...(status ? [`"status" IN (${marks(status.length)})`] : []),
      ...(workflow === undefined ? [] : ['"workflow" = ?']),
      ...(idPrefix === undefined ? [] : ['substr("id", 1, length(?)) = ?']),
    ];
    const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    const values = [
      ...(status ?? []),
      ...(workflow === undefined ? [] : [workflow]),
      ...(idPrefix === undefined ? [] : [idPrefix, idPrefix]),
      limit,
    ];
    const rows = await this.#query(`SELECT * FROM "process"${where} ORDER BY "created_at" DESC, "rowid" DESC LIMIT ?`, values);
    return rows.map(readProcess);
  }

  async records(process: string): Promise<readonly StepRecord[]> {
    return (await this.#query('SELECT * FROM "step_record" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readRecord);
  }

  async waits(process: string): Promise<readonly OpenWait[]> {
    return (await this.#query('SELECT * FROM "open_wait" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readWait);
  }

  async snapshot(process: string): Promise<State | undefined> {
    const [row] = await this.#query('SELECT "state" FROM "snapshot" WHERE "process_id" = ?', [process]);
    return row && (JSON.parse(String(row.state)) as State);
  }

  async facts(process: string): Promise<readonly StoredFact[]> {
    return (await this.#query('SELECT * FROM "event" WHERE "process_id" = ? ORDER BY "id"', [process])).map(readEvent);
  }

  async dueTimers(now: number, process?: string) {
    const [only, values] = process === undefined ? ['', [now]] : [' AND "process_id" = ?', [now, process]];
    const rows = await this.#query(
      `SELECT "process_id", "path", "attempt" FROM "open_wait" WHERE "kind" = 'timer' AND "deadline" <= ?${only} ORDER BY "deadline", "id"`,
      values,
    );
    return rows.map((row) => ({ process: String(row.process_id), path: String(row.path), attempt: Number(row.attempt) }));
  }

  async nextTimer(process?: string): Promise<number | undefined> {
    const [only, values] = process === undefined ? ['', []] : [' AND "process_id" = ?', [process]];
    const [row] = await this.#query(`SELECT MIN("deadline") AS "next" FROM "open_wait" WHERE "kind" = 'timer'${only}`, values);
    return typeof row?.next === 'number' ? row.next : undefined;
  }

  async unclaimed(runner: string, process?: string): Promise<readonly string[]> {
    const [only, values] = process === undefined ? ['', [runner]] : [' AND "id" = ?', [runner, process]];
    const rows = await this.#query(
      `SELECT "id" FROM "process" WHERE "status" IN (${RUNNABLE_LIST}) AND ("claimed_by" IS NULL OR "claimed_by" = ?)${only} ORDER BY "created_at", "rowid"`,
      values,
    );
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
      const result = await this.#store(write);
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

  async #store(write: ProcessWrite): Promise<WriteResult> {
    const guarded = await this.#storeRow(write);
    if (!guarded.stored) return guarded;
    const { process, records = [], openWaits = [], closeWaits = [], facts = [], snapshot } = write;
    if (closeWaits === 'all') await this.#send('DELETE FROM "open_wait" WHERE "process_id" = ?', [process]);
    else if (closeWaits.length > 0) {
      await this.#send(`DELETE FROM "open_wait" WHERE "process_id" = ? AND "path" IN (${marks(closeWaits.length)})`, [
        process,
        ...closeWaits,
      ]);
    }
    await this.#insert(
      INSERT_RECORDS,
      records.map((record) => recordValues(process, record)),
    );
    await this.#insert(
      INSERT_WAITS,
      openWaits.map((wait) => waitValues(process, wait)),
    );
    await this.#insert(
      INSERT_EVENTS,
      facts.map((fact) => eventValues(process, fact)),
    );
    if (snapshot) await this.#send(INSERT_SNAPSHOT(1), [process, JSON.stringify(snapshot)]);
    return { stored: true };
  }

  /** The row comes first: where it is not as expected, nothing else of the write is stored. */
  async #storeRow({ process, create, expect = {}, change }: ProcessWrite): Promise<WriteResult> {
    if (create) {
      if (changed(await this.#send(INSERT_PROCESS(1), processValues(create)))) return { stored: true };
      const { records } = await this.#send('SELECT "id" FROM "process" WHERE "id" = ? OR "idempotency_key" = ? LIMIT 1', [
        process,
        create.idempotencyKey ?? null,
      ]);
      return { stored: false, why: 'exists', process: String((records as Row[])[0]?.id ?? process) };
    }
    const { sql, values } = update(process, change, expect);
    return changed(await this.#send(sql, values)) ? { stored: true } : { stored: false, why: 'changed' };
  }

  async #insert(statement: (rows: number) => string, rows: readonly (readonly unknown[])[]): Promise<void> {
    for (let from = 0; from < rows.length; from += MAX_ROWS) {
      const part = rows.slice(from, from + MAX_ROWS);
      const values: unknown[] = [];
      for (const row of part) values.push(...row);
      await this.#send(statement(part.length), values);
    }
  }

  /** Sends a statement from outside a group. */
  async #query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return (await this.#runner.query(sql, values as unknown[])) as readonly Row[];
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Sends a statement of the open group. */
  async #send(sql: string, values: readonly unknown[] = []): Promise<QueryResult> {
    try {
      return await this.#gate.send(sql, values as unknown[]);
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

function changed({ affected = 0 }: QueryResult): boolean {
  return affected > 0;
}

import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { createDataSource } from 'stepwright';
import { type Load, stepName, type Times, WORKFLOW } from './time-steps.js';

/*
 * The floor: the rows of `timeSteps`, in tables made by the same migration, written by bare better-sqlite3 with prepared statements,
 * one transaction per step. A step's transaction raises the process row's time, completes the record of the step that ended, adds the
 * record of the next one's start, and adds an event for each.
 */

/** Writes what `timeSteps` leaves of such a load, in a new database; the processes take turns, step by step. */
export async function timeBareSteps(file: string, { steps, processes = 1 }: Load): Promise<Times> {
  await createTables(file);
  const database = new Database(file);
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('journal_mode = WAL');
  const writer = new Writer(database);
  const ids = Array.from({ length: processes }, () => randomUUID());
  for (const id of ids) writer.create(id);
  for (const id of ids) writer.begin(id, 'Load');
  for (const id of ids) writer.next(id, 'Load', '{"set":{"n":0},"unset":[]}', 'Ready');

  const start = performance.now();
  const entered: number[] = [];
  for (let number = 1; number <= steps; number++) {
    const [ended, changes] = number === 1 ? ['Ready', '{"set":{},"unset":[]}'] : [stepName(number - 1), changesOf(number - 1)];
    for (const id of ids) {
      writer.next(id, ended, changes, stepName(number));
      entered.push(performance.now());
    }
  }
  for (const id of ids) writer.complete(id, stepName(steps), changesOf(steps), `{"n":${steps}}`);
  database.close();
  return { start, entered };
}

async function createTables(database: string): Promise<void> {
  const dataSource = await createDataSource({ database }).initialize();
  await dataSource.runMigrations({ transaction: 'all' });
  await dataSource.destroy();
}

function changesOf(n: number): string {
  return `{"set":{"n":${n}},"unset":[]}`;
}

class Writer {
  readonly create;
  readonly begin;
  readonly next;
  readonly complete;

  constructor(database: Database.Database) {
    const addProcess = database.prepare(
      `INSERT INTO "process" ("id", "workflow", "target", "status", "revision", "epoch", "claimed_by", "created_at", "updated_at") VALUES (?, ?, 'system', 'running', 0, 1, ?, ?, ?)`,
    );
    const touch = database.prepare(`UPDATE "process" SET "updated_at" = ? WHERE "id" = ? AND "epoch" = 1`);
    const endProcess = database.prepare(
      `UPDATE "process" SET "status" = 'completed', "claimed_by" = NULL, "updated_at" = ?, "ended_at" = ? WHERE "id" = ?`,
    );
    const addRecord = database.prepare(
      `INSERT INTO "step_record" ("process_id", "path", "attempt", "counts_from_attempt", "counts_from_at", "started_at") VALUES (?, ?, 1, 0, ?, ?)`,
    );
    const endRecord = database.prepare(
      `UPDATE "step_record" SET "outcome" = 'success', "changes" = ?, "ended_at" = ? WHERE "process_id" = ? AND "path" = ?`,
    );
    const addSnapshot = database.prepare(`INSERT INTO "snapshot" ("process_id", "state") VALUES (?, ?)`);
    const addEvent = database.prepare(`INSERT INTO "event" ("process_id", "type", "path", "at", "data") VALUES (?, ?, ?, ?, ?)`);

    const started = (id: string, path: string, now: number) => {
      addRecord.run(id, path, now, now);
      addEvent.run(id, 'step_started', path, now, '{"attempt":1}');
    };
    const ended = (id: string, path: string, changes: string, now: number) => {
      endRecord.run(changes, now, id, path);
      addEvent.run(id, 'step_ended', path, now, '{"outcome":"success","attempt":1}');
    };
    this.create = database.transaction((id: string) => {
      const now = Date.now();
      addProcess.run(id, WORKFLOW, randomUUID(), now, now);
      addRecord.run(id, '#start', now, now);
      endRecord.run('{"set":{},"unset":[]}', now, id, '#start');
      addEvent.run(id, 'process_created', null, now, `{"workflow":"${WORKFLOW}"}`);
    }).immediate;
    this.begin = database.transaction((id: string, path: string) => {
      const now = Date.now();
      touch.run(now, id);
      started(id, path, now);
    }).immediate;
    this.next = database.transaction((id: string, path: string, changes: string, following: string) => {
      const now = Date.now();
      touch.run(now, id);
      ended(id, path, changes, now);
      started(id, following, now);
    }).immediate;
    this.complete = database.transaction((id: string, path: string, changes: string, state: string) => {
      const now = Date.now();
      ended(id, path, changes, now);
      endProcess.run(now, now, id);
      addSnapshot.run(id, state);
      addEvent.run(id, 'process_status', null, now, '{"status":"completed"}');
    }).immediate;
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE "process" ("id" varchar(36) PRIMARY KEY NOT NULL, "workflow" varchar(255) NOT NULL, "target" varchar(32) NOT NULL, "product" varchar(255), "status" varchar(32) NOT NULL, "revision" integer NOT NULL, "epoch" integer NOT NULL, "claimed_by" varchar(36), "idempotency_key" varchar(255), "created_by" varchar(255), "created_at" bigint NOT NULL, "updated_at" bigint NOT NULL, "ended_at" bigint, "failure" text)`,
  `CREATE INDEX "process_status" ON "process" ("status", "created_at")`,
  `CREATE INDEX "process_created" ON "process" ("created_at")`,
  `CREATE INDEX "process_claimed" ON "process" ("claimed_by")`,
  `CREATE UNIQUE INDEX "process_key" ON "process" ("idempotency_key")`,
  `CREATE TABLE "step_record" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "process_id" varchar(36) NOT NULL, "path" text NOT NULL, "outcome" varchar(32), "changes" text, "detail" text, "decision" text, "failure" text, "attempt" integer NOT NULL, "counts_from_attempt" integer NOT NULL, "counts_from_at" bigint NOT NULL, "started_at" bigint NOT NULL, "ended_at" bigint, "by_whom" varchar(255))`,
  `CREATE UNIQUE INDEX "step_record_path" ON "step_record" ("process_id", "path")`,
  `CREATE TABLE "open_wait" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "process_id" varchar(36) NOT NULL, "path" text NOT NULL, "kind" varchar(32) NOT NULL, "attempt" integer NOT NULL, "since" bigint NOT NULL, "deadline" bigint, "reason" text NOT NULL, "assignee" varchar(255), "form" text)`,
  `CREATE UNIQUE INDEX "open_wait_path" ON "open_wait" ("process_id", "path")`,
  `CREATE INDEX "open_wait_deadline" ON "open_wait" ("deadline")`,
  `CREATE TABLE "snapshot" ("process_id" varchar(36) PRIMARY KEY NOT NULL, "state" text NOT NULL)`,
  `CREATE TABLE "event" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "process_id" varchar(36) NOT NULL, "type" varchar(32) NOT NULL, "path" text, "at" bigint NOT NULL, "data" text)`,
  `CREATE INDEX "event_process" ON "event" ("process_id", "id")`,
  `CREATE TABLE "runner" ("id" varchar(36) PRIMARY KEY NOT NULL, "alive_until" bigint NOT NULL, "host" text NOT NULL)`,
];

/** Makes the engine's tables in SQLite. */
export class CreateEngineTables1764000000000 implements MigrationInterface {
  readonly name = 'CreateEngineTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['runner', 'event', 'snapshot', 'open_wait', 'step_record', 'process']) await runner.query(`DROP TABLE "${table}"`);
  }
}

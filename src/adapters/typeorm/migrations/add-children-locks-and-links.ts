import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE "process" ADD COLUMN "parent_id" varchar(36)`,
  `ALTER TABLE "process" ADD COLUMN "parent_path" text`,
  `ALTER TABLE "process" ADD COLUMN "forked_from" varchar(36)`,
  `CREATE INDEX "process_parent" ON "process" ("parent_id") WHERE "parent_id" IS NOT NULL`,
  `ALTER TABLE "step_record" ADD COLUMN "from_process" varchar(36)`,
  `ALTER TABLE "step_record" ADD COLUMN "live" integer NOT NULL DEFAULT (1)`,
  `CREATE INDEX "step_record_live" ON "step_record" ("process_id") WHERE "live" = 1`,
  `ALTER TABLE "open_wait" ADD COLUMN "token_hash" varchar(255)`,
  `ALTER TABLE "open_wait" ADD COLUMN "progress" text`,
  `ALTER TABLE "open_wait" ADD COLUMN "child_id" varchar(36)`,
  `CREATE INDEX "open_wait_token" ON "open_wait" ("token_hash") WHERE "token_hash" IS NOT NULL`,
  `CREATE INDEX "open_wait_child" ON "open_wait" ("kind", "child_id") WHERE "kind" IN ('child', 'lock')`,
  `CREATE TABLE "resource_lock" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "key" text NOT NULL, "process_id" varchar(36) NOT NULL, "path" text NOT NULL, "since" bigint NOT NULL)`,
  `CREATE UNIQUE INDEX "resource_lock_path" ON "resource_lock" ("process_id", "path", "key")`,
  `CREATE INDEX "resource_lock_key" ON "resource_lock" ("key", "id")`,
  `CREATE TABLE "process_subscription" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "process_id" varchar(36) NOT NULL, "subscription_id" varchar(255) NOT NULL, "model" varchar(255) NOT NULL)`,
  `CREATE UNIQUE INDEX "process_subscription_link" ON "process_subscription" ("process_id", "subscription_id")`,
  `CREATE INDEX "process_subscription_subscription" ON "process_subscription" ("subscription_id")`,
];

const DOWN = [
  `DROP TABLE "process_subscription"`,
  `DROP TABLE "resource_lock"`,
  ...['open_wait_child', 'open_wait_token', 'step_record_live', 'process_parent'].map((index) => `DROP INDEX "${index}"`),
  ...['child_id', 'progress', 'token_hash'].map((column) => `ALTER TABLE "open_wait" DROP COLUMN "${column}"`),
  ...['live', 'from_process'].map((column) => `ALTER TABLE "step_record" DROP COLUMN "${column}"`),
  ...['forked_from', 'parent_path', 'parent_id'].map((column) => `ALTER TABLE "process" DROP COLUMN "${column}"`),
];

/** Makes room for children, forks, calls back, locks, retired records and the subscriptions that a process works on. */
export class AddChildrenLocksAndLinks1764200000000 implements MigrationInterface {
  readonly name = 'AddChildrenLocksAndLinks1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

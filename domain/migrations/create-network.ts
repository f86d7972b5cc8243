import type { MigrationInterface, QueryRunner } from 'typeorm';

const SUBSCRIPTION =
  '"subscriptionId" varchar PRIMARY KEY NOT NULL, "product" varchar NOT NULL, "customerId" varchar NOT NULL, "status" varchar NOT NULL, ' +
  '"insync" boolean NOT NULL, "description" text NOT NULL, "note" text, "startDate" varchar, "endDate" varchar, "version" integer NOT NULL';

/** Makes the tables of ports and L2VPNs. */
export class CreateNetwork1764000100000 implements MigrationInterface {
  readonly name = 'CreateNetwork1764000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "port" (${SUBSCRIPTION}, "device" varchar NOT NULL, "name" varchar NOT NULL, "speed" integer NOT NULL)`,
    );
    await runner.query(`CREATE TABLE "l2vpn" (${SUBSCRIPTION}, "speed" integer NOT NULL, "circuit" varchar)`);
    await runner.query(
      `CREATE TABLE "service_attach_point" ("id" varchar(36) PRIMARY KEY NOT NULL, "position" integer NOT NULL, "vlan" integer, "reservation" varchar, ` +
        `"port_id" varchar NOT NULL, "l2vpn_id" varchar NOT NULL, ` +
        `CONSTRAINT "FK_f3f75857dea2443169acb7f6ae9" FOREIGN KEY ("port_id") REFERENCES "port" ("subscriptionId") ON DELETE NO ACTION ON UPDATE NO ACTION, ` +
        `CONSTRAINT "FK_0586152d2bdf01f9ea151491c51" FOREIGN KEY ("l2vpn_id") REFERENCES "l2vpn" ("subscriptionId") ON DELETE CASCADE ON UPDATE NO ACTION)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['service_attach_point', 'l2vpn', 'port']) await runner.query(`DROP TABLE "${table}"`);
  }
}

import { IsBoolean } from 'class-validator';
import {
  ask,
  conditional,
  type DatabaseOptions,
  defineWorkflow,
  inputStep,
  list,
  retryStep,
  type StepContext,
  SubscriptionModel,
  step,
  type Workflow,
} from 'stepwright';
import { Column, Entity, type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import type { Outside } from './outside.js';

@Entity('crash_port')
export class CrashPort extends SubscriptionModel {
  @Column('integer')
  uses: number = 0;
}

class CreateCrashPort1764000900000 implements MigrationInterface {
  readonly name = 'CreateCrashPort1764000900000';

  async up(runner: QueryRunner): Promise<void> {
    const { connection } = runner;
    await runner.createTable(Table.create(connection.getMetadata(CrashPort), connection.driver));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('crash_port');
  }
}

export const models: DatabaseOptions = { models: [CrashPort], migrations: [CreateCrashPort1764000900000] };

class Approval {
  @IsBoolean()
  approved!: boolean;
}

const port = { params: { port: CrashPort } };

/** A workflow whose every step has an effect outside. */
export function crashing(outside: Outside): Workflow {
  const effect = (ctx: StepContext) => outside.effect(ctx);
  return defineWorkflow(
    'crashing',
    { product: 'port' },
    list(
      step('A')((ctx: StepContext) => {
        effect(ctx);
        return { customerId: 'acme', count: 1 };
      }),
      retryStep('B', { every: '5ms' })((ctx: StepContext, count: number) => {
        effect(ctx);
        if (outside.isFirst(ctx.idempotencyKey)) throw new Error('busy');
        return { count: count + 1 };
      }),
      inputStep('Ask')(function* () {
        return { ...(yield* ask(Approval)) };
      }),
      conditional((state) => state.approved === true)(
        step(
          'C',
          port,
        )((ctx: StepContext, port: CrashPort, count: number) => {
          effect(ctx);
          port.uses++;
          return { port, count: count + 1 };
        }),
        step(
          'D',
          port,
        )((ctx: StepContext, port: CrashPort, count: number) => {
          effect(ctx);
          port.uses++;
          return { port, count: count + 1 };
        }),
      ),
      step('E')((ctx: StepContext, count: number) => {
        effect(ctx);
        return { count: count + 1, ended: true };
      }),
    ),
  );
}

import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/*
 * The engine's tables, as TypeORM entities: they describe, so that `migration:generate` and the drift test know them. The engine reads
 * and writes them through SQL of its own. Times are milliseconds since 1970; JSON is text, so that what is read is what was written.
 */

const id = { type: 'integer', primary: true, generated: 'increment' } as const;
const uuid = { type: 'varchar', length: 36 } as const;
const word = { type: 'varchar', length: 32 } as const;
const name = { type: 'varchar', length: 255 } as const;
const json = { type: 'text' } as const;
const time = { type: 'bigint' } as const;
const count = { type: 'integer' } as const;

function column<T extends EntitySchemaColumnOptions>(field: string, type: T, nullable = false): T & { name: string; nullable: boolean } {
  return { ...type, name: field, nullable };
}

const processTable = new EntitySchema({
  name: 'StepwrightProcess',
  tableName: 'process',
  columns: {
    id: column('id', { ...uuid, primary: true }),
    workflow: column('workflow', name),
    target: column('target', word),
    product: column('product', name, true),
    status: column('status', word),
    revision: column('revision', count),
    epoch: column('epoch', count),
    claimedBy: column('claimed_by', uuid, true),
    idempotencyKey: column('idempotency_key', name, true),
    createdBy: column('created_by', name, true),
    createdAt: column('created_at', time),
    updatedAt: column('updated_at', time),
    endedAt: column('ended_at', time, true),
    failure: column('failure', json, true),
    parent: column('parent_id', uuid, true),
    parentPath: column('parent_path', json, true),
    forkedFrom: column('forked_from', uuid, true),
  },
  indices: [
    { name: 'process_status', columns: ['status', 'createdAt'] },
    { name: 'process_created', columns: ['createdAt'] },
    { name: 'process_claimed', columns: ['claimedBy'] },
    { name: 'process_key', columns: ['idempotencyKey'], unique: true },
    { name: 'process_parent', columns: ['parent'], where: '"parent_id" IS NOT NULL' },
  ],
});

const stepRecordTable = new EntitySchema({
  name: 'StepwrightStepRecord',
  tableName: 'step_record',
  columns: {
    id: column('id', id),
    process: column('process_id', uuid),
    path: column('path', json),
    outcome: column('outcome', word, true),
    changes: column('changes', json, true),
    detail: column('detail', json, true),
    decision: column('decision', json, true),
    failure: column('failure', json, true),
    attempt: column('attempt', count),
    countsFromAttempt: column('counts_from_attempt', count),
    countsFromAt: column('counts_from_at', time),
    startedAt: column('started_at', time),
    endedAt: column('ended_at', time, true),
    by: column('by_whom', name, true),
    from: column('from_process', uuid, true),
    live: column('live', { ...count, default: 1 }),
  },
  indices: [
    { name: 'step_record_path', columns: ['process', 'path'], unique: true },
    { name: 'step_record_live', columns: ['process'], where: '"live" = 1' },
  ],
});

const openWaitTable = new EntitySchema({
  name: 'StepwrightOpenWait',
  tableName: 'open_wait',
  columns: {
    id: column('id', id),
    process: column('process_id', uuid),
    path: column('path', json),
    kind: column('kind', word),
    attempt: column('attempt', count),
    since: column('since', time),
    deadline: column('deadline', time, true),
    reason: column('reason', json),
    assignee: column('assignee', name, true),
    form: column('form', json, true),
    tokenHash: column('token_hash', name, true),
    progress: column('progress', json, true),
    child: column('child_id', uuid, true),
  },
  indices: [
    { name: 'open_wait_path', columns: ['process', 'path'], unique: true },
    { name: 'open_wait_deadline', columns: ['deadline'] },
    { name: 'open_wait_token', columns: ['tokenHash'], where: '"token_hash" IS NOT NULL' },
    { name: 'open_wait_child', columns: ['kind', 'child'], where: `"kind" IN ('child', 'lock')` },
  ],
});

const resourceLockTable = new EntitySchema({
  name: 'StepwrightResourceLock',
  tableName: 'resource_lock',
  columns: {
    id: column('id', id),
    key: column('key', json),
    process: column('process_id', uuid),
    path: column('path', json),
    since: column('since', time),
  },
  indices: [
    { name: 'resource_lock_path', columns: ['process', 'path', 'key'], unique: true },
    { name: 'resource_lock_key', columns: ['key', 'id'] },
  ],
});

const processSubscriptionTable = new EntitySchema({
  name: 'StepwrightProcessSubscription',
  tableName: 'process_subscription',
  columns: {
    id: column('id', id),
    process: column('process_id', uuid),
    subscription: column('subscription_id', name),
    model: column('model', name),
  },
  indices: [
    { name: 'process_subscription_link', columns: ['process', 'subscription'], unique: true },
    { name: 'process_subscription_subscription', columns: ['subscription'] },
  ],
});

const snapshotTable = new EntitySchema({
  name: 'StepwrightSnapshot',
  tableName: 'snapshot',
  columns: { process: column('process_id', { ...uuid, primary: true }), state: column('state', json) },
});

const eventTable = new EntitySchema({
  name: 'StepwrightEvent',
  tableName: 'event',
  columns: {
    id: column('id', id),
    process: column('process_id', uuid),
    type: column('type', word),
    path: column('path', json, true),
    at: column('at', time),
    data: column('data', json, true),
  },
  indices: [{ name: 'event_process', columns: ['process', 'id'] }],
});

const runnerTable = new EntitySchema({
  name: 'StepwrightRunner',
  tableName: 'runner',
  columns: { id: column('id', { ...uuid, primary: true }), aliveUntil: column('alive_until', time), host: column('host', json) },
});

/** The entities of the engine's tables. */
export const ENGINE_TABLES = [
  processTable,
  stepRecordTable,
  openWaitTable,
  resourceLockTable,
  processSubscriptionTable,
  snapshotTable,
  eventTable,
  runnerTable,
];

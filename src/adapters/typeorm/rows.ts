import type { Failure } from '../../core/error.js';
import type { ProcessFact } from '../../core/event.js';
import type { StepRecord } from '../../core/journal.js';
import type { Outcome } from '../../core/outcome.js';
import type { ProcessStatus } from '../../core/process.js';
import type { Changes } from '../../core/state.js';
import type { Target } from '../../core/workflow.js';
import type { LockRequest, OpenWait, ProcessRow, StoredFact, SubscriptionLink, WaitPlace } from '../../ports/process-store.js';
import { given, json, number, parsed, type Row, text, type Value } from './values.js';

export const PROCESS_COLUMNS = [
  'id',
  'workflow',
  'target',
  'product',
  'status',
  'revision',
  'epoch',
  'claimed_by',
  'idempotency_key',
  'created_by',
  'created_at',
  'updated_at',
  'ended_at',
  'failure',
  'parent_id',
  'parent_path',
  'forked_from',
];
export const RECORD_COLUMNS = [
  'process_id',
  'path',
  'outcome',
  'changes',
  'detail',
  'decision',
  'failure',
  'attempt',
  'counts_from_attempt',
  'counts_from_at',
  'started_at',
  'ended_at',
  'by_whom',
  'from_process',
];
export const WAIT_COLUMNS = [
  'process_id',
  'path',
  'kind',
  'attempt',
  'since',
  'deadline',
  'reason',
  'assignee',
  'form',
  'token_hash',
  'progress',
  'child_id',
];
export const LOCK_COLUMNS = ['key', 'process_id', 'path', 'since'];
export const LINK_COLUMNS = ['process_id', 'subscription_id', 'model'];
export const EVENT_COLUMNS = ['process_id', 'type', 'path', 'at', 'data'];

export function processValues(row: ProcessRow): Value[] {
  const {
    id,
    workflow,
    target,
    product,
    status,
    revision,
    epoch,
    claimedBy,
    idempotencyKey,
    createdBy,
    createdAt,
    updatedAt,
    endedAt,
    failure,
    parent,
    forkedFrom,
  } = row;
  return [
    id,
    workflow,
    target,
    product ?? null,
    status,
    revision,
    epoch,
    claimedBy ?? null,
    idempotencyKey ?? null,
    createdBy ?? null,
    createdAt,
    updatedAt,
    endedAt ?? null,
    text(failure),
    parent?.process ?? null,
    parent?.path ?? null,
    forkedFrom ?? null,
  ];
}

export function readProcess(row: Row): ProcessRow {
  return {
    id: String(row.id),
    workflow: String(row.workflow),
    target: row.target as Target,
    status: row.status as ProcessStatus,
    revision: Number(row.revision),
    epoch: Number(row.epoch),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    ...given('product', row.product as string | null),
    ...given('claimedBy', row.claimed_by as string | null),
    ...given('idempotencyKey', row.idempotency_key as string | null),
    ...given('createdBy', row.created_by as string | null),
    ...given('endedAt', number(row.ended_at)),
    ...given('failure', parsed<Failure>(row.failure)),
    ...(row.parent_id === null ? {} : { parent: { process: String(row.parent_id), path: String(row.parent_path) } }),
    ...given('forkedFrom', row.forked_from as string | null),
  };
}

/** Changes are kept apart from the rest of an outcome: they are the state. */
export function recordValues(process: string, record: StepRecord): Value[] {
  const { path, outcome, decision, failure, attempt, countsFrom, startedAt, endedAt, by, from } = record;
  const { kind = null, changes, ...detail } = (outcome ?? {}) as { kind?: string; changes?: Changes };
  const rest = Object.keys(detail).length > 0 ? JSON.stringify(detail) : null;
  return [
    process,
    path,
    kind,
    text(changes),
    rest,
    text(decision),
    text(failure),
    attempt,
    countsFrom.attempt,
    countsFrom.at,
    startedAt,
    endedAt ?? null,
    by ?? null,
    from ?? null,
  ];
}

export function readRecord(row: Row): StepRecord {
  const changes = parsed<Changes>(row.changes);
  const outcome =
    row.outcome === null ? null : ({ kind: row.outcome, ...given('changes', changes), ...parsed<object>(row.detail) } as Outcome);
  return {
    path: String(row.path),
    outcome,
    attempt: Number(row.attempt),
    countsFrom: { attempt: Number(row.counts_from_attempt), at: Number(row.counts_from_at) },
    startedAt: Number(row.started_at),
    ...json('decision', row.decision),
    ...given('failure', parsed<Failure>(row.failure)),
    ...given('endedAt', number(row.ended_at)),
    ...given('by', row.by_whom as string | null),
    ...given('from', row.from_process as string | null),
    ...(row.live === 0 ? { retired: true } : {}),
  };
}

export function waitValues(process: string, wait: OpenWait): Value[] {
  const { path, kind, attempt, since, deadline, reason, assignee, form, tokenHash, progress, child } = wait;
  return [
    process,
    path,
    kind,
    attempt,
    since,
    deadline ?? null,
    reason,
    assignee ?? null,
    text(form),
    tokenHash ?? null,
    text(progress),
    child ?? null,
  ];
}

export function readWait(row: Row): OpenWait {
  return {
    path: String(row.path),
    kind: row.kind as OpenWait['kind'],
    attempt: Number(row.attempt),
    since: Number(row.since),
    reason: String(row.reason),
    ...given('deadline', number(row.deadline)),
    ...given('assignee', row.assignee as string | null),
    ...json('form', row.form),
    ...given('tokenHash', row.token_hash as string | null),
    ...json('progress', row.progress),
    ...given('child', row.child_id as string | null),
  };
}

export function readPlace(row: Row): WaitPlace {
  return { process: String(row.process_id), path: String(row.path), attempt: Number(row.attempt) };
}

export function lockValues({ key, process, path, since }: LockRequest): Value[] {
  return [key, process, path, since];
}

export function readLock(row: Row): LockRequest {
  return { key: String(row.key), process: String(row.process_id), path: String(row.path), since: Number(row.since) };
}

export function linkValues(process: string, { subscription, model }: SubscriptionLink): Value[] {
  return [process, subscription, model];
}

export function readLink(row: Row): SubscriptionLink {
  return { subscription: String(row.subscription_id), model: String(row.model) };
}

export function eventValues(process: string, { type, path, at, data }: ProcessFact): Value[] {
  return [process, type, path ?? null, at, text(data)];
}

export function readEvent(row: Row): StoredFact {
  return {
    id: Number(row.id),
    process: String(row.process_id),
    type: row.type as StoredFact['type'],
    at: Number(row.at),
    ...given('path', row.path as string | null),
    ...json('data', row.data),
  };
}

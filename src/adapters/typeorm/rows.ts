import type { Failure } from '../../core/error.js';
import type { ProcessFact } from '../../core/event.js';
import type { StepRecord } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { Outcome } from '../../core/outcome.js';
import type { ProcessStatus } from '../../core/process.js';
import type { Changes } from '../../core/state.js';
import type { Target } from '../../core/workflow.js';
import type { OpenWait, ProcessRow, StoredFact } from '../../ports/process-store.js';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, string | number | null>>;

type Value = string | number | null;

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
];
export const WAIT_COLUMNS = ['process_id', 'path', 'kind', 'attempt', 'since', 'deadline', 'reason', 'assignee', 'form'];
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
  };
}

/** Changes are kept apart from the rest of an outcome: they are the state. */
export function recordValues(process: string, record: StepRecord): Value[] {
  const { path, outcome, decision, failure, attempt, countsFrom, startedAt, endedAt, by } = record;
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
    ...(row.decision === null ? {} : { decision: JSON.parse(String(row.decision)) as Json }),
    ...given('failure', parsed<Failure>(row.failure)),
    ...given('endedAt', number(row.ended_at)),
    ...given('by', row.by_whom as string | null),
  };
}

export function waitValues(process: string, wait: OpenWait): Value[] {
  const { path, kind, attempt, since, deadline, reason, assignee, form } = wait;
  return [process, path, kind, attempt, since, deadline ?? null, reason, assignee ?? null, text(form)];
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
    ...(row.form === null ? {} : { form: JSON.parse(String(row.form)) as Json }),
  };
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
    ...(row.data === null ? {} : { data: JSON.parse(String(row.data)) as Json }),
  };
}

function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function parsed<T>(value: string | number | null | undefined): T | null {
  return value === null || value === undefined ? null : (JSON.parse(String(value)) as T);
}

/** PostgreSQL gives a bigint as text. */
function number(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function given<K extends string, T>(key: K, value: T | null): { [P in K]?: T } {
  return (value === null ? {} : { [key]: value }) as { [P in K]?: T };
}

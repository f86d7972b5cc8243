import type { StepRecord } from '../../src/core/journal.js';
import type { JsonObject } from '../../src/core/json.js';
import type { Outcome } from '../../src/core/outcome.js';
import type { LockRequest, OpenWait, ProcessRow, ProcessStore, ProcessWrite, Runner, WriteResult } from '../../src/ports/process-store.js';

// Short ways to what a process store is given.

/** The time at which everything below happens: milliseconds since 1970, beyond 32 bits. */
export const NOW = Date.UTC(2026, 0, 1, 12, 30, 15, 123);

export const STORED: WriteResult = { stored: true };

export function processRow(id: string, fields: Partial<ProcessRow> = {}): ProcessRow {
  return { id, workflow: 'order', target: 'create', status: 'created', revision: 0, epoch: 0, createdAt: NOW, updatedAt: NOW, ...fields };
}

/** The write that stores a new process, with more parts. */
export function creating(id: string, fields: Partial<ProcessRow> = {}, parts: Partial<ProcessWrite> = {}): ProcessWrite {
  return { process: id, create: processRow(id, fields), ...parts };
}

/** Stores new processes, each of which must be accepted. */
export async function create(store: ProcessStore, ...rows: readonly (string | ProcessRow)[]): Promise<void> {
  const writes = rows.map((row) => (typeof row === 'string' ? creating(row) : { process: row.id, create: row }));
  for (const result of await store.commit(writes)) if (!result.stored) throw new Error(`a process was not stored: ${result.why}`);
}

/** Stores one write, and gives what became of it. */
export async function commit(store: ProcessStore, write: ProcessWrite): Promise<WriteResult> {
  const results = await store.commit([write]);
  if (results.length !== 1 || !results[0]) throw new Error(`one write gave ${results.length} results`);
  return results[0];
}

export function stepRecord(path: string, fields: Partial<StepRecord> = {}): StepRecord {
  return { path, outcome: success(), attempt: 1, countsFrom: { attempt: 0, at: NOW }, startedAt: NOW, endedAt: NOW + 5, ...fields };
}

export function success(set: JsonObject = {}, unset: readonly string[] = []): Outcome {
  return { kind: 'success', changes: { set, unset } };
}

export function formWait(path: string, fields: Partial<OpenWait> = {}): OpenWait {
  return { path, kind: 'form', attempt: 1, since: NOW, reason: 'a person is asked', ...fields };
}

export function timerWait(path: string, deadline: number, fields: Partial<OpenWait> = {}): OpenWait {
  return { path, kind: 'timer', attempt: 1, since: NOW, deadline, reason: 'it is tried again', ...fields };
}

export function callbackWait(path: string, tokenHash: string, fields: Partial<OpenWait> = {}): OpenWait {
  return { path, kind: 'callback', attempt: 1, since: NOW, reason: 'another system is asked', tokenHash, ...fields };
}

export function childWait(path: string, child: string, fields: Partial<OpenWait> = {}): OpenWait {
  return { path, kind: 'child', attempt: 1, since: NOW, reason: 'another process is at work', child, ...fields };
}

export function lockWait(path: string, fields: Partial<OpenWait> = {}): OpenWait {
  return { path, kind: 'lock', attempt: 1, since: NOW, reason: 'another process holds it', ...fields };
}

export function lockRequest(key: string, process: string, path = 'Step'): LockRequest {
  return { key, process, path, since: NOW };
}

export function runner(id: string, aliveUntil: number = NOW): Runner {
  return {
    id,
    aliveUntil,
    host: { hostname: 'host-1', bootId: 'boot-1', pidNamespace: 'pid:[4026531836]', pid: 4711, startedAt: '123456' },
  };
}

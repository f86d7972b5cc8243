import { type Failure, hasCode } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { LockPolicy } from '../../core/lock.js';
import { HALTED, type Walked } from '../../core/nodes/node.js';
import { failed, type Outcome } from '../../core/outcome.js';
import { NO_CHANGES } from '../../core/state.js';
import type { LockRequest, ProcessStore } from '../../ports/process-store.js';
import type { EngineParts } from '../parts.js';
import { endOf } from './bodies.js';
import { deadlock, findCircle } from './lock-circle.js';
import type { Recorder } from './recorder.js';

/*
 * A lock is a row: the first request for a key holds it, the others stand behind in order. A request stays until its composition or its
 * process ends, so it goes from one runner to the next with the process.
 *
 * All keys of one composition are asked for at once, so two processes that ask for the same keys stand in the same order for each of them
 * and can't wait for one another. Locks inside locks can: that is found, and the one that would close the circle fails.
 */

/** Takes locks at a path, and records that they are held, or what they wait for. */
export async function takeLocks(
  parts: EngineParts,
  journal: Recorder,
  path: string,
  keys: readonly string[],
  policy: LockPolicy,
): Promise<Walked> {
  const { id } = journal.row;
  const now = journal.now();
  const before = journal.get(path);
  const attempt = (before?.attempt ?? 0) + 1;
  const countsFrom = before?.countsFrom ?? { attempt: 0, at: now };
  const started: StepRecord = { path, outcome: null, decision: keys, attempt, countsFrom, startedAt: now };
  const requested = await journal.write({ record: started }, { requestLocks: keys.map((key) => ({ key, process: id, path, since: now })) });
  if (!requested.stored) return HALTED;
  const outcome = await outcomeOf(parts, id, path, keys, policy);
  if (journal.lost) return HALTED;
  const { record, wait } = endOf(started, outcome, journal.now());
  journal.record({
    ...(record ? { record } : {}),
    ...(wait ? { wait } : {}),
    ...(outcome.kind === 'failed' ? { releaseLocks: [path] } : {}),
  });
  return outcome;
}

async function outcomeOf(
  { store, peers }: EngineParts,
  process: string,
  path: string,
  keys: readonly string[],
  policy: LockPolicy,
): Promise<Outcome> {
  let holder = holderOf(await store.lockRequests(keys), process, path);
  while (holder && policy === 'supersede' && !(await isAbove(store, holder.process, process))) {
    const row = await store.process(holder.process);
    if (row?.status === 'undoing') break; // it is on its way out, and gives its locks back then
    try {
      await peers.abort(holder.process, { reason: `superseded by process ${process}, which needs the lock "${holder.key}"` });
    } catch (error) {
      if (!hasCode(error, 'wrong_status')) throw error; // it has ended, or is taken back, meanwhile
    }
    holder = holderOf(await store.lockRequests(keys), process, path);
  }
  if (!holder) return { kind: 'success', changes: NO_CHANGES };
  const row = await store.process(holder.process);
  const who = `process ${holder.process}${row ? ` (${row.workflow})` : ''}`;
  if (policy === 'refuse') return failed(held(holder, who));
  const circle = await findCircle(store, { process, path });
  const { key } = holder;
  if (circle) return failed(deadlock(`The lock "${key}"`, circle, 'Take all locks at once, or always in the same order.', key));
  return { kind: 'waiting', reason: `the lock "${key}" is held by ${who}` };
}

/** The first request that stands before one of this path's; undefined where it holds all. */
function holderOf(requests: readonly LockRequest[], process: string, path: string): LockRequest | undefined {
  const isOwn = (request: LockRequest) => request.process === process && request.path === path;
  const first = new Map<string, LockRequest>();
  for (const request of requests) if (!first.has(request.key)) first.set(request.key, request);
  for (const request of requests) {
    const holder = first.get(request.key);
    if (isOwn(request) && holder && !isOwn(holder)) return holder;
  }
  return undefined;
}

/** Whether a process is another, or has started it: to end it would end the other too. */
async function isAbove(store: ProcessStore, process: string, other: string): Promise<boolean> {
  for (let at: string | undefined = other; at !== undefined; at = (await store.process(at))?.parent?.process)
    if (at === process) return true;
  return false;
}

function held({ key, process }: LockRequest, who: string): Failure {
  return { code: 'lock_held', message: `The lock "${key}" is held by ${who}.`, details: { key, process }, retryable: true };
}

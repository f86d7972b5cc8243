import type { StepRecord } from '../../core/journal.js';
import type { Outcome } from '../../core/outcome.js';
import { undoPath } from '../../core/path.js';
import { isEnded } from '../../core/process.js';
import type { OpenWait, WaitPlace } from '../../ports/process-store.js';
import { wrongStatus } from '../refusals.js';
import { callbackWait } from '../run/outbox.js';
import { isTakenBack, isUndoPath } from '../run/undo-mark.js';
import { byWhom, clear, clearing, type Editor } from './editor.js';

/** Clears what failed, or waits to be tried again, so that it is performed anew; its retry policy counts from here. */
export function retry(editor: Editor, id: string, path: string | undefined, by: string | undefined): Promise<void> {
  return editor.edit(id, async ({ row, records }) => {
    const isUndoing = isTakenBack(records);
    if (isEnded(row.status) && !(row.status === 'aborted' && isUndoing)) throw wrongStatus(row, 'there is nothing to retry');
    const isMeant = (record: StepRecord) => path === undefined || record.path === path || record.path === undoPath(path);
    const standing = records.filter((record) => isRetryable(record) && isMeant(record) && isUndoing === isUndoPath(record.path));
    if (standing.length === 0) {
      const which = isUndoing ? 'undo' : 'step';
      const where = path === undefined ? `no ${which}` : `no ${which} at "${path}"`;
      throw wrongStatus(row, `${where} has failed or waits for another attempt`);
    }
    // Whatever a sibling's failure had stopped goes on with it.
    const stopped = isUndoing ? [] : records.filter((record) => record.outcome?.kind === 'cancelled' && !standing.includes(record));
    const now = editor.now({ records });
    const cleared = [...standing, ...stopped].map((record) => ({
      ...clear(record),
      countsFrom: { attempt: record.attempt, at: now },
      ...byWhom(by),
    }));
    const event = isUndoing && row.status !== 'undoing' ? 'undo' : 'retry';
    return { event, ...clearing(cleared, now, by), change: { updatedAt: now, ...(isUndoing ? { endedAt: null } : { failure: null }) } };
  });
}

/** A wait for a child or a lock, or a sleep, is no attempt that could be made at once. */
function isRetryable({ outcome }: StepRecord): boolean {
  if (outcome?.kind === 'waiting') return outcome.failure !== undefined;
  return outcome?.kind === 'failed' || outcome?.kind === 'cancelled';
}

/**
 * Clears what waits at these places of a process, for its time has come or what it waited for is over, so that it is performed anew; a call
 * back that is too late has failed. Does nothing where the wait is gone.
 */
export async function wake(editor: Editor, id: string, places: readonly Omit<WaitPlace, 'process'>[]): Promise<void> {
  await editor.edit(id, async ({ row, records, waits }) => {
    if (isEnded(row.status)) return undefined;
    const [standing, open] = [new Map(records.map((one) => [one.path, one])), new Map(waits.map((one) => [one.path, one]))];
    const now = editor.now({ records });
    const over = places.flatMap(({ path, attempt }) => {
      const [record, wait] = [standing.get(path), open.get(path)];
      return (record?.attempt === attempt && wait?.attempt === attempt && afterWait(record, wait, now)) || [];
    });
    if (over.length === 0) return undefined;
    return {
      event: 'wake',
      records: over.flatMap((one) => one.records),
      closeWaits: over.flatMap((one) => one.closeWaits),
      openWaits: over.flatMap((one) => one.openWaits ?? []),
      facts: over.flatMap((one) => one.facts),
    };
  });
}

/** What becomes of a record whose wait is over; undefined for one that does not wait. */
function afterWait(record: StepRecord, open: OpenWait, now: number): WaitOver | undefined {
  const { path, attempt, outcome } = record;
  if (outcome?.kind === 'waiting') {
    const cleared = clearing([clear(record)], now);
    // A call may come before the next attempt has begun.
    const { deadline: _deadline, ...wait } = open;
    return open.tokenHash === undefined ? cleared : { ...cleared, openWaits: [callbackWait(wait)] };
  }
  if (outcome?.kind !== 'awaiting_callback') return undefined;
  const late = tooLate(record, now);
  return {
    records: [{ ...record, outcome: late, failure: late.failure, endedAt: now }],
    closeWaits: [path],
    facts: [{ type: 'step_ended', path, at: now, data: { outcome: 'failed', attempt } }],
  };
}

type WaitOver = ReturnType<typeof clearing> & { readonly openWaits?: readonly OpenWait[] };

function tooLate({ path, endedAt, startedAt }: StepRecord, now: number): Extract<Outcome, { kind: 'failed' }> {
  const waited = Math.round((now - (endedAt ?? startedAt)) / 1000);
  const message = `No call came for "${path}" within ${waited} s; a retry asks again, with a new token.`;
  return { kind: 'failed', failure: { code: 'callback_timeout', message, retryable: true } };
}

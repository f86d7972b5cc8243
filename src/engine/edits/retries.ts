import type { StepRecord } from '../../core/journal.js';
import type { Outcome } from '../../core/outcome.js';
import { undoPath } from '../../core/path.js';
import { isEnded } from '../../core/process.js';
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
 * Clears what waits at a path, for its time has come or what it waited for is over, so that it is performed anew; a call back that is too
 * late has failed. Does nothing where the wait is gone.
 */
export async function wake(editor: Editor, id: string, path: string, attempt: number): Promise<void> {
  await editor.edit(id, async ({ row, records, waits }) => {
    const record = records.find((one) => one.path === path);
    const open = waits.find((wait) => wait.path === path && wait.attempt === attempt);
    if (isEnded(row.status) || !open || record?.attempt !== attempt) return undefined;
    const now = editor.now({ records });
    if (record.outcome?.kind === 'waiting') {
      const { closeWaits, ...cleared } = clearing([clear(record)], now);
      // A call may come before the next attempt has begun.
      const { deadline: _deadline, ...wait } = open;
      return { event: 'wake', ...cleared, ...(open.tokenHash === undefined ? { closeWaits } : { openWaits: [callbackWait(wait)] }) };
    }
    if (record.outcome?.kind !== 'awaiting_callback') return undefined;
    const outcome = tooLate(record, now);
    return {
      event: 'wake',
      records: [{ ...record, outcome, failure: outcome.failure, endedAt: now }],
      closeWaits: [path],
      facts: [{ type: 'step_ended', path, at: now, data: { outcome: 'failed', attempt } }],
    };
  });
}

function tooLate({ path, endedAt, startedAt }: StepRecord, now: number): Extract<Outcome, { kind: 'failed' }> {
  const waited = Math.round((now - (endedAt ?? startedAt)) / 1000);
  const message = `No call came for "${path}" within ${waited} s; a retry asks again, with a new token.`;
  return { kind: 'failed', failure: { code: 'callback_timeout', message, retryable: true } };
}

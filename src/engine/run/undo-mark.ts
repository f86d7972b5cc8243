import type { Failure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import { UNDO_PATH } from '../../core/path.js';

/** Whether what is recorded at a path is of an undo: of one step, or of the whole process. */
export function isUndoPath(path: string): boolean {
  return path.endsWith(UNDO_PATH);
}

/** Whether a process has been taken back, as far as that went: it can't go on any more. */
export function isTakenBack(records: readonly StepRecord[]): boolean {
  return records.some((record) => record.path === UNDO_PATH);
}

/** The record that says that a process is taken back, why, and who said so. */
export function undoMark(why: Failure, now: number, { by, reason }: { readonly by?: string; readonly reason?: string } = {}): StepRecord {
  return {
    path: UNDO_PATH,
    outcome: null,
    decision: { code: why.code, message: why.message, ...(reason === undefined ? {} : { reason }) } as Json,
    attempt: 1,
    countsFrom: { attempt: 0, at: now },
    startedAt: now,
    ...(by === undefined ? {} : { by }),
  };
}

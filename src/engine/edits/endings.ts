import type { Failure } from '../../core/error.js';
import { isEnded } from '../../core/process.js';
import type { ProcessRow } from '../../ports/process-store.js';
import { wrongStatus } from '../refusals.js';
import { isTakenBack, isUndoPath, undoMark } from '../run/undo-mark.js';
import { stateNow } from '../state-at.js';
import type { Draft, Editor } from './editor.js';

/** The reason of who gives none. */
export const ABORTED = 'aborted';

/** Ends a process, whatever it does: its claim is taken away, so that a running step's result is not stored. */
export function abort(editor: Editor, id: string, reason: string, by: string | undefined): Promise<void> {
  return editor.edit(id, async ({ row, records }) => {
    if (isEnded(row.status)) throw wrongStatus(row, 'there is nothing to abort');
    if (row.status === 'undoing') throw wrongStatus(row, 'taking it back can not be stopped');
    const workflow = editor.registry.find(row.workflow);
    const now = editor.now({ records });
    const snapshot = workflow ? { snapshot: (await stateNow(workflow, records)).toObject() } : {};
    return { ...ending(row, now, abortFailure(reason, by)), ...snapshot };
  });
}

/** Ends a process where it stands. */
function ending({ epoch }: ProcessRow, now: number, failure: Failure): Draft {
  return {
    event: 'abort',
    closeWaits: 'all',
    releaseLocks: 'all',
    change: { updatedAt: now, epoch: epoch + 1, claimedBy: null, endedAt: now, failure },
  };
}

/**
 * Has a process taken back: whatever it waits for is given up, steps that run are let finish, and then the undos of its steps are performed.
 *
 * A failure that it has already stays the primary one.
 */
export function undo(editor: Editor, id: string, reason: string | undefined, by: string | undefined): Promise<void> {
  return editor.edit(id, async ({ row, records }) => {
    if (row.status === 'completed' || row.status === 'undone') throw wrongStatus(row, 'there is nothing to take back');
    if (row.status === 'undoing') throw wrongStatus(row, 'it is being taken back already');
    if (isTakenBack(records))
      throw wrongStatus(row, `it was taken back already, and not all of it worked; retry what is left: stepwright retry ${id}`);
    const now = editor.now({ records });
    if (row.status === 'created') return ending(row, now, abortFailure(reason ?? ABORTED, by)); // nothing of it has been performed
    const failure = row.failure ?? abortFailure(reason ?? ABORTED, by);
    const said = { ...(reason === undefined ? {} : { reason }), ...(by === undefined ? {} : { by }) };
    return {
      event: 'undo',
      records: [undoMark(failure, now, said)],
      closeWaits: 'all',
      change: { updatedAt: now, failure, endedAt: null },
    };
  });
}

/** Ends what a process that is taken back waits for, but for its undos: a step may have begun to wait while that was decided. */
export function giveUpWaits(editor: Editor, id: string): Promise<void> {
  return editor.edit(id, async ({ row, waits }) => {
    const closeWaits = waits.flatMap(({ path }) => (isUndoPath(path) ? [] : [path]));
    return row.status === 'undoing' && closeWaits.length > 0 ? { closeWaits } : undefined;
  });
}

function abortFailure(reason: string, by: string | undefined): Failure {
  return { code: 'aborted', message: by === undefined ? reason : `${reason} (by ${by})`, retryable: false };
}

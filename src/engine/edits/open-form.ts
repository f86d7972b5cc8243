import { StepwrightError } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { OpenWait, ProcessRow, ProcessStore } from '../../ports/process-store.js';
import { wrongStatus } from '../refusals.js';

/** A process as it is read before an edit. */
export interface Found {
  readonly row: ProcessRow;
  readonly waits: readonly OpenWait[];
  readonly records: readonly StepRecord[];
}

/** The id of an open form: its step's path and attempt, so that an answer can't meet a later question by mistake. */
export function formId(wait: Pick<OpenWait, 'path' | 'attempt'>): string {
  return `${wait.path}@${wait.attempt}`;
}

/**
 * The open form that an answer is for.
 * @param form its id or its path; may be left out where exactly one is open
 * @throws StepwrightError `wrong_status` where none is open, or several are and none is named; `conflict` for one that has been answered
 */
export async function openForm(store: ProcessStore, found: Found, form: string | undefined): Promise<OpenWait> {
  const forms = found.waits.filter((wait) => wait.kind === 'form');
  const { row } = found;
  if (form !== undefined) {
    const wait = forms.find((one) => formId(one) === form || one.path === form);
    if (wait) return wait;
    const answered = (await store.records(row.id)).find(
      (record) => (record.path === form || formId(record) === form) && record.outcome?.kind === 'success',
    );
    if (answered)
      throw new StepwrightError(
        'conflict',
        `The form "${form}" of process ${row.id} has been answered already${answered.by === undefined ? '' : ` by ${answered.by}`}; nothing was changed.`,
      );
    throw wrongStatus(row, `no form "${form}" is open${forms.length === 0 ? '' : `; open are: ${forms.map(formId).join(', ')}`}`);
  }
  const [only, ...others] = forms;
  if (!only) throw wrongStatus(row, 'no form is open');
  if (others.length > 0)
    throw new StepwrightError(
      'wrong_status',
      `Process ${row.id} has several open forms; name the one that you answer: ${forms.map(formId).join(', ')}.`,
    );
  return only;
}

import { StepwrightError } from '../core/error.js';
import type { FormReply } from '../core/form.js';
import type { ProcessRow } from '../ports/process-store.js';

export function unknownProcess(id: string): StepwrightError {
  return new StepwrightError('unknown_process', `There is no process ${id}; list them with "stepwright processes".`);
}

/** What a call is refused with that the process's status does not allow. */
export function wrongStatus(row: ProcessRow, why: string): StepwrightError {
  return new StepwrightError('wrong_status', `Process ${row.id} (${row.workflow}) is ${row.status}; ${why}.`);
}

/** What a start or an answer is refused with, when its form does not accept it. */
export function refusal(reply: Exclude<FormReply, { kind: 'done' }>, what: string): StepwrightError {
  if (reply.kind === 'page') {
    const { index, schema } = reply.page;
    return new StepwrightError('input_refused', `${what} needs an answer to page ${index + 1}; give one object per page.`, {
      details: { page: { index, schema } },
    });
  }
  const list = reply.errors.map(({ page, field, message }) => `\n  page ${page + 1}${field ? `, ${field}` : ''}: ${message}`).join('');
  return new StepwrightError('input_refused', `${what} refused the answers:${list}`, {
    details: { errors: reply.errors.map((error) => ({ ...error })) },
  });
}

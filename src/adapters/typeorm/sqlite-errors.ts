import { QueryFailedError } from 'typeorm';
import { StepwrightError } from '../../core/error.js';

const BUSY = /^SQLITE_(BUSY|LOCKED)/;
const UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|CANTOPEN|CORRUPT|NOTADB)/;

/** Whether another connection has what the statement needs; it did nothing then, and may be sent again. */
export function isBusy(error: unknown): boolean {
  return BUSY.test(resultCode(driverError(error)));
}

/**
 * What a process store throws for an error of a statement: `store_unavailable` where the database can't be used for now. Everything else
 * is a bug, and stays the driver's own error, without TypeORM's around it, which holds every value of the statement.
 */
export function toStoreError(error: unknown): unknown {
  const cause = driverError(error);
  if (!UNAVAILABLE.test(resultCode(cause))) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StepwrightError('store_unavailable', `The database did not take the statement: ${reason}`, { cause, retryable: true });
}

function driverError(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

/** SQLite's extended result code, such as `SQLITE_BUSY_RECOVERY`. */
function resultCode(error: unknown): string {
  return error instanceof Error ? String((error as { code?: unknown }).code) : '';
}

import { SqliteError } from 'better-sqlite3';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isBusy, toStoreError } from '../../../src/adapters/typeorm/sqlite-errors.js';

const thrown = (code: string) => new QueryFailedError('INSERT', ['secret'], new SqliteError('it says why', code));

describe('An error of SQLite', () => {
  it.each([
    ['SQLITE_BUSY', true],
    ['SQLITE_BUSY_RECOVERY', true],
    ['SQLITE_LOCKED', true],
    ['SQLITE_IOERR_WRITE', false],
    ['SQLITE_FULL', false],
    ['SQLITE_READONLY_DBMOVED', false],
    ['SQLITE_CANTOPEN', false],
    ['SQLITE_CORRUPT', false],
    ['SQLITE_NOTADB', false],
  ])('%s says that the store is unavailable; sending it again helps: %s', (code, busy) => {
    expect(isBusy(thrown(code))).toBe(busy);
    expect(toStoreError(thrown(code))).toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      message: 'The database did not take the statement: it says why',
      cause: { code },
    });
  });

  it.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'SQLITE_TOOBIG'])('%s stays itself, without the values of the statement', (code) => {
    expect(isBusy(thrown(code))).toBe(false);
    const error = toStoreError(thrown(code));
    expect(error).toBeInstanceOf(SqliteError);
    expect(error).toMatchObject({ code, message: 'it says why' });
    expect(error).not.toHaveProperty('parameters');
  });

  it('is nothing else that is thrown', () => {
    for (const other of [new Error('a bug'), new TypeError('SQLITE_BUSY'), 'SQLITE_BUSY', undefined]) {
      expect(isBusy(other)).toBe(false);
      expect(toStoreError(other)).toBe(other);
    }
  });
});

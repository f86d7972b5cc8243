import { SqliteError } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { retryWhileBusy } from '../../../src/adapters/typeorm/retry-while-busy.js';

/** Work that fails as often as there are codes, and how often it was done. */
function failing(...codes: readonly string[]) {
  const work = () => {
    const code = codes[work.times++];
    if (code) throw new SqliteError('no', code);
    return 'done';
  };
  work.times = 0;
  return work;
}

describe('retryWhileBusy', () => {
  it('repeats what finds the database locked, until it is not', async () => {
    const work = failing('SQLITE_BUSY', 'SQLITE_LOCKED');
    expect(await retryWhileBusy(work)).toBe('done');
    expect(work.times).toBe(3);
  });

  it('lets everything else go on meanwhile', async () => {
    let locked = true;
    setImmediate(() => {
      locked = false;
    });
    await retryWhileBusy(() => {
      if (locked) throw new SqliteError('no', 'SQLITE_BUSY');
    });
    expect(locked).toBe(false);
  });

  it('throws what else is thrown at once', async () => {
    const work = failing('SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_BUSY');
    await expect(retryWhileBusy(work)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(work.times).toBe(2);
  });

  it('gives up when its patience ends', async () => {
    const work = failing('SQLITE_BUSY', 'SQLITE_BUSY');
    await expect(retryWhileBusy(work, 0)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    expect(work.times).toBe(1);
  });
});

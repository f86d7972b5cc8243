import type { ProcessFilter, ProcessWrite } from '../../ports/process-store.js';

/** How many rows one statement is about; SQLite takes 32,766 values at most. */
const MAX_ROWS = 100;

/** `?, ?, ?` */
export function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}

/** A list in parts, each for a statement of its own. */
export function* inParts<T>(rows: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < rows.length; from += MAX_ROWS) yield rows.slice(from, from + MAX_ROWS);
}

/** Texts that are part of a statement: `'a', 'b'`. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}

/** Gives `INSERT INTO … VALUES (…), (…)` for a number of rows; the text for each number is made once, for it is asked for in every step. */
export function insert(table: string, columns: readonly string[], onConflict: string): (rows: number) => string {
  const start = `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) VALUES `;
  const row = `(${marks(columns.length)})`;
  const texts = new Map<number, string>();
  return (rows) => {
    const text = texts.get(rows) ?? `${start}${Array(rows).fill(row).join(', ')} ${onConflict}`;
    texts.set(rows, text);
    return text;
  };
}

/** Lets an insert take the place of the row that has the same key: the first columns, `keys` of them. */
export function upsert(columns: readonly string[], keys: number): string {
  const names = columns.map((column) => `"${column}"`);
  const sets = names.slice(keys).map((name) => `${name} = excluded.${name}`);
  return `ON CONFLICT (${names.slice(0, keys).join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}

/** The update of a process row that stands only where its epoch and revision are as expected. */
export function update(process: string, change: ProcessWrite['change'], expect: NonNullable<ProcessWrite['expect']>) {
  const { updatedAt, status, revision, epoch, endedAt, claimedBy, failure } = change ?? { updatedAt: undefined };
  const sets: readonly [string, unknown][] = [
    ['updated_at', updatedAt],
    ['status', status],
    ['revision', revision],
    ['epoch', epoch],
    ['ended_at', endedAt],
    ['claimed_by', claimedBy],
    ['failure', failure === undefined || failure === null ? failure : JSON.stringify(failure)],
  ];
  const given = sets.filter(([, value]) => value !== undefined);
  const where: readonly [string, unknown][] = [
    ['id', process],
    ['epoch', expect.epoch],
    ['revision', expect.revision],
  ];
  const expected = where.filter(([, value]) => value !== undefined);
  return {
    sql: `UPDATE "process" SET ${list(given.length > 0 ? given : [['id', process]], ', ')} WHERE ${list(expected, ' AND ')}`,
    values: [...(given.length > 0 ? given : [['id', process] as const]), ...expected].map(([, value]) => value),
  };
}

/** The search for the processes that a filter lets through, the newest first. */
export function select({ status, workflow, idPrefix, parent, subscription, limit = 100 }: ProcessFilter) {
  const conditions: [string, ...unknown[]][] = [];
  if (status) conditions.push([`"status" IN (${marks(status.length)})`, ...status]);
  if (workflow !== undefined) conditions.push(['"workflow" = ?', workflow]);
  if (idPrefix !== undefined) conditions.push(['substr("id", 1, length(?)) = ?', idPrefix, idPrefix]);
  if (parent !== undefined) conditions.push(['"parent_id" = ?', parent]);
  if (subscription !== undefined) {
    conditions.push(['"id" IN (SELECT "process_id" FROM "process_subscription" WHERE "subscription_id" = ?)', subscription]);
  }
  const where = conditions.length > 0 ? ` WHERE ${conditions.map(([text]) => text).join(' AND ')}` : '';
  return {
    sql: `SELECT * FROM "process"${where} ORDER BY "created_at" DESC, "rowid" DESC LIMIT ?`,
    values: [...conditions.flatMap(([, ...values]) => values), limit],
  };
}

function list(pairs: readonly (readonly [string, unknown])[], between: string): string {
  return pairs.map(([name]) => `"${name}" = ?`).join(between);
}

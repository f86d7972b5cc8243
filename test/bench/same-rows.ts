import Database from 'better-sqlite3';

/** Throws unless two databases have the same tables and indexes, as many rows in each, and texts of the same sizes in each column. */
export function assertSameRows(ours: string, other: string): void {
  const [left, right] = [contents(ours), contents(other)];
  if (left !== right) throw new Error(`the two sides did not write the same rows:\n${left}\n${right}`);
}

function contents(file: string): string {
  const database = new Database(file, { readonly: true });
  try {
    const made = database
      .prepare(`SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_master" WHERE "name" NOT LIKE 'sqlite_%' ORDER BY "name"`)
      .all() as { type: string; name: string }[];
    const sizes = made.filter(({ type }) => type === 'table').map(({ name }) => ({ name, ...sizesOf(database, name) }));
    return JSON.stringify({ made, sizes });
  } finally {
    database.close();
  }
}

function sizesOf(database: Database.Database, table: string): object {
  const columns = database.pragma(`table_info("${table}")`) as { name: string; pk: number }[];
  const sizes = columns
    .filter(({ pk }) => pk === 0)
    .map(({ name }) => `TOTAL(LENGTH("${name}")) AS "${name}", COUNT("${name}") AS "${name} given"`);
  return database.prepare(`SELECT COUNT(*) AS "rows", ${sizes.join(', ')} FROM "${table}"`).get() as object;
}

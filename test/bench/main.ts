/*
 * Measures how fast Stepwright is, and compares it with what the same work costs without it.
 *
 *   npm run bench                        every bench, as a table
 *   npm run bench -- sqlite/flat         those whose name contains this
 *   npm run bench -- --json              one JSON object a line: {"bench","value","unit","against","ratio"}
 *
 * `value` is the median of several runs. `ratio` is our time divided by the other side's, the median over pairs of runs that follow one
 * another; smaller is better. `against` and `ratio` are null where there is no other side. On a busy machine values suffer, ratios hold.
 *
 * Files live in a new folder that is removed at the end; it lies on a disk, for in memory a durable commit would cost nothing.
 */
import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';
import { HEAD, jsonLine, skippedLine, tableLine } from './lines.js';
import { measure, toFigure } from './measure.js';

/** How Linux marks a file system in memory. */
const TMPFS = 0x01021994;

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });
const [filter = ''] = positionals;
const all = await benchNames();
const names = all.filter((name) => name.includes(filter));
if (names.length === 0) {
  console.error(`No bench has "${filter}" in its name. There are: ${all.join(', ')}.`);
  process.exit(1);
}

const folder = await mkdtemp(join(await diskFolder(), 'stepwright-bench-'));
try {
  if (!values.json) console.log(HEAD);
  for (const name of names) await report(name);
} finally {
  await rm(folder, { recursive: true });
}

async function report(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { readonly bench: Bench };
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  const runs = await bench.prepare(own);
  if ('unavailable' in runs) {
    if (!values.json) console.log(skippedLine(name, runs.unavailable));
    return;
  }
  const figure = toFigure(name, bench, await measure(runs, bench.pairs), runs.value);
  await runs.close?.();
  console.log(values.json ? jsonLine(figure) : tableLine(figure));
}

async function benchNames(): Promise<readonly string[]> {
  const files = await readdir(import.meta.dirname, { recursive: true });
  return files
    .filter((file) => /^[^/\\]+[/\\].+\.ts$/.test(file))
    .map((file) => file.replaceAll('\\', '/').slice(0, -'.ts'.length))
    .sort();
}

async function diskFolder(): Promise<string> {
  const { type } = await statfs(tmpdir());
  return type === TMPFS ? process.cwd() : tmpdir();
}

import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from './page.js';

const HERE = join(import.meta.dirname, '.scratch');
const REPOSITORY = join(import.meta.dirname, '../..');

const NODE = 'exec node --conditions=stepwright-source';

const COMMANDS = {
  stepwright: `${NODE} --import @oxc-node/core/register ${REPOSITORY}/src/surfaces/cli/bin.ts "$@"`,
  typeorm: `${NODE} ${REPOSITORY}/node_modules/typeorm/cli.js "$@"`,
  npx: 'exec "$@"',
};

/** A folder in which pages run: inside the repository, so that `stepwright` and its dependencies are found there. */
export interface Scratch {
  readonly folder: string;
  /** Holds commands that use Stepwright's source, and an `npx` that installs nothing. */
  readonly bin: string;
  /** A page's own folder in it. */
  readonly folderOf: (page: Page) => string;
}

/** Makes the folder, and writes every page's files and tests. */
export async function makeScratch(pages: readonly Page[]): Promise<Scratch> {
  await mkdir(HERE, { recursive: true });
  const folder = await mkdtemp(`${HERE}/`);
  const bin = join(folder, 'bin');
  const folderOf = (page: Page) => join(folder, page.name.replace(/^docs\/|\.md$/g, ''));
  for (const [name, line] of Object.entries(COMMANDS)) {
    await write(join(bin, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(bin, name), 0o755);
  }
  for (const page of pages) {
    await mkdir(folderOf(page), { recursive: true });
    for (const { path, text } of page.files) await write(join(folderOf(page), path), text);
    // Its lines are those of the page, so that every message shows the right one.
    for (const { text, line } of page.tests) await write(join(folderOf(page), testFile(line)), '\n'.repeat(line - 1) + text);
  }
  await write(join(folder, 'tsconfig.json'), JSON.stringify({ extends: join(REPOSITORY, 'tsconfig.json'), include: ['.'] }));
  return { folder, bin, folderOf };
}

/** The file of the test that begins at a line of its page. */
export function testFile(line: number): string {
  return `line-${line}.ts`;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenLinks } from './links.js';
import { readPage } from './page.js';
import { runCommands } from './run-commands.js';
import { makeScratch, testFile } from './scratch.js';

// Everything that the documents show is run: files are compiled, tests run, commands run with their output compared. See `readPage`.

/** On a busy machine a command takes its time. */
const PATIENCE = 300_000;

const names = ['README.md', ...readdirSync('docs').flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : []))];
const pages = names.map((name) => readPage(name, readFileSync(name, 'utf8')));
const scratch = await makeScratch(pages);
afterAll(() => rm(scratch.folder, { recursive: true }));

describe('the documents', () => {
  it.concurrent('compile', { timeout: PATIENCE }, async ({ expect }) => {
    const { exitCode, stdout } = await execa('tsc', ['-p', scratch.folder], { preferLocal: true, reject: false });
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });

  for (const page of pages.filter(({ runs }) => runs.length > 0))
    it.concurrent(`${page.name} prints what it says`, { timeout: PATIENCE }, () => runCommands(page, scratch));

  it.each(names)('%s has no link that leads nowhere', (name) => {
    expect(brokenLinks(name)).toEqual([]);
  });
});

describe.each(pages.filter(({ tests }) => tests.length > 0))('$name', (page) => {
  const folder = process.cwd();
  beforeAll(() => process.chdir(scratch.folderOf(page)));
  afterAll(() => process.chdir(folder));

  for (const { text, line } of page.tests) {
    const load = () => import(join(scratch.folderOf(page), testFile(line)));
    if (/^(?:describe|it)\(/m.test(text)) describe(`at line ${line}`, load);
    else it(`holds at line ${line}`, load);
  }
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROCESS_STATUSES } from '../../src/core/process.js';
import { Engine } from '../../src/engine/engine.js';
import * as stepwright from '../../src/index.js';
import { EXIT } from '../../src/surfaces/cli/exit-codes.js';

// What a reader looks up in a table has to be there: the names are taken from the source.

const read = (file: string) => readFileSync(file, 'utf8');
const COMMANDS = [...readdirSync('src/surfaces/cli/commands').map((file) => `commands/${file}`), 'program.ts', 'globals.ts']
  .map((file) => read(`src/surfaces/cli/${file}`))
  .join('\n');

function found(pattern: RegExp, text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

const ALL = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)].map(read).join('\n');

describe('the documents', () => {
  it('name everything that can be imported as a value', () => {
    expect(Object.keys(stepwright).filter((name) => !ALL.includes(name))).toEqual([]);
  });
});

describe.each([
  ['docs/retries.md', 'error codes', found(/^ {2}\| '(\w+)'/gm, read('src/core/error.ts'))],
  ['docs/embedding.md', 'statuses', PROCESS_STATUSES],
  ['docs/embedding.md', 'facts', found(/'((?:process|step)_\w+)'/g, read('src/core/event.ts'))],
  ['docs/embedding.md', 'methods of the engine', Object.getOwnPropertyNames(Engine.prototype).filter((name) => name !== 'constructor')],
  ['docs/command-line.md', 'commands', found(/\.command\('(\w+)'\)/g, COMMANDS)],
  ['docs/command-line.md', 'options', found(/'(?:-\w, )?(--[a-z-]+)/g, COMMANDS)],
  ['docs/command-line.md', 'variables', found(/env\.(STEPWRIGHT_\w+)/g, COMMANDS)],
  ['docs/command-line.md', 'exit codes', Object.values(EXIT).map((code) => `| ${code} |`)],
])('%s', (page, what, names) => {
  it(`has all ${what}`, () => {
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => !read(page).includes(name))).toEqual([]);
  });
});

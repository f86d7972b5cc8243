import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LOCK_POLICIES } from '../../src/core/lock.js';
import { TRIGGER_RULES } from '../../src/core/nodes/graph/trigger-rule.js';
import { PROCESS_STATUSES } from '../../src/core/process.js';
import { ON_FAILURE } from '../../src/core/workflow.js';
import { Engine } from '../../src/engine/engine.js';
import * as stepwright from '../../src/index.js';
import { EXIT } from '../../src/surfaces/cli/exit-codes.js';
import { TestRun } from '../../src/testing/test-run.js';

// What a reader looks up in a table has to be there: the names are taken from the source.

const read = (file: string) => readFileSync(file, 'utf8');
const COMMANDS = [...readdirSync('src/surfaces/cli/commands').map((file) => `commands/${file}`), 'program.ts', 'globals.ts']
  .map((file) => read(`src/surfaces/cli/${file}`))
  .join('\n');
const AUTHORS = ['core/nodes', 'author/compositions', 'author/steps'].flatMap((folder) =>
  readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(`src/${folder}/${file}`)),
);

function found(pattern: RegExp, text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

/** The public members of a class. */
function membersOf({ prototype }: { readonly prototype: object }): readonly string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor' && !name.startsWith('_'));
}

/** The options that an interface declares itself, as its source has them and a table shows them. */
function optionsIn(name: string, sources: string | readonly string[]): readonly string[] {
  const [, body = ''] = new RegExp(`export interface ${name}[^{]*\\{\n(.*?)\n\\}`, 's').exec([sources].flat().join('\n')) ?? [];
  return found(/^ {2}(?:readonly )?(\w+)\??:/gm, body).map((option) => `\`${option}\``);
}

const COMPOSITION_OPTIONS = [
  'ParallelOptions',
  'ForEachOptions',
  'UntilOptions',
  'ChooseOptions',
  'GraphOptions',
  'TaskOptions',
  'RecoverOptions',
];

const ALL = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)].map(read).join('\n');

describe('the documents', () => {
  it('name everything that can be imported as a value', () => {
    expect(Object.keys(stepwright).filter((name) => !ALL.includes(name))).toEqual([]);
  });
});

describe.each([
  ['docs/retries.md', 'error codes', found(/^ {2}\| '(\w+)'/gm, read('src/core/error.ts'))],
  ['docs/embedding.md', 'statuses', PROCESS_STATUSES],
  ['docs/embedding.md', 'facts', found(/^ {2}\| '(\w+)'/gm, read('src/core/event.ts'))],
  ['docs/embedding.md', 'methods of the engine', membersOf(Engine)],
  [
    'docs/embedding.md',
    'options of a service',
    [...optionsIn('ServiceOptions', read('src/app.ts')), ...optionsIn('EngineOptions', read('src/engine/heartbeat.ts'))],
  ],
  ['docs/testing.md', 'members of a run', membersOf(TestRun).filter((name) => name !== 'look')],
  ['docs/testing.md', 'options of a test', optionsIn('TestOptions', read('src/testing/test-workflow.ts'))],
  ['docs/workflows.md', 'options of a workflow', optionsIn('WorkflowOptions', read('src/author/define-workflow.ts'))],
  ['docs/subscriptions.md', 'options of a workflow', optionsIn('LifeOptions', read('src/author/subscription-life.ts'))],
  ['docs/compositions.md', 'options', COMPOSITION_OPTIONS.flatMap((name) => optionsIn(name, AUTHORS))],
  ['docs/compositions.md', 'trigger rules', TRIGGER_RULES],
  ['docs/callbacks.md', 'options', optionsIn('CallbackOptions', AUTHORS)],
  [
    'docs/callbacks.md',
    'HTTP status codes',
    found(/status: (\d{3})/g, read('src/surfaces/http/callback-routes.ts')).filter((code) => code !== '500'),
  ],
  ['docs/child-processes.md', 'options', optionsIn('ChildOptions', AUTHORS)],
  ['docs/locks.md', 'options', optionsIn('WithLockOptions', AUTHORS)],
  ['docs/locks.md', 'policies', LOCK_POLICIES],
  ['docs/undo.md', 'answers to a failure', ON_FAILURE],
  ['docs/command-line.md', 'commands', found(/\.command\('([\w-]+)'\)/g, COMMANDS)],
  ['docs/command-line.md', 'options', found(/'(?:-\w, )?(--[a-z-]+)/g, COMMANDS)],
  ['docs/command-line.md', 'variables', found(/env\.(STEPWRIGHT_\w+)/g, COMMANDS + read('src/app.ts'))],
  ['docs/command-line.md', 'exit codes', Object.values(EXIT).map((code) => `| ${code} |`)],
])('%s', (page, what, names) => {
  it(`has all ${what}`, () => {
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => !read(page).includes(name))).toEqual([]);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, Scratch } from './harness.js';

const ORDER = '{"customer": "Ann", "amount": 2, "colour": "red"}';
const ANSWERS = '{"Confirm": {"approved": true}}';

describe('show', () => {
  it('shows who, when, each step with what it changed, and what the conditions left out', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('order.ts', 'order', '--input', ORDER, '--wait', '--answers', ANSWERS, '--idempotency-key', 'k1');
    const { code, out } = await scratch.run('-w', fixture('order.ts'), 'show', id);
    expect(code).toBe(0);
    const steady = out
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
      .replaceAll(/\b\d+(\.\d+)?m?s\b/g, 'N')
      .replaceAll(id, 'ID');
    expect(steady).toBe(`order  completed
  id       ID
  started  TIME by ann
  took     N
  product  Book
  key      k1
  input    customer = "Ann", amount = 2, colour = "red", product = "Book"

✓ Reserve  N
    reserved = 4
✓ Ship  N, 2 attempts
    shipped = true
    last failure: no truck
✓ Confirm  N, by ann
    approved = true
✓ Bill  N
    billed = true
- Refund  skipped: its condition does not hold
`);
  });

  it('shows what a suspended process waits for, what was not reached, and what to type next', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { out } = await scratch.run('-w', fixture('steps.ts'), 'show', id);
    expect(out).toContain('? First  suspended\n· Second  not reached\n\nWaiting: First waits for an answer, since ');
    expect(out).toMatch(/Next:\n {2}answer First: +stepwright \S+ \S+ resume [\da-f]{8} --input '{"name":"text"}'/);
  });

  it('shows when the next attempt is', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'patient');
    const { out } = await scratch.run('-w', fixture('steps.ts'), 'show', id);
    expect(out).toMatch(
      /↻ Wait {2}waiting, \d+ms\n {4}not yet\n\nWaiting: Wait waits, since .*: attempt 1 failed: not yet; goes on in (1h|59m \d+s), at /,
    );
    expect(out).toContain('try at once:');
  });

  it('shows a failure with its causes, and with --full its stack and whole changes', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'failing', '--input', '{"gate": "/nowhere"}');
    const brief = await scratch.run('-w', fixture('steps.ts'), 'show', id);
    expect(brief.out).toMatch(/✗ Try {2}failed, \d+ms\n {4}the lab is closed\n {4}caused by: no key\n/);
    expect(brief.out).not.toContain('    at ');
    const full = await scratch.run('-w', fixture('steps.ts'), 'show', id, '--full');
    expect(full.out).toMatch(/ {4}Error: the lab is closed\n +at /);
    expect(full.out).toContain('"gate": "/nowhere"');
  });

  it('shows what an aborted process died of', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'patient');
    await scratch.run('abort', id, '--reason', 'enough');
    const { out } = await scratch.run('show', id);
    expect(out).toMatch(/patient {2}aborted[\s\S]*enough \(by .*\) \(aborted\)/);
  });

  it('shows recorded steps though the workflow is not loaded', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice', '--answers', '{"First": {"name": "x"}}');
    const { code, out } = await scratch.run('show', id);
    expect(code).toBe(0);
    expect(out).toContain('✓ First');
    expect(out).toContain('Workflow "twice" is not loaded, so steps that were not reached are not shown.');
  });

  it('prints the state alone', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'greet');
    const { out } = await scratch.run('show', id, '--state');
    expect(JSON.parse(out)).toEqual({ text: 'hello' });
    const { records } = await scratch.json('steps.ts', 'show', id, '--state');
    expect(records).toEqual([{ text: 'hello' }]);
  });

  it('gives all of it as JSON', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'greet');
    const { records } = await scratch.json('steps.ts', 'show', id);
    expect(records).toMatchObject([
      {
        type: 'process',
        id,
        status: 'completed',
        state: { text: 'hello' },
        steps: [{ path: 'Hello', status: 'success', attempt: 1, changes: { set: { text: 'hello' } } }],
      },
    ]);
  });
});

describe('processes', () => {
  it('lists them, the newest first, and filters', async () => {
    const scratch = new Scratch();
    const first = await scratch.started('steps.ts', 'greet');
    const second = await scratch.started('steps.ts', 'patient');
    const { out } = await scratch.run('processes');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['ID', 'WORKFLOW', 'STATUS'],
      [second, 'patient', 'waiting'],
      [first, 'greet', 'completed'],
      [''],
    ]);
    const ids = async (...args: string[]) => (await scratch.run('--json', 'processes', ...args)).records.map(({ id }) => id);
    expect(await ids('--status', 'failed,completed')).toEqual([first]);
    expect(await ids('--workflow', 'patient')).toEqual([second]);
    expect(await ids('--limit', '1')).toEqual([second]);
    expect((await scratch.run('processes', '--status', 'undone')).out).toBe('There are no such processes.\n');
  });

  it.each([
    ['a status that there is not', ['--status', 'failed,waitng'], '--status: There is no status "waitng". Did you mean "waiting"?'],
    ['no number', ['--limit', 'x'], '--limit: Write a whole number from 1. See stepwright processes --help.'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, err } = await new Scratch().run('processes', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses a database that is not there, rather than make an empty one', async () => {
    const scratch = new Scratch();
    const { code, err } = await scratch.run('--database', 'typo.db', 'processes');
    expect([code, err]).toEqual([2, expect.stringContaining(`There is no database ${scratch.path('typo.db')}.`)]);
  });

  it('refuses a file that is no database', async () => {
    const scratch = new Scratch();
    writeFileSync(scratch.path('text.db'), 'this is no database at all, '.repeat(100));
    const { code, err } = await scratch.run('--database', 'text.db', 'processes');
    expect([code, err]).toEqual([2, expect.stringContaining("can't be opened")]);
  });
});

describe('workflows', () => {
  it('lists what can be started', async () => {
    const { code, out } = await new Scratch().run('-w', fixture('order.ts'), '-w', fixture('plain.ts'), 'workflows');
    expect(code).toBe(0);
    const [headings, row] = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(headings).toEqual(['NAME', 'TARGET', 'PRODUCT', 'STEPS', 'DESCRIPTION', 'FILE']);
    expect(row).toEqual(['order', 'create', 'Book', '5', 'Sell a book', fixture('order.ts')]);
  });

  it('finds files by folder and by glob, and leaves tests, declarations and packages out', async () => {
    const scratch = new Scratch();
    const files = await scratch.run('--json', '-w', join(fixture('..'), 'fixtures'), 'workflows');
    expect(files.records.map(({ name }) => name)).toEqual(expect.arrayContaining(['order', 'survey', 'greet']));
    const glob = await scratch.run('--json', '-w', `${fixture('..')}/fixtures/s*.ts`, 'workflows');
    expect(new Set(glob.records.map(({ file }) => file))).toEqual(new Set([fixture('steps.ts'), fixture('survey.ts')]));
    const none = await scratch.run('-w', `${fixture('..')}/*.test.ts`, 'workflows');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('matches no file')]);
  });

  it('says where to look when there are none', async () => {
    const { code, out } = await new Scratch().run('workflows');
    expect([code, out]).toEqual([0, expect.stringContaining('There are no workflows in ')]);
  });
});

describe('check', () => {
  it('says how many workflows are fine', async () => {
    const { code, out } = await new Scratch().run('-w', fixture('steps.ts'), 'check');
    expect([code, out]).toEqual([0, '✓ 6 workflows are fine.\n']);
  });

  it('prints every problem of every file, and goes on', async () => {
    const files = ['broken.ts', 'unreadable.ts', 'steps.ts', 'namesake.ts'].flatMap((file) => ['-w', fixture(file)]);
    const { code, out } = await new Scratch().run(...files, 'check');
    expect(code).toBe(1);
    expect(out).toContain(`✗ ${fixture('broken.ts')}\n  `);
    expect(out).toContain('Two steps are named "Ship"');
    expect(out).toContain(`✗ ${fixture('unreadable.ts')}\n  this file needs a network\n`);
    expect(out).toContain('Two workflows are named "greet"');
    expect(out).toMatch(/6 workflows are fine; 3 problems found.\n$/);
  });

  it('gives the same as JSON', async () => {
    const { code, records } = await new Scratch().json('unreadable.ts', 'check');
    expect(code).toBe(1);
    expect(records).toEqual([
      { type: 'problem', kind: 'unreadable', file: fixture('unreadable.ts'), message: 'this file needs a network' },
      { type: 'check', workflows: 0, problems: 1 },
    ]);
  });
});

describe('--config', () => {
  it('names the data source, and --database overrides its file', async () => {
    const scratch = new Scratch();
    const config = ['--config', fixture('ormconfig.ts'), '--database', 'own.db'];
    const started = await scratch.run('-w', fixture('steps.ts'), '--json', ...config, 'start', 'greet');
    expect(started.code).toBe(0);
    const { records } = await scratch.run('--json', '--database', 'own.db', 'processes');
    expect(records).toHaveLength(1);
  });

  it.each([
    ['that is not there', 'nowhere.ts', 'There is no configuration nowhere.ts'],
    [
      'whose default export is something else',
      fixture('not-a-config.ts'),
      'something that is no TypeORM DataSource; write: export default createDataSource(',
    ],
    ['without a default export', fixture('plain.ts'), 'has no default export; write: export default createDataSource('],
  ])('refuses a file %s', async (_what, file, message) => {
    const { code, err } = await new Scratch().run('--config', file, 'processes');
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('help', () => {
  it('lists the commands and the exit codes', async () => {
    const { code, out } = await new Scratch().run('--help');
    expect(code).toBe(0);
    for (const command of ['start', 'resume', 'retry', 'abort', 'processes', 'show', 'workflows', 'graph', 'check', 'tick', 'scheduler']) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(out).toContain('Exit codes: 0');
  });

  it.each(['start', 'resume', 'retry', 'abort', 'processes', 'show', 'workflows', 'graph', 'check', 'tick', 'scheduler'])(
    'of %s has examples',
    async (command) => {
      const { code, out } = await new Scratch().run(command, '--help');
      expect([code, out]).toEqual([0, expect.stringContaining(`Examples:\n  $ stepwright ${command}`)]);
    },
  );

  it('prints the version', async () => {
    const { code, out } = await new Scratch().run('--version');
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  it.each([
    ['an unknown command', ['strat'], "Unknown command 'strat' (Did you mean start?) See stepwright --help."],
    ['no command', [], 'Say what to do'],
    ['a missing argument', ['show'], "Missing required argument 'process'. See stepwright show --help."],
  ])('is pointed at for %s', async (_what, args, message) => {
    const { code, err, out } = await new Scratch().run(...args);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

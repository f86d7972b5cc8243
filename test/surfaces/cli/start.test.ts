import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, Scratch } from './harness.js';

const ORDER = '{"customer": "Ann", "amount": 2, "colour": "red"}';

describe('start', () => {
  it('runs a workflow to its end, and says where to look', async () => {
    const { code, out, err } = await new Scratch().run('-w', fixture('steps.ts'), '--by', 'ann', 'start', 'greet');
    expect(err).toBe('');
    expect(out).toMatch(
      /^✓ Hello {2}\d+ms\ngreet {2}completed {2}[\da-f-]{36} {2}\d+ms\n {2}look at it: stepwright -w \S+steps.ts show [\da-f]{8}\n$/,
    );
    expect(code).toBe(0);
  });

  it('ends where the process waits for another attempt', async () => {
    const { code, records } = await new Scratch().json('order.ts', 'start', 'order', '--input', ORDER);
    expect(code).toBe(3);
    expect(records.map(({ type, path, status }) => [type, path, status])).toEqual([
      ['step', 'Reserve', 'running'],
      ['step', 'Reserve', 'success'],
      ['step', 'Ship', 'running'],
      ['step', 'Ship', 'waiting'],
      ['process', undefined, 'waiting'],
    ]);
    expect(records[3]).toMatchObject({ reason: 'attempt 1 failed: no truck', until: expect.stringMatching(/Z$/) });
    expect(records[4]).toMatchObject({ workflow: 'order', createdBy: 'ann', state: { customer: 'Ann', reserved: 4, product: 'Book' } });
  });

  it('stays with --wait, and ends where a person is asked and nobody sits there', async () => {
    const { code, out } = await new Scratch().run('-w', fixture('order.ts'), 'start', 'order', '--input', ORDER, '--wait');
    expect(code).toBe(3);
    expect(out).toContain('? Confirm  waits for an answer by sales');
    expect(out).toMatch(/answer Confirm: stepwright -w \S+ resume [\da-f]{8} --input '{"approved":true}'/);
  });

  it('answers what is asked from --answers', async () => {
    const { code, records } = await new Scratch().json(
      'order.ts',
      'start',
      'order',
      '--input',
      ORDER,
      '--wait',
      '--answers',
      '{"Confirm": {"approved": false}}',
    );
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject({ status: 'completed', state: { approved: false, refunded: true } });
  });

  it('answers several forms, each from its own answers, and says what was not asked for', async () => {
    const scratch = new Scratch();
    const answers = '{"First": {"name": "a"}, "Second": [{"name": "b"}]}';
    const { code, records } = await scratch.json('steps.ts', 'start', 'twice', '--answers', answers);
    expect([code, records.at(-1)?.state]).toEqual([0, { name: 'a', second: 'b' }]);
    const other = await scratch.json('order.ts', 'start', 'order', '--input', ORDER, '--answers', '{"Confirm": {"approved": true}}');
    expect(other.code).toBe(3);
    expect(other.err).toContain('--answers was not asked for Confirm');
  });

  it('says why prepared answers are refused, and leaves the process to be resumed', async () => {
    const { code, err, records } = await new Scratch().json('steps.ts', 'start', 'twice', '--answers', '{"First": {"nme": "a"}}');
    expect(code).toBe(3);
    expect(err).toContain('nme is not a field here. Did you mean "name"?');
    expect(records.at(-1)).toMatchObject({ status: 'suspended' });
  });

  it('ends with 1 when a step fails, and says why and how to try again', async () => {
    const { code, out } = await new Scratch().run('-w', fixture('steps.ts'), 'start', 'failing', '--input', '{"gate": "/nowhere"}');
    expect(code).toBe(1);
    expect(out).toContain('✗ Try  failed: the lab is closed');
    expect(out).toMatch(/try again: +stepwright \S+ \S+ retry [\da-f]{8}/);
  });

  it('starts one process per idempotency key', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'greet', '--idempotency-key', 'monday');
    const again = await scratch.json('steps.ts', 'start', 'greet', '--idempotency-key', 'monday');
    expect(again.code).toBe(0);
    expect(again.records.at(-1)?.id).toBe(id);
    expect(again.err).toContain('was started with this key before');
    const { records } = await scratch.json('steps.ts', 'processes');
    expect(records).toHaveLength(1);
  });

  it('takes the workflow by option, by file, and by file and export', async () => {
    const scratch = new Scratch();
    const named = await scratch.json('steps.ts', 'start', '--workflow', 'greet');
    const byFile = await scratch.run('start', fixture('survey.ts'), '--input', '{}');
    const byExport = await scratch.run('--json', 'start', `${fixture('steps.ts')}:greet`);
    expect([named.code, byFile.code, byExport.code]).toEqual([0, 2, 0]);
    expect(byFile.err).toContain('refused the answers');
    expect(byExport.records.at(-1)).toMatchObject({ workflow: 'greet', status: 'completed' });
  });

  it('tells how to go on with a workflow that was started from a file', async () => {
    const { out } = await new Scratch().run('start', `${fixture('steps.ts')}:patient`);
    expect(out).toMatch(/try at once: +stepwright -w \S+steps.ts retry [\da-f]{8}/);
  });

  it('reads input from a file and from standard input', async () => {
    const scratch = new Scratch();
    writeFileSync(scratch.path('order.json'), `\uFEFF[${ORDER}]`);
    const fromFile = await scratch.json('order.ts', 'start', 'order', '--input', '@order.json');
    const piped = await scratch.start(['-w', fixture('order.ts'), '--json', 'start', 'order', '--input', '-'], { stdin: ORDER }).ran;
    expect(fromFile.records.at(-1)).toMatchObject({ state: { customer: 'Ann' } });
    expect(piped.records.at(-1)).toMatchObject({ state: { customer: 'Ann' } });
  });

  it("keeps a step's own output off standard output in JSON mode, and shows it otherwise", async () => {
    const scratch = new Scratch();
    const json = await scratch.json('order.ts', 'start', 'order', '--input', ORDER);
    expect(json.records.length).toBeGreaterThan(0);
    expect(json.err).toContain('a step says something');
    const loading = await scratch.json('open-handle.ts', 'workflows');
    expect([loading.records.length, loading.err]).toEqual([1, 'this file says something\n']);
    const text = await scratch.run('-w', fixture('order.ts'), 'start', 'order', '--input', ORDER);
    expect(text.out).toMatch(/^a step says something\n✓ Reserve/);
  });

  it('takes its options from the environment, and from the command line first', async () => {
    const scratch = new Scratch();
    const env = { STEPWRIGHT_WORKFLOWS: fixture('order.ts'), STEPWRIGHT_DATABASE: 'env.db', STEPWRIGHT_LOG_LEVEL: 'silent' };
    const { code } = await scratch.start(['start', 'order', '--input', ORDER], { env }).ran;
    expect([code, existsSync(scratch.path('env.db')), existsSync(scratch.path('stepwright.db'))]).toEqual([3, true, false]);
    await scratch.start(['--database', 'own.db', 'start', 'order', '--input', ORDER], { env }).ran;
    expect(existsSync(scratch.path('own.db'))).toBe(true);
  });
});

describe('start with wrong use', () => {
  it.each([
    ['no workflow', ['start'], 'Say which workflow to start'],
    ['two workflows', ['start', 'greet', '--workflow', 'greet'], 'named twice'],
    ['an unknown one', ['start', 'gret'], 'There is no workflow "gret". Did you mean "greet"? Known are: failing, gated, greet'],
    [
      'an unknown option',
      ['start', 'greet', '--inptu', '{}'],
      "Unknown option '--inptu' (Did you mean --input?) See stepwright start --help.",
    ],
    ['too many words', ['start', 'greet', 'again'], 'Too many arguments'],
    ['a file that is not there', ['start', './nowhere.ts'], 'There is no file ./nowhere.ts'],
    ['a folder', ['start', './'], './ is no file'],
    ['a file with several workflows', ['start', fixture('steps.ts')], 'exports several workflows; write'],
    ['a file without any', ['start', fixture('plain.ts')], 'exports no workflow; decorate a class'],
    ['a file that breaks', ['start', fixture('unreadable.ts')], "unreadable.ts can't be loaded: this file needs a network"],
    ['a file whose definition is wrong', ['start', fixture('broken.ts')], 'Two steps are named "Ship"'],
    ['a configuration that breaks', ['--config', fixture('unreadable.ts'), 'start', 'greet'], 'this file needs a network'],
    [
      'an export that is not there',
      ['start', `${fixture('steps.ts')}:gret`],
      'exports no workflow as "gret". Did you mean "greet"? The file\'s workflows are: failing',
    ],
    ['an export that is no workflow', ['start', `${fixture('plain.ts')}:answer`], 'The file exports no workflow'],
    [
      'bad JSON',
      ['start', 'failing', '--input', '{gate: 1}'],
      'it has "g" at position 2, where a name in double quotes should stand: "{⟨here⟩gate: 1}"',
    ],
    ['JSON that ends too early', ['start', 'failing', '--input', '{"gate": '], 'it ends at position 10, where a value should stand'],
    ['empty JSON', ['start', 'failing', '--input', ''], 'there is nothing in it'],
    ['input that is no object', ['start', 'failing', '--input', '3'], '--input is a number; write one object per page'],
    ['a page that is no object', ['start', 'failing', '--input', '[{}, "x"]'], '--input has a page that is a string'],
    [
      'an input file that is not there',
      ['start', 'failing', '--input', '@nowhere.json'],
      '--input names the file nowhere.json, which is not there',
    ],
    [
      'answers that are no object',
      ['start', 'greet', '--answers', '[]'],
      '--answers is a list; write an object with the answers of each form',
    ],
    [
      'answers of a form that there is not',
      ['start', 'twice', '--answers', '{"Frist": {}}'],
      'no input step of that name. Did you mean "First"? Its forms are: First, Second.',
    ],
    ['answers where nothing is asked', ['start', 'greet', '--answers', '{"First": {}}'], 'It asks nothing.'],
    ['input for a workflow that takes none', ['start', 'greet', '--input', '{}'], 'it has no initial form'],
    ['no input', ['start', 'failing'], 'Workflow "failing" needs input. Page 1 takes:\n  gate: text\nFor example: stepwright'],
    ['a log level that there is not', ['--log-level', 'loud', 'start', 'greet'], '--log-level is "loud". Write one of silent'],
    ['a database that is a folder', ['--database', '.', 'start', 'greet'], "can't be opened"],
  ])('refuses %s', async (_what, args, message) => {
    const scratch = new Scratch();
    const { code, out, err } = await scratch.run('-w', fixture('steps.ts'), ...args);
    expect(err).toContain(message);
    expect(err).toMatch(/^error: /);
    expect(err).not.toMatch(/\n {4}at /);
    expect([code, out]).toEqual([2, '']);
  });

  it('stores nothing when the input is refused', async () => {
    const scratch = new Scratch();
    const { code, err } = await scratch.json('order.ts', 'start', 'order', '--input', '{"customer": "Ann", "amount": 0}');
    expect(code).toBe(2);
    expect(err).toContain('page 1, amount: amount must not be less than 1');
    const { records } = await scratch.json('order.ts', 'processes');
    expect(records).toEqual([]);
  });

  it('says what the next page takes when there are too few', async () => {
    const page = '{"name": "Ada", "age": 36, "height": 1.6, "member": true}';
    const { code, err } = await new Scratch().run('-w', fixture('survey.ts'), 'start', 'survey', '--input', page);
    expect(code).toBe(2);
    expect(err).toContain('needs an answer to page 2');
    expect(err).toContain('goods: list of one of "wine", "cheese", "bread"');
  });

  it('refuses a glob that matches nothing', async () => {
    const { code, err } = await new Scratch().run('-w', 'flows/**/*.ts', 'start', 'greet');
    expect(code).toBe(2);
    expect(err).toContain('--workflows flows/**/*.ts matches no file');
  });

  it('says where workflows were looked for when there are none', async () => {
    const { err } = await new Scratch().run('start', 'greet');
    expect(err).toContain('No workflow was found in workflows/*.ts');
  });

  it('refuses two workflows of one name', async () => {
    const { code, err } = await new Scratch().run('-w', fixture('steps.ts'), '-w', fixture('namesake.ts'), 'start', 'patient');
    expect(code).toBe(2);
    expect(err).toMatch(/Two workflows are named "greet" \(.*\); give one of them another name/);
  });

  it('starts although another file is broken, and says so', async () => {
    const { code, err } = await new Scratch().run('-w', fixture('steps.ts'), '-w', fixture('broken.ts'), 'start', 'greet');
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: \S+broken.ts can't be loaded, so its workflows are missing/);
  });

  it('says the error as JSON too, in JSON mode', async () => {
    const { records, code } = await new Scratch().json('steps.ts', 'start', 'gret');
    expect(records).toEqual([{ type: 'error', code: 'usage', message: expect.stringContaining('Did you mean "greet"?'), exitCode: 2 }]);
    expect(code).toBe(2);
  });

  it('shows a stack when the log level is debug', async () => {
    const { err } = await new Scratch().run('-w', fixture('steps.ts'), '--log-level', 'debug', 'start', 'gret');
    expect(err).toMatch(/\n {4}at /);
  });
});

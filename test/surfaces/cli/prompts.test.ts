import { describe, expect, it } from 'vitest';
import { CANCELLED } from '../../../src/surfaces/cli/input/prompts.js';
import { fixture, Scratch } from './harness.js';
import { ScriptedPrompts } from './scripted-prompts.js';

describe('start at a terminal', () => {
  it('asks every kind of field, page by page', async () => {
    const prompts = new ScriptedPrompts('Ada', '36', '1.65', true, '(leave it out)', '', 'south', ['wine', 'bread'], '["none"]');
    const running = new Scratch().start(['-w', fixture('survey.ts'), 'start', 'survey'], { prompts });
    const { code } = await running.ran;
    expect(prompts.heard).toEqual([
      '# survey',
      '? Name (as in the passport) e.g. Ada',
      '? age',
      '? height (optional) = 1.7',
      '? member = false',
      '? newsletter (optional): yes | no | (leave it out) = (leave it out)',
      '? note (optional)',
      '# survey: page 2',
      '? region: north | south',
      '? goods (at least one): wine | cheese | bread = ',
      '? remarks (as JSON)',
    ]);
    expect(code).toBe(0);
  });

  it('asks again what was refused, with what was answered before', async () => {
    const scratch = new Scratch();
    const prompts = new ScriptedPrompts('A', '200', '', true, 'yes', 'hi', 'Ada', '36', 'north', ['cheese'], '[]');
    const { code } = await scratch.start(['-w', fixture('survey.ts'), 'start', 'survey'], { prompts }).ran;
    expect(code).toBe(0);
    expect(prompts.heard.slice(7, 10)).toEqual([
      '! name must be longer than or equal to 2 characters\nage must not be greater than 150',
      '? Name (as in the passport) = A e.g. Ada',
      '? age = 200',
    ]);
    const [id] = (await scratch.run('--json', 'processes')).records.map((record) => String(record.id));
    const { records } = await scratch.run('--json', 'show', id ?? '', '--state');
    expect(records).toMatchObject([
      { person: { name: 'Ada', age: 36, height: 1.7, newsletter: true, note: 'hi' }, wish: { goods: ['cheese'], remarks: [] } },
    ]);
  });

  it('refuses at once what is no number, no JSON, or missing', async () => {
    const prompts = new ScriptedPrompts('', 'Ada', '3.5', '36', 'tall', '1.8', true, 'no', '', 'north', ['wine'], '[1', '["x"]');
    const { code } = await new Scratch().start(['-w', fixture('survey.ts'), 'start', 'survey'], { prompts }).ran;
    expect(code).toBe(0);
    expect(prompts.heard.filter((line) => line.startsWith('!'))).toEqual([
      '! It is needed.',
      '! Give a whole number.',
      '! Give a number.',
      '! That is no JSON: at position 3 "," or "]" should stand.',
    ]);
  });

  it('starts nothing when the person goes away', async () => {
    const scratch = new Scratch();
    const { code } = await scratch.start(['-w', fixture('order.ts'), 'start', 'order'], { prompts: new ScriptedPrompts('Ann', CANCELLED) })
      .ran;
    expect(code).toBe(130);
    expect((await scratch.run('--json', 'processes')).records).toEqual([]);
  });

  it('does not ask in JSON mode', async () => {
    const { code, err } = await new Scratch().start(['--json', '-w', fixture('order.ts'), 'start', 'order'], {
      prompts: new ScriptedPrompts(),
    }).ran;
    expect([code, err]).toEqual([2, expect.stringContaining('needs input')]);
  });

  it('asks with --wait what the process asks, form after form', async () => {
    const prompts = new ScriptedPrompts('a', 'b');
    const { code, out } = await new Scratch().start(['-w', fixture('steps.ts'), 'start', 'twice', '--wait'], { prompts }).ran;
    expect(prompts.heard).toEqual(['# First', '? name', '# Second', '? name']);
    expect([code, out]).toEqual([0, expect.stringContaining('twice  completed')]);
  });

  it('asks after prepared answers were refused', async () => {
    const prompts = new ScriptedPrompts('a', 'b');
    const args = ['-w', fixture('steps.ts'), 'start', 'twice', '--wait', '--answers', '{"First": {"name": 1}}'];
    const { code, err } = await new Scratch().start(args, { prompts }).ran;
    expect([code, err]).toEqual([0, expect.stringContaining('name must be a string')]);
  });

  it('leaves the process suspended when the person goes away from a form', async () => {
    const { code, out } = await new Scratch().start(['-w', fixture('steps.ts'), 'start', 'twice', '--wait'], {
      prompts: new ScriptedPrompts(CANCELLED),
    }).ran;
    expect([code, out]).toEqual([130, expect.stringContaining('twice  suspended')]);
  });
});

describe('resume at a terminal', () => {
  it('asks the open form', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const prompts = new ScriptedPrompts('x');
    const { code } = await scratch.start(['-w', fixture('steps.ts'), 'resume', id, '--form', 'First'], { prompts }).ran;
    expect([code, prompts.heard]).toEqual([3, ['# First', '? name']]);
  });

  it('changes nothing when the person goes away', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { code } = await scratch.start(['-w', fixture('steps.ts'), 'resume', id], { prompts: new ScriptedPrompts(CANCELLED) }).ran;
    expect(code).toBe(130);
    expect((await scratch.run('--json', 'show', id)).records).toMatchObject([{ status: 'suspended' }]);
  });

  it('tells who was slower when two people answer at once', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const prompts = new ScriptedPrompts('late', 'z');
    const { text } = prompts;
    let first = true;
    prompts.text = async (question) => {
      if (first) await scratch.json('steps.ts', 'resume', id, '--form', 'First', '--input', '{"name": "early"}');
      first = false;
      return text.call(prompts, question);
    };
    const { code, err } = await scratch.start(['-w', fixture('steps.ts'), 'resume', id], { prompts }).ran;
    expect([code, err]).toEqual([2, expect.stringContaining('has been answered already by ann; nothing was changed')]);
  });
});

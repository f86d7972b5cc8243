import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, Scratch } from './harness.js';

const ORDER = '{"customer": "Ann", "amount": 2, "colour": "red"}';

describe('resume', () => {
  it('answers the open form, named by the beginning of the id', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { code, out } = await scratch.run('-w', fixture('steps.ts'), '--by', 'bob', 'resume', id.slice(0, 6), '--input', '{"name": "x"}');
    expect(code).toBe(3);
    expect(out).toContain('✓ First  answered by bob\n? Second  waits for an answer\ntwice  suspended');
  });

  it('goes on with prepared answers alone', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { code, records } = await scratch.json(
      'steps.ts',
      'resume',
      id,
      '--answers',
      '{"First": {"name": "a"}, "Second": {"name": "b"}}',
    );
    expect([code, records.at(-1)?.status]).toEqual([0, 'completed']);
  });

  it('stays with --wait until the timers are done', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('order.ts', 'order', '--input', ORDER);
    const { code, records } = await scratch.json('order.ts', 'resume', id, '--wait', '--answers', '{"Confirm": {"approved": true}}');
    expect([code, records.at(-1)?.status]).toEqual([0, 'completed']);
  });

  it('says when a waiting process goes on', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'patient');
    const { code, out } = await scratch.run('-w', fixture('steps.ts'), 'resume', id);
    expect(code).toBe(3);
    expect(out).toContain('attempt 1 failed: not yet; goes on in 1h');
  });

  it.each([
    ['no input', ['--json'], 'The form "First" needs input. Page 1 takes:\n  name: text\nFor example: stepwright'],
    ['a wrong answer', ['--input', '{"name": 1}'], 'page 1, name: name must be a string'],
    ['bad JSON', ['--input', '{"name": }'], 'position 10'],
    ['a form that is not open', ['--form', 'Second', '--input', '{"name": "x"}'], 'no form "Second" is open; open are: First@1'],
    ['a form that is not open, without input', ['--form', 'Second'], 'has no open form "Second"; open are: First'],
  ])('refuses %s, and changes nothing', async (_what, args, message) => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { code, err } = await scratch.run('-w', fixture('steps.ts'), 'resume', id, ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    const { records } = await scratch.json('steps.ts', 'show', id);
    expect(records[0]).toMatchObject({ status: 'suspended', waits: [{ path: 'First', formId: 'First@1' }] });
  });

  it('refuses a process that has ended, or has failed', async () => {
    const scratch = new Scratch();
    const done = await scratch.started('steps.ts', 'greet');
    const ended = await scratch.run('-w', fixture('steps.ts'), 'resume', done);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining('is completed; there is nothing to resume')]);
    const broken = await scratch.started('steps.ts', 'failing', '--input', '{"gate": "/nowhere"}');
    const failed = await scratch.run('-w', fixture('steps.ts'), 'resume', broken);
    expect([failed.code, failed.err]).toEqual([2, expect.stringMatching(/has failed; try it again with: stepwright .* retry/)]);
  });

  it('refuses a process whose workflow is not loaded', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'twice');
    const { code, err } = await scratch.run('-w', fixture('order.ts'), 'resume', id, '--input', '{"name": "x"}');
    expect([code, err]).toEqual([2, expect.stringContaining('is one of workflow "twice", which is not loaded')]);
  });
});

describe('a process id', () => {
  it.each([
    ['unknown', 'abcd0123', 'There is no process abcd0123; list them with "stepwright processes".'],
    ['too short', 'abc', 'too short for a process id'],
    ['with a wild card', '%%%%', 'There is no process %%%%'],
  ])('that is %s is refused', async (_what, id, message) => {
    const scratch = new Scratch();
    await scratch.started('steps.ts', 'greet');
    const { code, err } = await scratch.run('show', id);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('retry', () => {
  it('tries again what has failed', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const id = await scratch.started('steps.ts', 'failing', '--input', JSON.stringify({ gate }));
    const again = await scratch.json('steps.ts', 'retry', id, '--path', 'Try');
    expect(again.code).toBe(1);
    writeFileSync(gate, '');
    const { code, records } = await scratch.json('steps.ts', 'retry', id);
    expect([code, records.at(-1)?.status]).toEqual([0, 'completed']);
  });

  it.each([
    ['a process that has ended', 'greet', [], 'is completed; there is nothing to retry'],
    ['a step that has not failed', 'patient', ['--path', 'Wiat'], 'no step at "Wiat" has failed or waits'],
  ])('refuses %s', async (_what, workflow, args, message) => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', workflow);
    const { code, err } = await scratch.run('-w', fixture('steps.ts'), 'retry', id, ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('abort', () => {
  it('ends a process, and records who and why', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('steps.ts', 'patient');
    const { code, out } = await scratch.run('--by', 'bob', 'abort', id, '--reason', 'ordered twice');
    expect([code, out]).toEqual([0, expect.stringContaining('patient  aborted')]);
    expect(out).toContain('ordered twice (by bob)');
    const again = await scratch.run('abort', id);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('is aborted; there is nothing to abort')]);
  });
});

describe('tick', () => {
  it('moves what is due, and says what moved', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('order.ts', 'order', '--input', ORDER);
    await expect.poll(async () => (await scratch.run('-w', fixture('order.ts'), 'tick')).out).toContain(`order  suspended  ${id}`);
    const { code, out } = await scratch.run('-w', fixture('order.ts'), 'tick');
    expect([code, out]).toEqual([0, 'Nothing is due.\n']);
  });
});

describe('scheduler', () => {
  it('moves what is due until it is stopped', async () => {
    const scratch = new Scratch();
    const id = await scratch.started('order.ts', 'order', '--input', ORDER);
    const scheduler = scratch.start(['-w', fixture('order.ts'), 'scheduler']);
    await scheduler.until(`${id.slice(0, 8)} ? Confirm  waits for an answer by sales`);
    scheduler.interrupt();
    const { code, err } = await scheduler.ran;
    expect(code).toBe(0);
    expect(err).toContain('stop with Ctrl-C');
  });

  it('goes on with what was interrupted', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const first = scratch.start(['-w', fixture('steps.ts'), '--json', 'start', 'gated', '--input', JSON.stringify({ gate })]);
    await first.until('"status":"running"');
    first.interrupt();
    writeFileSync(gate, '');
    expect((await first.ran).code).toBe(130);
    const scheduler = scratch.start(['-w', fixture('steps.ts'), '--json', 'scheduler']);
    await scheduler.until('"path":"After","status":"success"');
    scheduler.interrupt();
    expect((await scheduler.ran).code).toBe(0);
  });

  it('leaves running steps at the second signal', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const id = await scratch.started('steps.ts', 'stuck', '--input', JSON.stringify({ gate }));
    const scheduler = scratch.start(['-w', fixture('steps.ts'), '--json', 'scheduler']);
    await scheduler.until('"attempt":2');
    scheduler.interrupt();
    await scheduler.until('Ctrl-C again leaves them');
    const again = setInterval(() => scheduler.interrupt(), 120);
    expect((await scheduler.ran).code).toBe(130);
    clearInterval(again);
    const { records } = await scratch.json('steps.ts', 'show', id);
    expect(records).toMatchObject([{ status: 'running' }]);
    writeFileSync(gate, '');
  });
});

describe('Ctrl-C', () => {
  it('once stops after the running step, and the process goes on later', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const running = scratch.start(['-w', fixture('steps.ts'), 'start', 'gated', '--wait', '--input', JSON.stringify({ gate })]);
    await running.until('▸ Hold');
    running.interrupt();
    await running.until('Ctrl-C again aborts the process');
    writeFileSync(gate, '');
    const { code, out } = await running.ran;
    expect(code).toBe(130);
    expect(out).toContain('✓ Hold');
    expect(out).not.toContain('After');
    expect(out).toMatch(/gated {2}running {2}.*\n {2}It was interrupted[\s\S]*go on: +stepwright \S+ \S+ resume/);
    const id = /[\da-f-]{36}/.exec(out)?.[0] ?? '';
    const resumed = await scratch.json('steps.ts', 'resume', id);
    expect(resumed.code).toBe(0);
    expect(resumed.records.filter(({ type }) => type === 'step').map(({ path }) => path)).toEqual(['After', 'After']);
  });

  it('twice aborts the process, though the step goes on', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const running = scratch.start(['-w', fixture('steps.ts'), '--by', 'ann', 'start', 'gated', '--input', JSON.stringify({ gate })]);
    await running.until('▸ Hold');
    running.interrupt();
    running.interrupt();
    expect(running.exits, 'two signals at once are one').toEqual([]);
    const twice = setInterval(() => running.interrupt(), 120);
    const { code, out } = await running.ran;
    clearInterval(twice);
    writeFileSync(gate, '');
    expect(code).toBe(130);
    expect(out).toContain('gated  aborted');
    expect(out).toContain('interrupted twice (by ann)');
  });

  it('ends the wait for a timer', async () => {
    const scratch = new Scratch();
    const running = scratch.start(['-w', fixture('steps.ts'), 'start', 'patient', '--wait']);
    await running.until('↻ Wait');
    running.interrupt();
    const { code, out } = await running.ran;
    expect(code).toBe(130);
    expect(out).toContain('patient  waiting');
  });
});

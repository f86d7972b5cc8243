import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { shellCommand } from '../../../src/surfaces/cli/output/shell.js';
import { spawn, spawnOnTerminal, until, words } from './children.js';
import { Scratch } from './harness.js';

describe('the program', { timeout: 60_000 }, () => {
  it('ends with the code that the process has come to', async () => {
    const scratch = new Scratch();
    const completed = await spawn(scratch, 'steps.ts', 'start', 'greet');
    const [failed, wrong, suspended] = await Promise.all([
      spawn(scratch, 'steps.ts', 'start', 'failing', '--input', '{"gate": "/nowhere"}'),
      spawn(scratch, 'steps.ts', 'start', 'gret'),
      spawn(scratch, 'steps.ts', 'start', 'twice'),
    ]);
    expect([completed, failed, wrong, suspended].map(({ exitCode }) => exitCode)).toEqual([0, 1, 2, 3]);
    expect(completed.stderr).toBe('');
    expect(wrong.stdout).toBe('');
  });

  it('prints JSON lines and nothing else, whatever a step prints', async () => {
    const input = '{"customer": "Ann", "amount": 2, "colour": "red"}';
    const { exitCode, stdout, stderr } = await spawn(new Scratch(), 'order.ts', 'start', 'order', '--json', '--input', input);
    const records = stdout.split('\n').map((line) => JSON.parse(line) as { type: string });
    expect(exitCode).toBe(3);
    expect(records.map(({ type }) => type)).toEqual(['step', 'step', 'step', 'step', 'process']);
    expect(stderr).toBe('a step says something');
  });

  it('ends though a workflow file holds a timer of its own', async () => {
    expect((await spawn(new Scratch(), 'open-handle.ts', 'start', 'held')).exitCode).toBe(0);
  });

  it('does not mind a reader that goes away', async () => {
    const scratch = new Scratch();
    const command = shellCommand(words(scratch, 'steps.ts', 'start', 'greet', '--json'));
    const { stdout, stderr } = await execa('bash', ['-c', `${command} | head -n 1`], { timeout: 30_000 });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'step' });
    expect(stderr).toBe('');
  });

  it('finishes the running step at the first SIGINT, and goes on when resumed', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const child = spawn(scratch, 'steps.ts', '--json', 'start', 'gated', '--wait', '--input', JSON.stringify({ gate }));
    await until(child, '"status":"running"');
    child.kill('SIGINT');
    await until(child, 'Ctrl-C again');
    writeFileSync(gate, '');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(130);
    const last = JSON.parse(stdout.split('\n').at(-1) ?? '') as { id: string; status: string };
    expect(last.status).toBe('running');
    const resumed = await spawn(scratch, 'steps.ts', 'resume', last.id);
    expect([resumed.exitCode, resumed.stdout]).toEqual([0, expect.stringMatching(/^✓ After/)]);
  });

  it('aborts the process at the second SIGINT, though the step runs on', async () => {
    const scratch = new Scratch();
    const child = spawn(scratch, 'steps.ts', '--json', 'start', 'gated', '--input', JSON.stringify({ gate: scratch.path('never') }));
    await until(child, '"status":"running"');
    child.kill('SIGINT');
    await until(child, 'Ctrl-C again');
    const again = setInterval(() => child.kill('SIGINT'), 150);
    const { exitCode, stdout } = await child;
    clearInterval(again);
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout.split('\n').at(-1) ?? '')).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
  });

  it('goes on with a process whose program was killed', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const child = spawn(scratch, 'steps.ts', '--json', 'start', 'gated', '--input', JSON.stringify({ gate }));
    await until(child, '"status":"running"');
    child.kill('SIGKILL');
    const { stdout } = await child;
    const { process: id } = JSON.parse(stdout.split('\n')[0] ?? '') as { process: string };
    writeFileSync(gate, '');
    const resumed = await spawn(scratch, 'steps.ts', 'resume', id);
    expect([resumed.exitCode, resumed.stdout]).toEqual([0, expect.stringContaining('gated  completed')]);
  });

  it('stops a scheduler at SIGTERM', async () => {
    const child = spawn(new Scratch(), 'steps.ts', 'scheduler');
    await until(child, 'stop with Ctrl-C');
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('the program on a terminal', { timeout: 60_000 }, () => {
  it('asks with prompts, shows steps live, and asks what the process asks', async () => {
    const scratch = new Scratch();
    const child = spawnOnTerminal(scratch, 'order.ts', 'start', 'order', '--wait');
    const keys: readonly (readonly [string, string])[] = [
      ['Customer', 'Ann\r'],
      ['amount', '0\r'],
      ['colour', '\u001b[B\r'],
      ['note', '\r'],
      ['0█', '\u007f5\r'],
      ['approved', 'y'],
    ];
    for (const [shown, typed] of keys) {
      await until(child, shown);
      child.stdin?.write(typed);
    }
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\u001b[0J');
    const { records } = await scratch.run('--json', 'processes');
    const { records: states } = await scratch.run('--json', 'show', String(records[0]?.id), '--state');
    expect(states).toMatchObject([{ customer: 'Ann', amount: 5, colour: 'blue', approved: true, billed: true }]);
  });

  it('is left at a prompt with Ctrl-C', async () => {
    const child = spawnOnTerminal(new Scratch(), 'order.ts', 'start', 'order');
    await until(child, 'Customer');
    child.stdin?.write('\u0003');
    expect((await child).exitCode).toBe(130);
  });
});

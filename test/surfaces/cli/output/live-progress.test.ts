import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveProgress } from '../../../../src/surfaces/cli/output/live-progress.js';
import type { StepMove } from '../../../../src/surfaces/cli/output/progress.js';
import { styleFor } from '../../../../src/surfaces/cli/output/style.js';

/** What a terminal shows after all that was written: enough of it for going up and clearing below. */
class Screen extends Writable {
  readonly columns = 40;
  readonly rows = 10;
  lines = [''];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: cursor codes begin with one
    for (const part of String(chunk).split(/(\u001b\[\d+[AJ]|\n)/)) {
      const up = /\[(\d+)A/.exec(part)?.[1];
      if (up !== undefined) this.lines.splice(this.lines.length - 1 - Number(up), Number(up) + 1, '');
      else if (part === '\n') this.lines.push('');
      else if (!part.endsWith('J')) this.lines[this.lines.length - 1] += part;
    }
    done();
  }
}

const move = (path: string, status: StepMove['status'], more: Partial<StepMove> = {}): StepMove => ({
  process: 'p',
  path,
  status,
  at: Date.now(),
  ...more,
});

describe('progress on a terminal', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  function shown() {
    const screen = new Screen();
    const progress = new LiveProgress(screen, { style: styleFor(false), manyProcesses: false });
    return { screen, progress };
  }

  it('turns a spinner while a step runs, and leaves one line when it is done', () => {
    const { screen, progress } = shown();
    progress.move(move('Push', 'running'));
    expect(screen.lines).toEqual(['⠋ Push', '']);
    vi.advanceTimersByTime(1200);
    expect(screen.lines).toEqual(['⠹ Push  1.2s', '']);
    progress.move(move('Push', 'success', { duration: 1200 }));
    expect(screen.lines).toEqual(['✓ Push  1.2s', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts down to the next attempt, and goes on in the same line', () => {
    const { screen, progress } = shown();
    progress.move(move('Push', 'waiting', { until: Date.now() + 5000, reason: 'attempt 1 failed: x' }));
    expect(screen.lines).toEqual(['↻ Push  attempt 1 failed: x; goes on in', '']);
    progress.move(move('Push', 'waiting', { until: Date.now() + 5000 }));
    vi.advanceTimersByTime(2000);
    expect(screen.lines).toEqual(['↻ Push  goes on in 3s', '']);
    progress.move(move('Push', 'running', { attempt: 2 }));
    expect(screen.lines).toEqual(['⠋ Push  attempt 2', '']);
    progress.stop();
  });

  it('puts finished steps, and what others write, above those that run', () => {
    const { screen, progress } = shown();
    progress.move(move('a', 'running'));
    progress.move(move('b', 'running'));
    progress.write('half a line');
    progress.write(' and the rest\n');
    progress.move(move('a', 'success'));
    expect(screen.lines).toEqual(['half a line and the rest', '✓ a', '⠋ b', '']);
    progress.write('no end');
    progress.stop();
    expect(screen.lines).toEqual(['half a line and the rest', '✓ a', 'no end', '▸ b', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows no more lines than there are rows', () => {
    const { screen, progress } = shown();
    for (let step = 0; step < 30; step++) progress.move(move(`s${step}`, 'running'));
    expect(screen.lines).toHaveLength(10);
    for (let step = 0; step < 30; step++) progress.move(move(`s${step}`, 'success'));
    expect(screen.lines).toHaveLength(31);
  });
});

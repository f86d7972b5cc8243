import { StepwrightError } from './error.js';

/** A length of time: milliseconds, or text such as `'30s'`, `'5m'`, `'1h'`, `'2d'`, `'250ms'`. */
export type Duration = number | string;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration in whole milliseconds.
 * @throws StepwrightError `definition` when it can't be read, or is negative or infinite; `what` names it in the message.
 */
export function toMilliseconds(duration: Duration, what = 'A duration'): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return Math.round(duration);
  } else {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(duration);
    if (match) return Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN));
  }
  throw new StepwrightError(
    'definition',
    `${what} is ${typeof duration === 'number' ? duration : JSON.stringify(duration)}; write milliseconds, or a number with ms, s, m, h or d, such as '30s'.`,
  );
}

/** Milliseconds as people read them: `340ms`, `2.5s`, `4m 10s`, `1d 2h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))}s`;
  const units: readonly [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ];
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

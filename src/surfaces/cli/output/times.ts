import { formatDuration } from '../../../core/duration.js';

/** A time on this machine's clock: `2025-01-31 14:05:09`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** `in 4m 10s`, or `now` for a time that has come. */
export function formatUntil(until: number, now: number): string {
  return until <= now ? 'now' : `in ${formatDuration(until - now < 1000 ? until - now : Math.ceil((until - now) / 1000) * 1000)}`;
}

/** A time in JSON output. */
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

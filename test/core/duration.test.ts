import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Duration, formatDuration, toMilliseconds } from '../../src/core/duration.js';

describe('toMilliseconds', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    [1.4, 1],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1.5h', 5_400_000],
    ['1.005s', 1005],
    ['0s', 0],
    ['  30 s ', 30_000],
  ])('reads %j', (duration, ms) => {
    expect(toMilliseconds(duration)).toBe(ms);
  });

  it.each<[unknown, string]>([
    ['30', '"30"'],
    ['', '""'],
    ['s', '"s"'],
    ['-1s', '"-1s"'],
    ['1.s', '"1.s"'],
    ['1e3s', '"1e3s"'],
    ['1 week', '"1 week"'],
    ['30S', '"30S"'],
    ['4m 10s', '"4m 10s"'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('refuses %j and says what to write', (duration, shown) => {
    expect(() => toMilliseconds(duration as Duration, 'The timeout')).toThrow(
      expect.objectContaining({
        code: 'definition',
        message: `The timeout is ${shown}; write milliseconds, or a number with ms, s, m, h or d, such as '30s'.`,
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [340, '340ms'],
    [1000, '1s'],
    [2500, '2.5s'],
    [59_900, '59.9s'],
    [60_000, '1m'],
    [250_000, '4m 10s'],
    [3_600_000, '1h'],
    [3_661_000, '1h 1m'],
    [86_400_000, '1d'],
    [93_600_000, '1d 2h'],
    [86_460_000, '1d 1m'],
    [86_399_999, '1d'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('writes what toMilliseconds reads back, where one unit is enough', () => {
    const whole = fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 999 }), fc.constant('ms')),
      fc.tuple(fc.integer({ min: 1, max: 59 }), fc.constantFrom('s', 'm')),
      fc.tuple(fc.integer({ min: 1, max: 23 }), fc.constant('h')),
      fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constant('d')),
    );
    fc.assert(fc.property(whole, ([count, unit]) => formatDuration(toMilliseconds(`${count}${unit}`)) === `${count}${unit}`));
  });

  it('is off by less than the second unit that it writes', () => {
    const sizes: Readonly<Record<string, number>> = { d: 3_600_000, h: 60_000, m: 1000, s: 100, ms: 1 };
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000_000 }), (ms) => {
        const parts = formatDuration(ms).split(' ');
        const read = parts.reduce((sum, part) => sum + toMilliseconds(part), 0);
        const precision = sizes[/[a-z]+$/.exec(parts[0] ?? '')?.[0] ?? ''] ?? 0;
        return Math.abs(read - ms) <= precision;
      }),
    );
  });
});

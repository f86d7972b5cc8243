import { describe, expect, it } from 'vitest';
import { HEAD, jsonLine, skippedLine, tableLine } from './lines.js';
import { type Figure, measure, median, rounded, toFigure } from './measure.js';

const FIGURE: Figure = { bench: 'sqlite/sequential', value: 7123, unit: 'steps/s', against: 'bare better-sqlite3', ratio: 1.15 };
const ALONE: Figure = { bench: 'cli/help', value: 41.2, unit: 'ms', against: null, ratio: null };

describe('the median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a rounded figure', () => {
  it.each([
    [12345.678, 12346],
    [416.283, 416],
    [1.14519, 1.15],
    [0.02357, 0.0236],
    [0, 0],
  ])('of %d is %d', (value, expected) => {
    expect(rounded(value)).toBe(expected);
  });
});

describe('measuring', () => {
  it('runs pair after pair, and leaves the first, which warms up, out', async () => {
    let time = 0;
    const pairs = await measure({ run: async () => ({ ours: ++time, other: 1 }) }, 5);
    expect(pairs.map(({ ours }) => ours)).toEqual([2, 3, 4, 5, 6]);
  });

  it('gives the figure of the median time, and the median of the ratios of pairs', () => {
    const pairs = [
      { ours: 2, other: 1 },
      { ours: 30, other: 20 },
      { ours: 4, other: 4 },
    ];
    const bench = { unit: 'steps/s', against: 'bare better-sqlite3' };
    expect(toFigure('sqlite/sequential', bench, pairs, (time) => 1000 / time)).toEqual({
      bench: 'sqlite/sequential',
      value: 250,
      ...bench,
      ratio: 1.5,
    });
  });

  it('gives no ratio where there is no other side', () => {
    const pairs = [{ ours: 41.2, other: null }];
    expect(toFigure('cli/help', { unit: 'ms', against: null }, pairs, (time) => time)).toEqual(ALONE);
  });
});

describe('a line', () => {
  it('for programs is one object, with its keys in order', () => {
    const { ratio, ...first } = FIGURE;
    expect(jsonLine({ ratio, ...first })).toBe(
      '{"bench":"sqlite/sequential","value":7123,"unit":"steps/s","against":"bare better-sqlite3","ratio":1.15}',
    );
    expect(jsonLine(ALONE)).toBe('{"bench":"cli/help","value":41.2,"unit":"ms","against":null,"ratio":null}');
  });

  it('for people stands under its heads', () => {
    expect(
      [HEAD, tableLine(FIGURE), tableLine(ALONE), skippedLine('cli/help', 'there is no command line yet')].join('\n'),
    ).toMatchInlineSnapshot(`
      "bench                                      value  unit        against                              ratio
      sqlite/sequential                          7,123  steps/s     bare better-sqlite3                   1.15
      cli/help                                    41.2  ms
      cli/help                            skipped: there is no command line yet"
    `);
  });
});

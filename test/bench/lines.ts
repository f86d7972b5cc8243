import type { Figure } from './measure.js';

const WIDTHS = [34, 12, 10, 32, 8] as const;

/** The columns of numbers, which stand to the right. */
const NUMBERS = [1, 4];

/** The head of the table for people. */
export const HEAD = row(['bench', 'value', 'unit', 'against', 'ratio']);

/** A figure as a line for programs: one JSON object. */
export function jsonLine({ bench, value, unit, against, ratio }: Figure): string {
  return JSON.stringify({ bench, value, unit, against, ratio });
}

/** A figure as a line of the table. */
export function tableLine({ bench, value, unit, against, ratio }: Figure): string {
  return row([
    bench,
    value.toLocaleString('en', { maximumFractionDigits: 6 }),
    unit,
    against ?? '',
    ratio === null ? '' : ratio.toFixed(2),
  ]);
}

/** What the table says of a bench that can't be measured here. */
export function skippedLine(bench: string, reason: string): string {
  return `${bench.padEnd(WIDTHS[0])}  skipped: ${reason}`;
}

function row(cells: readonly string[]): string {
  const padded = cells.map((cell, index) =>
    NUMBERS.includes(index) ? cell.padStart(WIDTHS[index] ?? 0) : cell.padEnd(WIDTHS[index] ?? 0),
  );
  return padded.join('  ').trimEnd();
}

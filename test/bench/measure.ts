import type { Bench, Pair, Runs } from './bench.js';

/** What is said of one bench; the keys of its JSON, in this order. */
export interface Figure {
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  readonly against: string | null;
  /** Our time divided by the other's: smaller is better. */
  readonly ratio: number | null;
}

/** How often each side is timed. */
const RUNS = 7;

/**
 * Runs both sides in turn, so that what slows the machine down meanwhile slows both; the first pair only warms up.
 * @param count how many pairs count @default 7
 */
export async function measure(runs: Pick<Runs, 'run'>, count = RUNS): Promise<readonly Pair[]> {
  await runs.run();
  const pairs: Pair[] = [];
  while (pairs.length < count) pairs.push(await runs.run());
  return pairs;
}

/** The medians of what was measured: the median time of ours as a figure, and the median of the pairs' ratios. */
export function toFigure(
  name: string,
  { unit, against }: Pick<Bench, 'unit' | 'against'>,
  pairs: readonly Pair[],
  value: Runs['value'],
): Figure {
  const ratios = pairs.flatMap(({ ours, other }) => (other === null ? [] : [ours / other]));
  return {
    bench: name,
    value: rounded(value(median(pairs.map(({ ours }) => ours)))),
    unit,
    against,
    ratio: ratios.length === 0 ? null : rounded(median(ratios)),
  };
}

/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('there is no median of no numbers');
  return (low + high) / 2;
}

/** A number with no more digits than a measurement has: three, and all of those before the point. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

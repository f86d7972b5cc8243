import type { Style } from './style.js';

const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((part) => [part, '']),
);

/** Rows under headings, in columns without lines. */
export async function table(headings: readonly string[], rows: readonly (readonly string[])[], style: Style): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const drawn = new Table({
    head: headings.map((heading) => style.dim(heading.toUpperCase())),
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

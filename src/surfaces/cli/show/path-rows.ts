import type { Outcome } from '../../../core/outcome.js';
import { parentOf } from '../../../core/path.js';
import { summaryOf } from './row-status.js';
import type { StepRow } from './step-rows.js';

interface Place {
  readonly path: string;
  row?: StepRow;
  readonly inside: Map<string, Place>;
}

/**
 * Rows as a tree, by their paths alone.
 * @param ended how the composition at a path ended, where it has
 */
export function pathRows(rows: readonly StepRow[], ended: (path: string) => Outcome['kind'] | undefined): readonly StepRow[] {
  const root: Place = { path: '', inside: new Map() };
  for (const row of rows) placeOf(root, row.path).row = row;
  return [...root.inside.values()].map((place) => toRow(place, ended));
}

function placeOf(root: Place, path: string): Place {
  if (path === '') return root;
  const { inside } = placeOf(root, parentOf(path));
  const place = inside.get(path) ?? { path, inside: new Map() };
  inside.set(path, place);
  return place;
}

/** A place that nothing is recorded of, and that holds one row, is that row. */
function toRow({ path, row, inside }: Place, ended: (path: string) => Outcome['kind'] | undefined): StepRow {
  const rows = [...inside.values()].map((place) => toRow(place, ended));
  const instance = instanceOf(path);
  const [only, ...others] = rows;
  const own = row ?? { kind: 'unknown', path, status: ended(path) ?? summaryOf(rows) };
  const whole: StepRow = !row && only && others.length === 0 && only.instance === undefined ? only : { ...own, rows };
  return instance ? { ...whole, instance } : whole;
}

function instanceOf(path: string): StepRow['instance'] {
  if (path.endsWith(']')) return 'item';
  return /#\d+$/.test(path) ? 'loop' : undefined;
}

import { isDone } from '../../../core/outcome.js';
import type { StepRow } from './step-rows.js';

/** Items or loops that are not shown one by one. */
export interface Fold {
  readonly kind: 'fold';
  readonly count: number;
  readonly what: 'item' | 'loop';
  /** How many of them are not done. */
  readonly open: number;
}

/** So many alike are all shown. */
const ALL = 10;
const LAST = 3;
/** Of those that are not done, so many are shown besides. */
const OPEN = 7;

/** Rows of which the last items or loops are kept, and the first that are not done; what stands between them is counted. */
export function folded(rows: readonly StepRow[]): readonly (StepRow | Fold)[] {
  const alike = rows.filter((row) => row.instance !== undefined);
  if (alike.length <= ALL) return rows;
  const open = alike.filter((row) => !isDone({ kind: row.status })).slice(0, OPEN);
  const kept = new Set([...open, ...alike.slice(-LAST)]);
  const shown: (StepRow | Fold)[] = [];
  for (const row of rows) {
    const last = shown.at(-1);
    if (row.instance === undefined || kept.has(row)) shown.push(row);
    else if (last?.kind === 'fold') shown[shown.length - 1] = foldOf(row, last);
    else shown.push(foldOf(row));
  }
  return shown;
}

function foldOf({ instance = 'item', status }: StepRow, before?: Fold): Fold {
  return {
    kind: 'fold',
    what: instance,
    count: (before?.count ?? 0) + 1,
    open: (before?.open ?? 0) + (isDone({ kind: status }) ? 0 : 1),
  };
}

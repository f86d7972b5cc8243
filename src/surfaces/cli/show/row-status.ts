import type { Seen } from '../../../core/nodes/node.js';
import type { StepStatus } from '../output/marks.js';
import type { StepRow } from './step-rows.js';

/** What is told first of several rows; what is done comes only where nothing else is there. */
const FIRST: readonly StepStatus[] = ['running', 'failed', 'aborted', 'cancelled', 'waiting', 'suspended', 'awaiting_callback', 'begun'];

const LEFT_OUT: readonly StepStatus[] = ['not_met', 'not_chosen', 'not_needed', 'not_run'];

/** Whether anything is recorded of a row, or inside it. */
export function isBegun(row: StepRow): boolean {
  return row.record !== undefined || row.rows.some(isBegun);
}

/** Whether a node was left out: its condition did not hold, and the like. */
export function isLeftOut(status: StepStatus): boolean {
  return LEFT_OUT.includes(status);
}

/** How rows stand as a whole. */
export function summaryOf(rows: readonly StepRow[]): StepStatus {
  const all = new Set(rows.filter((row) => row.kind !== 'edit' && !row.isPast).map((row) => row.status));
  const first = FIRST.find((status) => all.has(status));
  if (first) return first;
  if (all.has('not_reached') || all.size === 0) return rows.some(isBegun) ? 'begun' : 'not_reached';
  if (all.has('success') || all.has('complete')) return 'success';
  if (all.has('skipped')) return 'skipped';
  return [...all][0] ?? 'not_reached';
}

/** How a composition's child ended, for the others. */
export function endOf(rows: readonly StepRow[]): Seen['ends'][number] {
  const status = summaryOf(rows);
  switch (status) {
    case 'success':
    case 'complete':
    case 'answered':
      return 'success';
    case 'skipped':
    case 'not_met':
    case 'not_chosen':
    case 'not_needed':
      return 'skipped';
    case 'failed':
    case 'cancelled':
    case 'aborted':
      return 'failed';
    case 'not_run':
      return 'not_run';
    case 'not_reached':
      return rows.some(isBegun) ? 'open' : undefined;
    case 'running':
    case 'begun':
    case 'waiting':
    case 'suspended':
    case 'awaiting_callback':
      return 'open';
    default:
      return status satisfies never;
  }
}

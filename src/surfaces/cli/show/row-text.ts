import { formatDuration } from '../../../core/duration.js';
import type { StepRecord } from '../../../core/journal.js';
import { isStepPath, lastName } from '../../../core/path.js';
import { markOf, undoMark } from '../output/marks.js';
import { shortId } from '../output/short-id.js';
import { shownPath } from '../output/shown-path.js';
import type { Style } from '../output/style.js';
import { changesText, failureLines, indent, isEmpty } from './detail-text.js';
import { type Fold, folded } from './fold.js';
import { isLeftOut } from './row-status.js';
import type { StepRow } from './step-rows.js';

/** How rows are shown. */
export interface RowView {
  readonly style: Style;
  /** Every item and loop, what is left out, whole changes and stacks. */
  readonly full: boolean;
  /** Whether the process has ended, and its locks with it. */
  readonly ended: boolean;
}

/** A tree of rows, each below what it stands in. */
export function rowsText(rows: readonly StepRow[], view: RowView, parent = '', depth = 0): readonly string[] {
  const shown = view.full ? rows : folded(rows);
  return shown.flatMap((row) => (row.kind === 'fold' ? [foldLine(row, view, depth)] : rowLines(row, view, parent, depth)));
}

function rowLines(row: StepRow, view: RowView, parent: string, depth: number): readonly string[] {
  const { style, full } = view;
  const { path, status, record, undo } = row;
  const name = nameOf(row, parent);
  const isDim = status === 'not_reached' || isLeftOut(status);
  const isHead = row.rows.length > 0 || (row.kind !== 'step' && row.kind !== 'unknown' && isStepPath(path)) || row.kind === 'edit';
  const words = (isHead ? headWords(row) : stepWords(row, view)).filter(Boolean);
  const mark = row.undoStatus ? undoMark(row.undoStatus, style) : row.kind === 'edit' ? style.cyan('✎') : markOf(status, style);
  const line = `${mark} ${isDim ? style.dim(name) : name}${words.length > 0 ? `  ${style.dim(words.join(', '))}` : ''}`;
  const details = [
    ...(row.rows.length === 0 || full ? changeLines(record, view) : []),
    ...failuresOf(record, view),
    ...(undo?.outcome && 'failure' in undo.outcome && undo.outcome.failure ? failureLines(undo.outcome.failure, style, full) : []),
  ];
  const isClosed = isDim && !full;
  const inner = isClosed ? [] : rowsText(row.rows, view, path, depth + 1);
  const margin = '  '.repeat(depth);
  return [...[line, ...details].map((one) => margin + indent(one, margin.length)), ...inner];
}

/** What a row is called below the one that it stands in: `[3]/Enable` in `Ports`. */
function nameOf({ kind, path }: Pick<StepRow, 'kind' | 'path'>, parent: string): string {
  if (kind === 'edit') return 'state';
  if (isLocks({ kind, path })) return 'locks';
  const inside = parent !== '' && path.startsWith(parent) ? path.slice(parent.length).replace(/^\//, '') : path;
  return shownPath(inside);
}

/** Whether a row is about the locks of a composition, and not the composition. */
function isLocks({ kind, path }: Pick<StepRow, 'kind' | 'path'>): boolean {
  return kind === 'withLock' && !isStepPath(path);
}

function stepWords({ kind, status, reason, record, attempts, undo, undoStatus, child }: StepRow, { ended }: RowView): readonly string[] {
  const { outcome } = record ?? {};
  const isDone = record?.endedAt !== undefined && status !== 'suspended' && kind !== 'withLock';
  return [
    kind === 'withLock' ? lockWords(status, record, ended) : statusWords(status, outcome?.kind === 'skipped' ? outcome.reason : reason),
    isDone && record.endedAt !== undefined ? formatDuration(record.endedAt - record.startedAt) : '',
    attempts === undefined ? '' : `${attempts} attempts`,
    record?.by === undefined ? '' : `by ${record.by}`,
    child === undefined ? '' : `process ${shortId(child)}`,
    record?.from === undefined ? '' : `done by process ${shortId(record.from)}`,
    undo && undoStatus ? undoWords(undo, undoStatus) : '',
  ];
}

/** Kinds that are no nodes, and say nothing besides their paths. */
const PLACES: readonly StepRow['kind'][] = ['item', 'loop', 'branch', 'unknown'];

function headWords({ kind, path, status, reason, rows, record }: StepRow): readonly string[] {
  if (kind === 'edit') return [`edited${record?.by === undefined ? '' : ` by ${record.by}`}${reason ? `: ${reason}` : ''}`];
  const name = lastName(path);
  const alike = rows.filter((row) => row.instance !== undefined);
  const [first] = alike;
  const skipped = record?.outcome?.kind === 'skipped' ? record.outcome.reason : reason;
  return [
    name === kind || PLACES.includes(kind) ? '' : kind,
    first ? `${count(alike.length)} ${alike.length === 1 ? first.instance : `${first.instance}s`}` : '',
    statusWords(status, skipped),
  ];
}

function statusWords(status: StepRow['status'], reason: string | undefined): string {
  if (status === 'success') return '';
  const words = status === 'not_met' ? 'skipped' : status.replace('_', ' ');
  return reason === undefined ? words : `${words}: ${reason}`;
}

/** Locks are held until their composition has ended, which covers their record, or else the process. */
function lockWords(status: StepRow['status'], record: StepRecord | undefined, ended: boolean): string {
  const keys = Array.isArray(record?.decision) ? record.decision.join(', ') : '';
  if (status === 'success') return `${ended || record?.retired ? 'held' : 'holds'} ${keys}`;
  return status === 'waiting' ? `waits for ${keys}` : `${statusWords(status, undefined)}: ${keys}`;
}

function undoWords({ outcome, attempt, by }: StepRecord, status: StepRow['status']): string {
  const done = status === 'success' ? 'undone' : `undo ${statusWords(status, outcome?.kind === 'skipped' ? outcome.reason : undefined)}`;
  return `${done}${attempt > 1 ? ` after ${attempt} attempts` : ''}${by === undefined ? '' : ` by ${by}`}`;
}

function changeLines(record: StepRecord | undefined, { full }: RowView): readonly string[] {
  const { outcome } = record ?? {};
  return outcome && 'changes' in outcome && !isEmpty(outcome.changes) ? [`    ${indent(changesText(outcome.changes, full), 4)}`] : [];
}

function failuresOf(record: StepRecord | undefined, { style, full }: RowView): readonly string[] {
  const { outcome } = record ?? {};
  const failure = outcome && 'failure' in outcome ? outcome.failure : record?.failure;
  if (!failure) return [];
  return outcome?.kind === 'success' ? [`    ${style.dim(`last failure: ${failure.message}`)}`] : failureLines(failure, style, full);
}

function foldLine({ count: folded, what, open }: Fold, { style }: RowView, depth: number): string {
  const things = `${count(folded)} ${folded === 1 ? what : `${what}s`}`;
  const undone = open === 0 ? '' : `, ${count(open)} of them not done`;
  return `${'  '.repeat(depth)}${style.dim(`… ${things} before${undone}`)}`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

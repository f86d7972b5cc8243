import { formatDuration } from '../../../core/duration.js';
import { isObject } from '../../../core/json.js';
import { START_PATH, UNDO_PATH } from '../../../core/path.js';
import { isEnded } from '../../../core/process.js';
import type { Workflow } from '../../../core/workflow.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import { colorStatus } from '../output/marks.js';
import type { Style } from '../output/style.js';
import { formatTime } from '../output/times.js';
import { nextCommands } from '../run/next-commands.js';
import { byHandLines, commandLines, isLeft, waitLines } from '../run/report.js';
import { changesText, failureLines, indent } from './detail-text.js';
import { rowsText } from './row-text.js';
import type { StepRow } from './step-rows.js';

/** How a process is shown. */
export interface ShowView {
  readonly style: Style;
  /** Changes and stacks are shown as a whole, and every item and loop. */
  readonly full: boolean;
  readonly now: number;
  readonly program: readonly string[];
  /** Undefined where it is not loaded. */
  readonly workflow: Workflow | undefined;
}

/** A process with its steps, what it waits for, and what can be done. */
export function showText(details: ProcessDetails, rows: readonly StepRow[], view: ShowView): string {
  const { style, full, now, program, workflow } = view;
  const commands = nextCommands(details, program, workflow);
  const sections = [
    header(details, view),
    rowsText(rows, { style, full, ended: isEnded(details.status) }),
    isLeft(details) ? ['It was interrupted, and nobody moves it at present.'] : [],
    byHandLines(details, style),
    waitLines(details.waits, now, full).map((line) => `${style.yellow('Waiting:')} ${line}`),
    commands.length === 0 ? [] : ['Next:', ...commandLines(commands, style)],
    workflow ? [] : [style.dim(`Workflow "${details.workflow}" is not loaded, so steps that were not reached are not shown.`)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function header(details: ProcessDetails, { style, now, full }: ShowView): readonly string[] {
  const { id, workflow, status, createdBy, createdAt, endedAt, idempotencyKey, failure, product, parent, forkedFrom } = details;
  const took = formatDuration((endedAt ?? now) - createdAt);
  const start = details.records.find((record) => record.path === START_PATH)?.outcome;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['started', `${formatTime(createdAt)}${byWhom(createdBy)}`],
    [endedAt === undefined ? 'for' : 'took', took],
    ['product', product],
    ['key', idempotencyKey],
    ['parent', parent && `${parent.process}, its step ${parent.path}`],
    ['fork of', forkedFrom],
    ['undo', undoText(details)],
    ['input', start?.kind === 'success' && Object.keys(start.changes.set).length > 0 ? changesText(start.changes, full) : undefined],
  ];
  return [
    `${style.bold(workflow)}  ${colorStatus(status, style)}`,
    ...facts.filter(([, value]) => value !== undefined).map(([name, value]) => `  ${style.dim(name.padEnd(8))} ${indent(value ?? '', 11)}`),
    ...(failure && !hasFailedStep(details) ? failureLines(failure, style, full) : []),
  ];
}

/** Since when a process is taken back, by whom, and why. */
function undoText({ records }: ProcessDetails): string | undefined {
  const mark = records.find((record) => record.path === UNDO_PATH);
  if (!mark) return undefined;
  const { reason, message } = isObject(mark.decision) ? mark.decision : {};
  const why = String(reason ?? message ?? '');
  return `since ${formatTime(mark.startedAt)}${byWhom(mark.by)}${why === '' ? '' : `: ${why}`}`;
}

function byWhom(who: string | undefined): string {
  return who === undefined ? '' : ` by ${who}`;
}

/** A process that was aborted failed in no step of its own. */
function hasFailedStep({ records }: ProcessDetails): boolean {
  return records.some((record) => record.outcome?.kind === 'failed');
}

import { formatDuration } from '../../../core/duration.js';
import type { Failure } from '../../../core/error.js';
import { START_PATH } from '../../../core/path.js';
import type { Changes } from '../../../core/state.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import { colorStatus, markOf } from '../output/marks.js';
import type { Style } from '../output/style.js';
import { formatTime } from '../output/times.js';
import { nextCommands } from '../run/next-commands.js';
import { commandLines, isLeft, waitLine } from '../run/report.js';
import { shortChanges } from './short-value.js';
import type { StepRow } from './step-rows.js';

/** How a process is shown. */
export interface ShowView {
  readonly style: Style;
  /** Changes and stacks are shown as a whole. */
  readonly full: boolean;
  readonly now: number;
  readonly program: readonly string[];
  /** Whether the workflow's own steps are known. */
  readonly loaded: boolean;
}

/** A process with its steps, what it waits for, and what can be done. */
export function showText(details: ProcessDetails, rows: readonly StepRow[], view: ShowView): string {
  const { style, now, program } = view;
  const commands = nextCommands(details, program);
  const sections = [
    header(details, view),
    rows.length === 0 ? [] : rows.flatMap((row) => stepLines(row, view)),
    isLeft(details) ? ['It was interrupted, and nobody moves it at present.'] : [],
    details.waits.map((wait) => `${style.yellow('Waiting:')} ${waitLine(wait, now)}`),
    commands.length === 0 ? [] : ['Next:', ...commandLines(commands, style)],
    view.loaded ? [] : [style.dim(`Workflow "${details.workflow}" is not loaded, so steps that were not reached are not shown.`)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function header(details: ProcessDetails, { style, now, full }: ShowView): readonly string[] {
  const { id, workflow, status, createdBy, createdAt, endedAt, idempotencyKey, failure, product } = details;
  const by = createdBy === undefined ? '' : ` by ${createdBy}`;
  const took = formatDuration((endedAt ?? now) - createdAt);
  const start = details.records.find((record) => record.path === START_PATH)?.outcome;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['started', `${formatTime(createdAt)}${by}`],
    [endedAt === undefined ? 'for' : 'took', took],
    ['product', product],
    ['key', idempotencyKey],
    ['input', start?.kind === 'success' && Object.keys(start.changes.set).length > 0 ? changesText(start.changes, full) : undefined],
  ];
  return [
    `${style.bold(workflow)}  ${colorStatus(status, style)}`,
    ...facts.filter(([, value]) => value !== undefined).map(([name, value]) => `  ${style.dim(name.padEnd(8))} ${indent(value ?? '', 11)}`),
    ...(failure && !hasFailedStep(details) ? failureLines(failure, style, full) : []),
  ];
}

/** A process that was aborted failed in no step of its own. */
function hasFailedStep({ records }: ProcessDetails): boolean {
  return records.some((record) => record.outcome?.kind === 'failed');
}

function stepLines({ path, status, record }: StepRow, { style, full }: ShowView): readonly string[] {
  const { dim } = style;
  const outcome = record?.outcome;
  const name = status === 'not_reached' || status === 'not_met' ? dim(path) : path;
  const words = [
    status === 'success'
      ? ''
      : status === 'not_met'
        ? 'skipped: its condition does not hold'
        : status === 'skipped' && outcome?.kind === 'skipped'
          ? `skipped: ${outcome.reason}`
          : status.replace('_', ' '),
    record?.endedAt === undefined || status === 'suspended' ? '' : formatDuration(record.endedAt - record.startedAt),
    record && record.attempt > 1 ? `${record.attempt} attempts` : '',
    record?.by === undefined ? '' : `by ${record.by}`,
  ].filter(Boolean);
  const failure = outcome && 'failure' in outcome ? outcome.failure : record?.failure;
  return [
    `${markOf(status, style)} ${name}${words.length > 0 ? `  ${dim(words.join(', '))}` : ''}`,
    ...(outcome && 'changes' in outcome && !isEmpty(outcome.changes) ? [`    ${indent(changesText(outcome.changes, full), 4)}`] : []),
    ...(failure && outcome?.kind !== 'success' ? failureLines(failure, style, full) : []),
    ...(failure && outcome?.kind === 'success' ? [`    ${dim(`last failure: ${failure.message}`)}`] : []),
  ];
}

function failureLines(failure: Failure, style: Style, full: boolean, depth = 0): readonly string[] {
  const label = depth === 0 ? '' : 'caused by: ';
  const code = failure.code === 'step_threw' ? '' : ` ${style.dim(`(${failure.code})`)}`;
  return [
    `    ${style.red(indent(`${label}${failure.message}`, 4))}${code}`,
    ...(full && failure.stack ? [`    ${style.dim(indent(failure.stack, 4))}`] : []),
    ...(full && failure.details !== undefined ? [`    ${style.dim(JSON.stringify(failure.details))}`] : []),
    ...(failure.cause ? failureLines(failure.cause, style, full, depth + 1) : []),
  ];
}

function changesText(changes: Changes, full: boolean): string {
  if (!full) return shortChanges(changes);
  const unset = changes.unset.map((key) => `${key} unset`);
  return [JSON.stringify(changes.set, undefined, 2), ...unset].join('\n');
}

function isEmpty({ set, unset }: Changes): boolean {
  return Object.keys(set).length === 0 && unset.length === 0;
}

function indent(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}

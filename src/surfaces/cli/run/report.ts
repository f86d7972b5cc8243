import { formatDuration } from '../../../core/duration.js';
import { isEnded, RUNNABLE } from '../../../core/process.js';
import type { Workflow } from '../../../core/workflow.js';
import { formId } from '../../../engine/edits/open-form.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { OpenWait } from '../../../ports/process-store.js';
import { colorStatus } from '../output/marks.js';
import { shellCommand } from '../output/shell.js';
import { shortId } from '../output/short-id.js';
import { shownPath } from '../output/shown-path.js';
import type { Style } from '../output/style.js';
import { formatTime, formatUntil, isoTime } from '../output/times.js';
import { nextCommands } from './next-commands.js';

/** A process in JSON output. @param workflow where it is loaded */
export function processRecord(details: ProcessDetails, program: readonly string[], workflow?: Workflow): object {
  const { records: _records, waits, createdAt, updatedAt, endedAt, revision: _revision, epoch: _epoch, ...rest } = details;
  return {
    type: 'process',
    ...rest,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    endedAt: isoTime(endedAt),
    waits: waits.map(waitRecord),
    next: nextCommands(details, program, workflow).map(({ command }) => command),
  };
}

function waitRecord({ since, deadline, ...wait }: OpenWait): object {
  const form = wait.kind === 'form' ? { formId: formId(wait) } : {};
  return { ...wait, ...form, since: isoTime(since), deadline: isoTime(deadline) };
}

/**
 * What is said at the end of a command that moved a process: how it stands, why, where to look, and what to do next.
 * @param workflow where it is loaded
 */
export function processReport(details: ProcessDetails, program: readonly string[], style: Style, workflow?: Workflow): string {
  const { id, status, failure, createdAt, endedAt } = details;
  const took = isEnded(status) && endedAt !== undefined ? `  ${style.dim(formatDuration(endedAt - createdAt))}` : '';
  return [
    `${style.bold(details.workflow)}  ${colorStatus(status, style)}  ${id}${took}`,
    ...(failure ? [`  ${style.red(failure.message)}`] : []),
    ...byHandLines(details, style).map((line) => `  ${line}`),
    ...(isLeft(details) ? ['  It was interrupted, and nobody moves it at present.'] : []),
    ...waitLines(details.waits, Date.now()).map((line) => `  ${line}`),
    ...commandLines(
      [{ purpose: 'look at it', command: shellCommand([...program, 'show', shortId(id)]) }, ...nextCommands(details, program, workflow)],
      style,
    ),
  ].join('\n');
}

/** Whether a process has steps to perform, and no runner; one that is being taken back may wait meanwhile. */
export function isLeft({ status, claimedBy, waits }: ProcessDetails): boolean {
  return RUNNABLE.includes(status) && claimedBy === undefined && !(status === 'undoing' && waits.length > 0);
}

/** What is left to be done by hand, after not all of a process could be taken back. */
export function byHandLines({ failure }: ProcessDetails, { red }: Style): readonly string[] {
  const left = failure?.undo ?? [];
  if (left.length === 0) return [];
  return [
    'These could not be taken back, and are left to be undone by hand:',
    ...left.map((one) => `  ${one.path}  ${red(one.failure.message)}`),
  ];
}

/** So many waits are told one by one. */
const MANY_WAITS = 10;

/** What a process waits for, in words. @param all whether each is told, however many there are @default false */
export function waitLines(waits: readonly OpenWait[], now: number, all = false): readonly string[] {
  const told = all ? waits : waits.slice(0, MANY_WAITS);
  const rest = waits.length - told.length;
  return [...told.map((wait) => waitLine(wait, now)), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function waitLine({ kind, path, assignee, since, deadline, reason, progress }: OpenWait, now: number): string {
  const place = shownPath(path);
  const from = `since ${formatTime(since)}`;
  if (kind === 'form') return `${place} waits for an answer${assignee === undefined ? '' : ` by ${assignee}`}, ${from}`;
  const ends = kind === 'callback' ? 'it gives up' : 'goes on';
  const until = deadline === undefined ? '' : `; ${ends} ${formatUntil(deadline, now)}, at ${formatTime(deadline)}`;
  const told = progress === undefined ? '' : `; it has told: ${JSON.stringify(progress)}`;
  return `${place} waits, ${from}: ${reason}${told}${until}`;
}

/** Commands under one another, each behind what it is for. */
export function commandLines(
  commands: readonly { readonly purpose: string; readonly command: string }[],
  { dim, cyan }: Style,
): readonly string[] {
  const width = Math.max(...commands.map(({ purpose }) => purpose.length)) + 1;
  return commands.map(({ purpose, command }) => `  ${dim(`${purpose}:`.padEnd(width))} ${cyan(command)}`);
}

import { formatDuration } from '../../../core/duration.js';
import { isEnded, RUNNABLE } from '../../../core/process.js';
import { formId } from '../../../engine/open-form.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { OpenWait } from '../../../ports/process-store.js';
import { colorStatus } from '../output/marks.js';
import { shellCommand } from '../output/shell.js';
import { shortId } from '../output/short-id.js';
import type { Style } from '../output/style.js';
import { formatTime, formatUntil, isoTime } from '../output/times.js';
import { nextCommands } from './next-commands.js';

/** A process in JSON output. */
export function processRecord(details: ProcessDetails, program: readonly string[]): object {
  const { records: _records, waits, createdAt, updatedAt, endedAt, revision: _revision, epoch: _epoch, ...rest } = details;
  return {
    type: 'process',
    ...rest,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    endedAt: isoTime(endedAt),
    waits: waits.map(waitRecord),
    next: nextCommands(details, program).map(({ command }) => command),
  };
}

function waitRecord({ since, deadline, ...wait }: OpenWait): object {
  const form = wait.kind === 'form' ? { formId: formId(wait) } : {};
  return { ...wait, ...form, since: isoTime(since), deadline: isoTime(deadline) };
}

/** What is said at the end of a command that moved a process: how it stands, why, where to look, and what to do next. */
export function processReport(details: ProcessDetails, program: readonly string[], style: Style): string {
  const { id, workflow, status, failure, createdAt, endedAt } = details;
  const took = isEnded(status) && endedAt !== undefined ? `  ${style.dim(formatDuration(endedAt - createdAt))}` : '';
  return [
    `${style.bold(workflow)}  ${colorStatus(status, style)}  ${id}${took}`,
    ...(failure ? [`  ${style.red(failure.message)}`] : []),
    ...(isLeft(details) ? ['  It was interrupted, and nobody moves it at present.'] : []),
    ...details.waits.map((wait) => `  ${waitLine(wait, Date.now())}`),
    ...commandLines(
      [{ purpose: 'look at it', command: shellCommand([...program, 'show', shortId(id)]) }, ...nextCommands(details, program)],
      style,
    ),
  ].join('\n');
}

/** Whether a process has steps to perform, and no runner. */
export function isLeft({ status, claimedBy }: ProcessDetails): boolean {
  return RUNNABLE.includes(status) && claimedBy === undefined;
}

/** What a process waits for, in words. */
export function waitLine({ kind, path, assignee, since, deadline, reason }: OpenWait, now: number): string {
  if (kind === 'form') return `${path} waits for an answer${assignee === undefined ? '' : ` by ${assignee}`}, since ${formatTime(since)}`;
  const until = deadline === undefined ? '' : `; goes on ${formatUntil(deadline, now)}, at ${formatTime(deadline)}`;
  return `${path} waits, since ${formatTime(since)}: ${reason}${until}`;
}

/** Commands under one another, each behind what it is for. */
export function commandLines(
  commands: readonly { readonly purpose: string; readonly command: string }[],
  { dim, cyan }: Style,
): readonly string[] {
  const width = Math.max(...commands.map(({ purpose }) => purpose.length)) + 1;
  return commands.map(({ purpose, command }) => `  ${dim(`${purpose}:`.padEnd(width))} ${cyan(command)}`);
}

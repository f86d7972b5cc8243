import { formatDuration } from '../../../core/duration.js';
import type { Failure } from '../../../core/error.js';
import { markOf, type StepStatus } from './marks.js';
import { shortId } from './short-id.js';
import { shownPath } from './shown-path.js';
import type { Style } from './style.js';
import { formatUntil } from './times.js';

/** A step that started, ended, or was answered. */
export interface StepMove {
  readonly process: string;
  /** Whether it is of another process than the first that was shown. */
  readonly isOther?: true;
  readonly path: string;
  readonly status: StepStatus;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly attempt?: number;
  /** How long it ran, in milliseconds. */
  readonly duration?: number;
  /** When it goes on. */
  readonly until?: number;
  readonly reason?: string;
  readonly failure?: Failure;
  /** Who is asked, or who answered, or skipped it. */
  readonly who?: string;
}

/** Shows steps while they move. */
export interface Progress {
  move(move: StepMove): void;
  /** Shows text that somebody else writes, such as a step's own console.log. */
  write(text: string): void;
  /** Leaves what was shown as it stands, and ends every timer. */
  stop(): void;
}

/** How progress looks. */
export interface ProgressView {
  readonly style: Style;
  /** Lines begin with the process that they are about. */
  readonly manyProcesses: boolean;
}

/** One line about a step, as it stands at `now`. */
export function moveLine(move: StepMove, { style, manyProcesses }: ProgressView, now: number, mark = markOf(move.status, style)): string {
  const process = manyProcesses || move.isOther ? `${style.dim(shortId(move.process))} ` : '';
  const detail = detailOf(move, style, now);
  return `${process}${mark} ${shownPath(move.path)}${detail ? `  ${detail}` : ''}`;
}

function detailOf(move: StepMove, style: Style, now: number): string {
  const { dim } = style;
  const took = move.duration === undefined ? '' : dim(formatDuration(move.duration));
  const message = move.reason ?? move.failure?.message ?? '';
  switch (move.status) {
    case 'running': {
      const attempt = (move.attempt ?? 1) > 1 ? `attempt ${move.attempt}` : '';
      const elapsed = now - move.at >= 1000 ? formatDuration(now - move.at) : '';
      const words = [attempt, elapsed].filter(Boolean).join(', ');
      return words && dim(words);
    }
    case 'success':
      return took;
    case 'answered':
      return dim(move.who === undefined ? 'answered' : `answered by ${move.who}`);
    case 'complete':
      return [took, dim('completes the process')].filter(Boolean).join('  ');
    case 'suspended':
      return `waits for an answer${move.who === undefined ? '' : ` by ${move.who}`}`;
    case 'waiting':
      return [message, move.until === undefined ? '' : style.yellow(`goes on ${formatUntil(move.until, now)}`)].filter(Boolean).join('; ');
    case 'awaiting_callback': {
      const end = move.until === undefined ? '' : style.yellow(`gives up ${formatUntil(move.until, now)}`);
      return ['awaits a call', message, end].filter(Boolean).join('; ');
    }
    case 'failed':
    case 'cancelled':
    case 'aborted':
      return [style.red(`${move.status}${message ? `: ${message}` : ''}`), took].filter(Boolean).join('  ');
    case 'skipped':
    case 'not_met':
    case 'not_chosen':
    case 'not_needed':
    case 'not_run':
    case 'begun':
    case 'not_reached':
      return dim(`${message || move.status.replace('_', ' ')}${move.who === undefined ? '' : `, by ${move.who}`}`);
    default:
      return move.status satisfies never;
  }
}

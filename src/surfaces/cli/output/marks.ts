import type { LeftOut } from '../../../core/nodes/node.js';
import type { Outcome } from '../../../core/outcome.js';
import type { ProcessStatus } from '../../../core/process.js';
import type { Style } from './style.js';

/** How a step, or what holds several, stands, as people are shown it; `begun` where some of it is done, and nothing of it moves. */
export type StepStatus = Outcome['kind'] | LeftOut['kind'] | 'running' | 'answered' | 'begun' | 'not_reached';

interface Mark {
  readonly sign: string;
  readonly color: keyof Style;
}

const MARKS: Readonly<Record<StepStatus, Mark>> = {
  running: { sign: '▸', color: 'cyan' },
  success: { sign: '✓', color: 'green' },
  answered: { sign: '✓', color: 'green' },
  complete: { sign: '✓', color: 'green' },
  skipped: { sign: '-', color: 'dim' },
  not_met: { sign: '-', color: 'dim' },
  not_chosen: { sign: '-', color: 'dim' },
  not_needed: { sign: '-', color: 'dim' },
  not_run: { sign: '-', color: 'dim' },
  begun: { sign: '▸', color: 'dim' },
  not_reached: { sign: '·', color: 'dim' },
  suspended: { sign: '?', color: 'cyan' },
  waiting: { sign: '↻', color: 'yellow' },
  awaiting_callback: { sign: '↻', color: 'yellow' },
  failed: { sign: '✗', color: 'red' },
  cancelled: { sign: '✗', color: 'yellow' },
  aborted: { sign: '✗', color: 'red' },
};

const COLORS: Readonly<Record<ProcessStatus, keyof Style>> = {
  created: 'cyan',
  running: 'cyan',
  suspended: 'cyan',
  waiting: 'yellow',
  awaiting_callback: 'yellow',
  undoing: 'yellow',
  failed: 'red',
  aborted: 'red',
  undone: 'yellow',
  completed: 'green',
};

/** The sign in front of a step. */
export function markOf(status: StepStatus, style: Style): string {
  const { sign, color } = MARKS[status];
  return style[color](sign);
}

/** The sign in front of a step whose undo stands so. */
export function undoMark(status: StepStatus, style: Style): string {
  return status === 'success' ? style.yellow('↶') : markOf(status, style);
}

/** A process's status in its colour. */
export function colorStatus(status: ProcessStatus, style: Style): string {
  return style[COLORS[status]](status);
}

import type { Outcome } from '../../../core/outcome.js';
import type { ProcessStatus } from '../../../core/process.js';
import type { Style } from './style.js';

/** How a step stands, as people are shown it. */
export type StepStatus = Outcome['kind'] | 'running' | 'answered' | 'not_met' | 'not_reached';

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

/** A process's status in its colour. */
export function colorStatus(status: ProcessStatus, style: Style): string {
  return style[COLORS[status]](status);
}

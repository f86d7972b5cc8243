import { StepwrightError } from './error.js';
import type { Outcome } from './outcome.js';

/*
 * Where a process stands, and every way from one status to another.
 *
 * A process is `created` when its start is stored. A runner that takes it makes it `running`. When nothing more can go on by itself it
 * settles: `suspended` (a person is asked), `waiting` (for a time, a lock or a child), `awaiting_callback`, `failed`, or `completed`.
 * An answer, a due timer, a callback or a retry makes a stopped process `running` again: that means "there are steps to walk", whether a
 * runner has taken it yet or not, so that a crash leaves it to be found. A person can end any process that has not ended (`abort`),
 * and a failed or aborted one can be taken back (`undo`): `undoing`, then `undone`, or `failed` again with what is left to do by hand.
 * `completed`, `aborted` and `undone` are ends; nothing but an undo leads out of `aborted`.
 */

export const PROCESS_STATUSES = [
  'created',
  'running',
  'suspended',
  'waiting',
  'awaiting_callback',
  'undoing',
  'failed',
  'aborted',
  'undone',
  'completed',
] as const;

export type ProcessStatus = (typeof PROCESS_STATUSES)[number];

/** What can happen to a process: a runner took it, its walk settled, something from outside let it go on, or a person ended it. */
export type ProcessEvent =
  | 'take'
  | 'suspend'
  | 'wait'
  | 'await'
  | 'fail'
  | 'complete'
  | 'answer'
  | 'wake'
  | 'retry'
  | 'abort'
  | 'undo'
  | 'undone';

const TRANSITIONS: Readonly<Record<ProcessStatus, Partial<Record<ProcessEvent, ProcessStatus>>>> = {
  created: { take: 'running', abort: 'aborted' },
  running: {
    take: 'running',
    suspend: 'suspended',
    wait: 'waiting',
    await: 'awaiting_callback',
    fail: 'failed',
    complete: 'completed',
    answer: 'running',
    wake: 'running',
    retry: 'running',
    abort: 'aborted',
    undo: 'undoing',
  },
  suspended: { answer: 'running', wake: 'running', retry: 'running', abort: 'aborted', undo: 'undoing' },
  waiting: { answer: 'running', wake: 'running', retry: 'running', abort: 'aborted', undo: 'undoing' },
  awaiting_callback: { answer: 'running', wake: 'running', retry: 'running', abort: 'aborted', undo: 'undoing' },
  failed: { answer: 'running', wake: 'running', retry: 'running', abort: 'aborted', undo: 'undoing' },
  undoing: { take: 'undoing', wait: 'undoing', wake: 'undoing', retry: 'undoing', fail: 'failed', undone: 'undone' },
  aborted: { undo: 'undoing' },
  undone: {},
  completed: {},
};

/**
 * The status after an event.
 * @throws StepwrightError `wrong_status` when the event can't happen in this status.
 */
export function transition(status: ProcessStatus, event: ProcessEvent): ProcessStatus {
  const next = TRANSITIONS[status][event];
  if (!next) throw new StepwrightError('wrong_status', `a process that is ${status} can't ${event}`);
  return next;
}

export function canHappen(status: ProcessStatus, event: ProcessEvent): boolean {
  return TRANSITIONS[status][event] !== undefined;
}

/** Whether nothing is left to do: the process is completed, aborted or undone. */
export function isEnded(status: ProcessStatus): boolean {
  return status === 'completed' || status === 'aborted' || status === 'undone';
}

/** The statuses in which a runner is, or should be, at work. */
export const RUNNABLE: readonly ProcessStatus[] = ['created', 'running', 'undoing'];

/** What the outcome of a whole walk means for its process. */
export function settleEvent(outcome: Outcome): ProcessEvent {
  switch (outcome.kind) {
    case 'success':
    case 'skipped':
    case 'complete':
      return 'complete';
    case 'suspended':
      return 'suspend';
    case 'waiting':
      return 'wait';
    case 'awaiting_callback':
      return 'await';
    case 'failed':
    case 'cancelled':
      return 'fail';
    case 'aborted':
      return 'abort';
    default:
      return outcome satisfies never;
  }
}

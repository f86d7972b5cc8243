import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/outcome.js';
import {
  canHappen,
  isEnded,
  PROCESS_STATUSES,
  type ProcessEvent,
  type ProcessStatus,
  RUNNABLE,
  settleEvent,
  transition,
} from '../../src/core/process.js';
import { NO_CHANGES } from '../../src/core/state.js';

/** The status after each event; `-` where it can't happen. */
const TABLE = `
                    take    suspend   wait    await             fail   complete  answer  wake    retry   abort   undo    undone
  created           running -         -       -                 -      -         -       -       -       aborted -       -
  running           running suspended waiting awaiting_callback failed completed running running running aborted undoing -
  suspended         -       -         -       -                 -      -         running running running aborted undoing -
  waiting           -       -         -       -                 -      -         running running running aborted undoing -
  awaiting_callback -       -         -       -                 -      -         running running running aborted undoing -
  undoing           undoing -         undoing -                 failed -         -       undoing undoing -       -       undone
  failed            -       -         -       -                 -      -         running running running aborted undoing -
  aborted           -       -         -       -                 -      -         -       -       -       -       undoing -
  undone            -       -         -       -                 -      -         -       -       -       -       -       -
  completed         -       -         -       -                 -      -         -       -       -       -       -       -`;

const [HEAD = [], ...ROWS] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const EVENTS = HEAD as readonly ProcessEvent[];
const CASES = ROWS.flatMap(([status, ...next]) => next.map((to, index) => [status as ProcessStatus, EVENTS[index]!, to] as const));

describe('transition', () => {
  it('is described for every status and every event', () => {
    expect(ROWS.map(([status]) => status)).toEqual(PROCESS_STATUSES);
    expect(ROWS.map((row) => row.length - 1)).toEqual(PROCESS_STATUSES.map(() => 12));
    expect(new Set(EVENTS).size).toBe(12);
  });

  it.each(CASES.filter(([, , next]) => next !== '-'))('leads from %s by %s to %s', (status, event, next) => {
    expect(transition(status, event)).toBe(next);
    expect(canHappen(status, event)).toBe(true);
  });

  it.each(CASES.filter(([, , next]) => next === '-'))('refuses from %s the event %s', (status, event) => {
    expect(canHappen(status, event)).toBe(false);
    expect(() => transition(status, event)).toThrow(
      expect.objectContaining({ code: 'wrong_status', message: `a process that is ${status} can't ${event}` }),
    );
  });

  it('lets nothing but an undo lead out of an end', () => {
    const ways = CASES.filter(([status, , next]) => isEnded(status) && next !== '-');
    expect(ways).toEqual([['aborted', 'undo', 'undoing']]);
  });

  it('leads from the start to every status', () => {
    const reached = new Set<ProcessStatus>(['created']);
    for (const from of reached) {
      for (const event of EVENTS) if (canHappen(from, event)) reached.add(transition(from, event));
    }
    expect([...reached].sort()).toEqual([...PROCESS_STATUSES].sort());
  });
});

describe('isEnded', () => {
  it('holds for completed, aborted and undone alone', () => {
    expect(PROCESS_STATUSES.filter(isEnded)).toEqual(['aborted', 'undone', 'completed']);
  });
});

describe('RUNNABLE', () => {
  it('names exactly the statuses in which a runner can take a process', () => {
    expect(PROCESS_STATUSES.filter((status) => canHappen(status, 'take'))).toEqual(RUNNABLE);
  });
});

describe('settleEvent', () => {
  const failure = { code: 'step_threw', message: 'no', retryable: true };

  it.each<[Outcome, ProcessEvent]>([
    [{ kind: 'success', changes: { set: {}, unset: [] } }, 'complete'],
    [{ kind: 'skipped', reason: 'no' }, 'complete'],
    [{ kind: 'complete', changes: { set: {}, unset: [] } }, 'complete'],
    [{ kind: 'suspended', form: {} }, 'suspend'],
    [{ kind: 'waiting', reason: 'no' }, 'wait'],
    [{ kind: 'awaiting_callback', tokenHash: 'x', changes: NO_CHANGES }, 'await'],
    [{ kind: 'failed', failure }, 'fail'],
    [{ kind: 'cancelled', by: 'a' }, 'fail'],
    [{ kind: 'aborted', reason: 'no' }, 'abort'],
  ])('turns %j into an event that a running process can take', (outcome, event) => {
    expect(settleEvent(outcome)).toBe(event);
    expect(canHappen('running', event)).toBe(true);
  });
});

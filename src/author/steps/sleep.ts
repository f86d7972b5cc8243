import { type Duration, toMilliseconds } from '../../core/duration.js';
import { StepwrightError } from '../../core/error.js';
import { refusePromise } from '../../core/nodes/predicate.js';
import { type StepNode, stepNode, type WakeTime } from '../../core/nodes/step.js';
import { checkName } from '../../core/path.js';
import type { State } from '../../core/state.js';
import { wantedFor } from '../forms/scalar.js';
import { callerLocation } from '../location.js';

/**
 * A step that waits for a length of time, and holds nothing meanwhile; after a restart it goes on at the same moment.
 * @param duration milliseconds, text such as `'30s'`, or a pure function of the state that gives either
 * @throws StepwrightError `definition` for what is no duration; one from a function fails the step with `bad_value`
 * @example `sleep('Settle', '30s')`
 */
export function sleep(name: string, duration: Duration | ((state: State) => Duration)): StepNode {
  checkName(name, 'A step');
  const what = `The sleep "${name}"`;
  if (typeof duration !== 'function') {
    const length = toMilliseconds(duration, what);
    return sleeping(name, (_, since) => since + length);
  }
  return sleeping(
    name,
    (state, since) => since + given(what, () => toMilliseconds(settled(duration(state), 'a duration'), 'what it returned')),
  );
}

/**
 * A step that waits until a moment, and holds nothing meanwhile; where that is past, it goes on at once.
 * @param moment a Date, an ISO date (midnight UTC) or time with its zone, or a pure function of the state that gives either
 * @throws StepwrightError `definition` for what is no moment; one from a function fails the step with `bad_value`
 * @example `sleepUntil('Window', (state) => String(state.windowStart))`
 */
export function sleepUntil(name: string, moment: Date | string | ((state: State) => Date | string)): StepNode {
  checkName(name, 'A step');
  const what = `The sleep "${name}"`;
  if (typeof moment !== 'function') {
    const until = timeOf(moment, what);
    return sleeping(name, () => until);
  }
  return sleeping(name, (state) => given(what, () => timeOf(settled(moment(state), 'a date'), 'what it returned')));
}

function sleeping(name: string, until: WakeTime): StepNode {
  const source = callerLocation();
  return stepNode(name, { kind: 'sleep', until }, { returns: new Set(), ...(source === undefined ? {} : { source }) });
}

function timeOf(moment: Date | string, what: string): number {
  const isDate = moment instanceof Date;
  if (isDate ? !Number.isNaN(moment.getTime()) : wantedFor(Date, moment) === undefined) return new Date(moment).getTime();
  const said = isDate ? 'an invalid Date' : JSON.stringify(moment);
  throw new StepwrightError('definition', `${what} is ${said}; write a Date, or ${wantedFor(Date, undefined)}.`);
}

function settled<T>(value: T, instead: string): T {
  refusePromise(value, instead);
  return value;
}

/** What the function of a sleep gives; what is wrong with it is the running step's failure. */
function given(what: string, make: () => number): number {
  try {
    return make();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new StepwrightError('bad_value', `The function of ${what.replace(/^The/, 'the')} can't be used: ${message}`, { cause });
  }
}

import { conditional, defineWorkflow, focus, list, named, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../src/core/journal.js';
import { initialState, stateAt } from '../../src/engine/state-at.js';
import { stepRecord, success } from '../support/process-writes.js';

const nothing = () => undefined;
const workflow = defineWorkflow(
  'places',
  {},
  list(
    step('A')(nothing),
    conditional((state) => state.a === 1)(step('B')(nothing)),
    named('Group')(focus('part')(step('C')(nothing), step('D')(nothing))),
    conditional(() => {
      throw new Error('never asked');
    })(step('E')(nothing)),
    step('F')(nothing),
  ),
);

const start = stepRecord('#start', { outcome: success({ begun: true }) });
const records: readonly StepRecord[] = [
  start,
  stepRecord('A', { outcome: success({ a: 1, part: { n: 1 } }, ['begun']) }),
  stepRecord('B#if', { outcome: null, decision: true }),
  stepRecord('B', { outcome: success({ b: 2 }) }),
  stepRecord('Group/C', { outcome: success({ n: 2 }) }),
  stepRecord('Group/D', { outcome: { kind: 'suspended', form: {} } }),
];

describe('stateAt', () => {
  it.each([
    ['A', { begun: true }],
    ['B', { a: 1, part: { n: 1 } }],
    ['Group/C', { n: 1 }],
    ['Group/D', { n: 2 }],
  ])('gives the step at %s, and the state as it stood there', async (path, state) => {
    const reached = await stateAt(workflow, records, path);
    expect(reached?.step.name).toBe(path.split('/').at(-1));
    expect(reached?.state.toObject()).toEqual(state);
  });

  it.each(['F', 'Group', 'Nowhere', 'E', 'B#if'])('gives nothing for %s, which the journal does not reach', async (path) => {
    expect(await stateAt(workflow, records, path)).toBeUndefined();
  });

  it('goes no further than a condition that fails', async () => {
    const further = [...records.slice(0, -1), stepRecord('Group/D')];
    expect(await stateAt(workflow, further, 'F')).toBeUndefined();
    expect(await stateAt(workflow, [...further, stepRecord('E#if', { outcome: null, decision: false })], 'F')).toBeDefined();
  });
});

describe('initialState', () => {
  it('is what the start gave, and empty without one', () => {
    expect(initialState(start).toObject()).toEqual({ begun: true });
    expect(initialState(undefined).toObject()).toEqual({});
  });
});

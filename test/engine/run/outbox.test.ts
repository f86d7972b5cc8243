import { describe, expect, it } from 'vitest';
import { Outbox, waitFor } from '../../../src/engine/run/outbox.js';
import { callbackWait, childWait, formWait, lockWait, NOW, stepRecord, timerWait } from '../../support/process-writes.js';

const entry = (path: string, attempt: number) => ({
  record: stepRecord(path, { attempt }),
  fact: { type: 'step_ended', path, at: attempt } as const,
});

describe('Outbox', () => {
  it('gives what has gathered in order, the last record of each path, and every fact', () => {
    const outbox = new Outbox();
    expect(outbox.isEmpty).toBe(true);
    outbox.add(entry('A', 1));
    outbox.add({ ...entry('B', 1), wait: formWait('B') });
    outbox.add(entry('A', 2));
    expect(outbox.isEmpty).toBe(false);
    const { records = [], facts = [], openWaits } = outbox.with([{ fact: { type: 'process_status', at: 3 } }]);
    expect(records.map(({ path, attempt }) => `${path} ${attempt}`)).toEqual(['A 2', 'B 1']);
    expect(facts.map(({ type, path, at }) => [type, path, at])).toEqual([
      ['step_ended', 'A', 1],
      ['step_ended', 'B', 1],
      ['step_ended', 'A', 2],
      ['process_status', undefined, 3],
    ]);
    expect(openWaits).toEqual([formWait('B')]);
  });

  it('keeps its own when another follows it', () => {
    const [first, second] = [new Outbox(), new Outbox()];
    first.add(entry('A', 1));
    second.add(entry('A', 2));
    const both = first.followedBy(second);
    expect(both.with([]).records).toMatchObject([{ path: 'A', attempt: 2 }]);
    expect(both.with([]).facts).toHaveLength(2);
    expect(first.with([]).records).toMatchObject([{ path: 'A', attempt: 1 }]);
    expect(new Outbox().followedBy(new Outbox()).isEmpty).toBe(true);
  });
});

describe('waitFor', () => {
  it('asks for a form where a step is suspended', () => {
    const asked = stepRecord('Ask', { outcome: { kind: 'suspended', form: { type: 'object' }, assignee: 'NOC' }, endedAt: NOW });
    expect(waitFor(asked)).toEqual(formWait('Ask', { form: { type: 'object' }, assignee: 'NOC' }));
    expect(waitFor({ ...asked, outcome: { kind: 'suspended', form: {} } })).not.toHaveProperty('assignee');
  });

  it('sets a timer where a step waits for a time, and none where it waits for something else', () => {
    const waits = stepRecord('Push', { outcome: { kind: 'waiting', until: NOW + 9, reason: 'busy' }, endedAt: NOW });
    expect(waitFor(waits)).toEqual(timerWait('Push', NOW + 9, { reason: 'busy' }));
    const lock = lockWait('Push', { reason: 'a lock' });
    expect(waitFor({ ...waits, outcome: { kind: 'waiting', reason: 'a lock' } })).toEqual(lock);
    const child = childWait('Push', 'p-2', { reason: 'a child' });
    expect(waitFor({ ...waits, outcome: { kind: 'waiting', child: 'p-2', reason: 'a child' } })).toEqual(child);
  });

  it('awaits a call, with its deadline where there is one', () => {
    const outcome = { kind: 'awaiting_callback', tokenHash: 'h', changes: { set: {}, unset: [] } } as const;
    const awaits = stepRecord('Push', { outcome, endedAt: NOW });
    const wait = callbackWait('Push', 'h', { reason: 'another system is to call back' });
    expect(waitFor(awaits)).toEqual(wait);
    expect(waitFor({ ...awaits, outcome: { ...outcome, expiresAt: NOW + 9 } })).toEqual({ ...wait, deadline: NOW + 9 });
  });

  it('waits for nothing where a step has ended, or still runs', () => {
    expect(waitFor(stepRecord('A'))).toBeUndefined();
    expect(waitFor(stepRecord('A', { outcome: null }))).toBeUndefined();
  });
});

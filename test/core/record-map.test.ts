import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../src/core/journal.js';
import { RecordMap } from '../../src/core/record-map.js';
import type { Changes } from '../../src/core/state.js';

const record = (path: string, more: Partial<StepRecord> = {}): StepRecord => ({
  ...{ path, outcome: null, attempt: 1, countsFrom: { attempt: 0, at: 0 }, startedAt: 0 },
  ...more,
});

const PATHS = ['A', 'Deploy/eu/Push', 'Deploy/eu/Push#if', 'Ports[0]/Enable', 'Ports[1]/Enable', 'Ports#items', 'Probe#1/Ping', 'Probe'];

const map = () => new RecordMap(PATHS.map((path) => record(path)));

describe('RecordMap', () => {
  it('gives a record by its path, the latest that was set', () => {
    const records = map();
    records.set(record('A', { attempt: 2 }));
    expect(records.get('A')?.attempt).toBe(2);
    expect(records.get('Deploy')).toBeUndefined();
    expect([...records.values()].map(({ path }) => path)).toEqual(PATHS);
  });

  it.each<[string, boolean]>([
    ['A', true],
    ['B', false],
    ['Deploy', true],
    ['Deploy/eu', true],
    ['Deploy/us', false],
    ['Ports', true],
    ['Ports[1]', true],
    ['Ports[10]', false],
    ['Port', false],
    ['Probe#1', true],
    ['Probe#2', false],
    ['Deploy/eu/Push#if', true],
  ])('says whether %s has begun: %s', (path, begun) => {
    expect(map().begun(path)).toBe(begun);
  });

  it.each<[string, readonly string[]]>([
    ['', PATHS],
    ['A', []],
    ['Deploy', ['Deploy/eu/Push', 'Deploy/eu/Push#if']],
    ['Deploy/eu/Push', []],
    ['Ports', ['Ports[0]/Enable', 'Ports[1]/Enable']],
    ['Ports[1]', ['Ports[1]/Enable']],
    ['Probe', ['Probe#1/Ping']],
  ])('knows what lies inside %j, its own marks not among it', (path, below) => {
    expect(
      new Set(
        map()
          .below(path)
          .map((one) => one.path),
      ),
    ).toEqual(new Set(below));
  });

  it.each<[string, readonly string[]]>([
    ['Deploy', ['Deploy/eu/Push', 'Deploy/eu/Push#if']],
    ['Ports', ['Ports[0]/Enable', 'Ports[1]/Enable']],
    ['Ports[0]', ['Ports[0]/Enable']],
    ['Probe', ['Probe#1/Ping']],
    ['A', []],
    ['unknown', []],
  ])('forgets what lies inside %j, and nothing else', (path, forgotten) => {
    const records = map();
    records.forgetBelow(path);
    expect([...records.values()].map((one) => one.path)).toEqual(PATHS.filter((one) => !forgotten.includes(one)));
    expect(records.below(path)).toEqual([]);
  });

  it('notes again what comes where something was forgotten', () => {
    const records = map();
    records.forgetBelow('Deploy');
    expect(records.begun('Deploy')).toBe(false);
    records.set(record('Deploy/eu/Push'));
    expect(records.begun('Deploy')).toBe(true);
    expect(records.below('').map(({ path }) => path)).toContain('Deploy/eu/Push');
    records.forgetBelow('');
    expect([...records.values()]).toEqual([]);
  });

  it('gives what people changed before a step, in their order, and once each', () => {
    const edit = (n: number, changes: Changes) =>
      record(`#edit-${n}`, { decision: { before: 'A' }, outcome: { kind: 'success', changes } });
    const [one, two] = [
      { set: { a: 1 }, unset: [] },
      { set: {}, unset: ['a'] },
    ];
    const records = new RecordMap([edit(1, one), edit(2, two), edit(1, one)]);
    expect(records.edits('A')).toEqual([one, two]);
    expect(records.edits('B')).toEqual([]);
  });

  it('says whether it looks back at all that happened', () => {
    expect([new RecordMap().whole, new RecordMap([], true).whole]).toEqual([undefined, true]);
  });
});

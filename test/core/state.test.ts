import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { NO_CHANGES, StateLayer, toChanges } from '../../src/core/state.js';

describe('StateLayer', () => {
  it('looks through to the layer below, and hides nothing from it', () => {
    const below = StateLayer.of({ a: 1, b: 2 });
    const above = new StateLayer(below);
    above.merge({ set: { a: 10, c: 3 }, unset: ['b'] });
    expect([above.get('a'), above.get('b'), above.get('c'), above.get('d')]).toEqual([10, undefined, 3, undefined]);
    expect([above.has('a'), above.has('b'), above.has('c'), above.has('d')]).toEqual([true, false, true, false]);
    expect(above.toObject()).toEqual({ a: 10, c: 3 });
    expect(below.toObject()).toEqual({ a: 1, b: 2 });
  });

  it('knows null as a value', () => {
    const layer = StateLayer.of({ a: null });
    expect([layer.has('a'), layer.get('a')]).toEqual([true, null]);
  });

  it('does not take what every object inherits for a key', () => {
    expect([StateLayer.of({}).has('constructor'), StateLayer.of({}).get('toString')]).toEqual([false, undefined]);
  });

  it('says what it changed since its entry', () => {
    const layer = new StateLayer(StateLayer.of({ a: 1, b: 2 }));
    layer.merge({ set: { a: 10, c: 3, d: 4 }, unset: ['b'] });
    layer.merge({ set: { e: 5 }, unset: ['c'] });
    expect(layer.changes()).toEqual({ set: { a: 10, d: 4, e: 5 }, unset: ['b'] });
  });

  it('sets a key again that was unset', () => {
    const layer = new StateLayer(StateLayer.of({ a: 1 }));
    layer.merge({ set: {}, unset: ['a'] });
    layer.merge({ set: { a: 2 }, unset: [] });
    expect([layer.toObject(), layer.changes()]).toEqual([{ a: 2 }, { set: { a: 2 }, unset: [] }]);
  });

  it('keeps its object until the next merge, and never changes one that was handed out', () => {
    const layer = StateLayer.of({ a: 1 });
    const first = layer.toObject();
    expect(layer.toObject()).toBe(first);
    layer.merge({ set: { b: 2 }, unset: ['a'] });
    expect(layer.toObject()).toEqual({ b: 2 });
    expect(layer.toObject()).not.toBe(first);
    expect(first).toEqual({ a: 1 });
  });

  it('hands out objects that are frozen all the way down', () => {
    const layer = new StateLayer(StateLayer.of({ a: { b: [{}] } }));
    layer.merge(toChanges({ c: { d: [1] } }, layer, 'Step "A"'));
    const state = layer.toObject() as { a: { b: object[] }; c: { d: number[] } };
    for (const part of [state, state.a, state.a.b, state.a.b[0], state.c, state.c.d]) expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('toChanges', () => {
  const entry = StateLayer.of({ a: 1, list: [1, { b: 2 }], nothing: null });

  it.each<[string, unknown, { set: Record<string, Json>; unset: string[] }]>([
    ['nothing', undefined, { set: {}, unset: [] }],
    ['null', null, { set: {}, unset: [] }],
    ['an empty object', {}, { set: {}, unset: [] }],
    ['a new key', { z: 'x' }, { set: { z: 'x' }, unset: [] }],
    ['undefined for a key that is there', { a: undefined, nothing: undefined }, { set: {}, unset: ['a', 'nothing'] }],
    ['undefined for a key that is not there', { z: undefined }, { set: {}, unset: [] }],
    ['null for a key that is there', { a: null }, { set: { a: null }, unset: [] }],
    ['identical values', { a: 1, list: [1, { b: 2 }], nothing: null }, { set: {}, unset: [] }],
    ['a changed part of a value', { list: [1, { b: 3 }] }, { set: { list: [1, { b: 3 }] }, unset: [] }],
    ['a date', { at: new Date(0) }, { set: { at: '1970-01-01T00:00:00.000Z' }, unset: [] }],
    ['a key that every object inherits', { constructor: 1 }, { set: { constructor: 1 }, unset: [] }],
    [
      'an instance of a class',
      new (class Changes {
        z = 1;
      })(),
      { set: { z: 1 }, unset: [] },
    ],
  ])('takes %s', (_, returned, changes) => {
    expect(toChanges(returned, entry, 'Step "A"')).toEqual(changes);
  });

  it('gives frozen values that share nothing with what was returned', () => {
    const mine = { b: [1] };
    const { set } = toChanges({ mine }, entry, 'Step "A"');
    mine.b.push(2);
    expect(set).toEqual({ mine: { b: [1] } });
    expect(Object.isFrozen((set.mine as { b: number[] }).b)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['a list', [1], 'a list'],
    ['text', 'done', 'a string'],
    ['a boolean', true, 'a boolean'],
    ['a number', 0, 'a number'],
    ['a function', () => ({}), 'a function'],
    ['a Map', new Map(), 'a Map'],
    ['a Set', new Set(), 'a Set'],
    ['a promise', Promise.resolve({}), 'a Promise'],
    ['a date', new Date(), 'a Date'],
    ['a generator', (function* () {})(), 'a Generator'],
  ])('refuses %s instead of an object', (_, returned, what) => {
    expect(() => toChanges(returned, entry, 'Step "A"')).toThrow(
      expect.objectContaining({
        code: 'bad_result',
        message: `Step "A" returned ${what}; return nothing, or an object of changes such as { key: value }.`,
      }),
    );
  });

  it.each(['state', 'ctx'])('refuses the reserved key %s, even unset', (key) => {
    for (const value of [1, undefined]) {
      expect(() => toChanges({ [key]: value }, entry, 'Step "A"')).toThrow(
        expect.objectContaining({
          code: 'bad_result',
          message: `Step "A" returned the key "${key}", which is reserved; use another name.`,
        }),
      );
    }
  });

  it.each<[string, unknown, string]>([
    [
      'the key __proto__',
      JSON.parse('{"__proto__":{}}'),
      'Step "A" returned the key "__proto__", which JavaScript treats as the prototype',
    ],
    ['a value that is not JSON', { z: Number.NaN }, 'Step "A" returned "z", and z is NaN'],
    ['such a value inside', { z: { list: [{ at: 1n }] } }, 'Step "A" returned "z", and z.list[0].at is a bigint'],
  ])('refuses %s, naming the place', (_, returned, start) => {
    expect(() => toChanges(returned, entry, 'Step "A"')).toThrow(
      expect.objectContaining({ code: 'not_json', message: expect.stringContaining(start) }),
    );
  });
});

describe('NO_CHANGES', () => {
  it('changes nothing, and cannot be changed', () => {
    const layer = StateLayer.of({ a: 1 });
    layer.merge(NO_CHANGES);
    expect(layer.toObject()).toEqual({ a: 1 });
    expect([NO_CHANGES, NO_CHANGES.set, NO_CHANGES.unset].every(Object.isFrozen)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyJson, deepFreeze, isObject, type Json, sameJson, toJsonText } from '../../src/core/json.js';

class Point {
  readonly #secret = 1;
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
  sum(): number {
    return this.x + this.y + this.#secret;
  }
}

function nested(levels: number): Json {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

describe('toJsonText', () => {
  it.each<[string, unknown, string | undefined]>([
    ['null', null, 'null'],
    ['undefined', undefined, undefined],
    ['text', 'a"b', '"a\\"b"'],
    ['minus zero', -0, '0'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a URL', new URL('http://localhost/a'), '"http://localhost/a"'],
    ['a class instance', new Point(1, 2), '{"x":1,"y":2}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an undefined key', { a: undefined, b: [{ c: undefined }] }, '{"b":[{}]}'],
    ['toJSON inside toJSON', { toJSON: () => ({ at: new Date(0) }) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['one object at two places', ((shared) => ({ a: shared, b: [shared] }))({ c: 1 }), '{"a":{"c":1},"b":[{"c":1}]}'],
    ['200 levels', nested(200), JSON.stringify(nested(200))],
  ])('writes %s', (_, value, text) => {
    expect(toJsonText(value, 'value')).toBe(text);
  });

  const cyclic: { self?: unknown; list: unknown[] } = { list: [] };
  cyclic.list.push({ deep: cyclic });

  it.each<[string, unknown, string, string]>([
    ['NaN', { a: Number.NaN }, 'value.a is NaN', 'null, a string, or leave the key out'],
    ['infinity', [1, Number.POSITIVE_INFINITY], 'value[1] is Infinity', 'null, a string, or leave the key out'],
    ['minus infinity', Number.NEGATIVE_INFINITY, 'value is -Infinity', 'null, a string, or leave the key out'],
    ['a bigint', { a: [{ b: 1n }] }, 'value.a[0].b is a bigint', 'String(value)'],
    ['a function', { a: () => 1 }, 'value.a is a function', 'data instead'],
    ['a symbol', { a: Symbol('s') }, 'value.a is a symbol', 'data instead'],
    ['a Map', { a: new Map() }, 'value.a is a Map', 'a plain object or list'],
    ['a Set', { a: new Set() }, 'value.a is a Set', 'a plain object or list'],
    ['a promise', { a: Promise.resolve(1) }, 'value.a is a Promise', 'await value'],
    ['a typed array', { a: new Uint8Array(1) }, 'value.a is a Uint8Array', 'a plain object or list'],
    ['a regular expression', { a: /x/ }, 'value.a is a RegExp', 'a plain object or list'],
    ['a generator', { a: (function* () {})() }, 'value.a is a Generator', 'a plain object or list'],
    ['a boxed number', { a: Object(1) }, 'value.a is a Number', 'a plain object or list'],
    ['undefined in a list', { a: [1, undefined] }, 'value.a[1] is undefined in a list', 'null'],
    ['a hole in a list', { a: Object.assign([], { 1: 'x' }) }, 'value.a[0] is undefined in a list', 'null'],
    ['an invalid date', { a: new Date(Number.NaN) }, 'value.a is an invalid Date', 'a valid one, or null'],
    ['a cycle', cyclic, 'value.list[0].deep is a reference to an object that contains it', 'an id instead'],
    ['201 levels', nested(201), `value${'[0]'.repeat(200)} is nested more than 200 levels deep`, 'a flatter value'],
    [
      'the key __proto__',
      { a: JSON.parse('{"__proto__":1}') },
      'value.a.__proto__ is a key that JavaScript treats as the prototype',
      'another key',
    ],
    ['what toJSON gives', { a: { toJSON: () => [2n] } }, 'value.a[0] is a bigint', 'String(value)'],
  ])('refuses %s, naming the place and what to return', (_, value, where, instead) => {
    expect(() => toJsonText(value, 'value')).toThrow(
      expect.objectContaining({ code: 'not_json', message: `${where}, which can't be kept in the state as JSON; return ${instead}.` }),
    );
  });

  it('writes whatever JSON can say as JSON.stringify does', () => {
    const anyJson = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(fc.property(anyJson, (value) => toJsonText(value, 'value') === JSON.stringify(value)));
  });
});

describe('isObject', () => {
  it.each([
    [{}, true],
    [new Point(1, 2), true],
    [null, false],
    [[], false],
    ['x', false],
    [undefined, false],
  ])('says of %j: %s', (value, expected) => {
    expect(isObject(value)).toBe(expected);
  });
});

describe('sameJson', () => {
  it.each<[Json | undefined, Json | undefined, boolean]>([
    [1, 1, true],
    [0, -0, true],
    [1, '1', false],
    [null, undefined, false],
    [undefined, undefined, true],
    [null, {}, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ toString: 1 }, { a: 1 }, false],
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[], {}, false],
    [{}, [], false],
    [[1], { 0: 1 }, false],
  ])('says of %j and %j: %s', (a, b, same) => {
    expect(sameJson(a, b)).toBe(same);
    expect(sameJson(b, a)).toBe(same);
  });

  it('holds between a value and its copy', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value as Json, JSON.parse(JSON.stringify(value)) as Json)));
  });
});

describe('deepFreeze', () => {
  it('freezes every list and object inside, and returns the value itself', () => {
    const value = { a: [{ b: {} }], c: 'x', d: null };
    expect(deepFreeze(value)).toBe(value);
    for (const inside of [value, value.a, value.a[0], value.a[0]?.b]) expect(Object.isFrozen(inside)).toBe(true);
  });

  it.each([null, 1, 'x', true])('leaves %j as it is', (value) => {
    expect(deepFreeze(value)).toBe(value);
  });
});

describe('copyJson', () => {
  it('makes an equal copy of which nothing is shared or frozen', () => {
    const value = deepFreeze({ a: [{ b: 1 }], c: null });
    const copy = copyJson(value) as { a: { b: number }[] };
    expect(copy).toEqual(value);
    copy.a[0]!.b = 2;
    copy.a.push({ b: 3 });
    expect(value).toEqual({ a: [{ b: 1 }], c: null });
  });

  it('keeps a key named __proto__ a key', () => {
    const copy = copyJson(JSON.parse('{"__proto__":{"a":1}}') as Json) as object;
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});

import { describe, expect, it } from 'vitest';
import { returnedKeys } from '../../../src/author/source/returned-keys.js';

type AnyFunction = Parameters<typeof returnedKeys>[0];

/** Makes a function as written, out of reach of the transform that runs on this file. */
const evaluate = (code: string) => new Function(`return ${code}`)() as AnyFunction;

describe('returnedKeys', () => {
  it.each<[string, string, readonly string[]]>([
    ['no return', '() => {}', []],
    ['an empty return', '() => { return; }', []],
    ['undefined', '() => undefined', []],
    ['void 0', '() => { return void 0; }', []],
    ['null, which the state takes for nothing', '() => null', []],
    ['only a throw', '() => { throw new Error() }', []],
    ['an expression body', '(a) => ({ a, b: 2 })', ['a', 'b']],
    ['quoted and numeric keys', `() => ({ 'a b': 1, 7: 2, 0x10: 3 })`, ['a b', '7', '16']],
    ['keys named like syntax', '() => ({ get: 1, async: 2, undefined: 3 })', ['get', 'async', 'undefined']],
    ['an empty object', '() => ({})', []],
    ['methods in the object', '() => ({ a() { return x }, get b() { return x } })', ['a', 'b']],
    ['a method', '({ m() { return { a: 1 } } }).m', ['a']],
    ['an async function', 'async function () { return { a: await 1 } }', ['a']],
    ['a generator', 'function* () { const a = yield 1; return { a } }', ['a']],
    ['an async generator', 'async function* () { yield { b: 1 }; return { a: yield* x() } }', ['a']],
    ['several returns', '(n) => { if (n) return { a: 1 }; if (!n) return; else return { a: 2, b: 3 } }', ['a', 'b']],
    [
      'returns inside statements',
      `(n) => { for (;;) { while (n) return { a: 1 }; switch (n) { case 1: return { b: 1 }; default: { return { c: 1 } } }
         try { return { d: 1 } } catch { return { e: 1 } } finally { l: do return { f: 1 }; while (n) } } }`,
      ['a', 'b', 'c', 'd', 'e', 'f'],
    ],
    ['a condition', '(n) => n ? { a: 1 } : n > 1 ? { b: 1 } : undefined', ['a', 'b']],
    ['&&, whose falsy left has no keys', '(n) => n.x && { a: 1 }', ['a']],
    ['|| and ??', '(n) => { return (n && { a: 1 }) || (null ?? { b: 1 }) }', ['a', 'b']],
    ['parentheses', '() => { return (({ a: 1 })) }', ['a']],
    ['an awaited literal', 'async () => await { a: 1 }', ['a']],
    ['a comma', '(n) => (n(), { a: 1 })', ['a']],
    [
      'nested functions, methods and classes that return other things',
      `() => { function f() { return x } const g = () => x, h = function* () { return x }, o = { m() { return x } };
         class C { m() { return x } static s = () => x; static { (() => { return x })() } }
         return { a: [1].map((v) => { return { v } }) } }`,
      ['a'],
    ],
    ['nested functions only', '() => { [].forEach(() => { return { a: 1 } }) }', []],
  ])('knows the keys of %s', (_, code, keys) => {
    expect(returnedKeys(evaluate(code))).toEqual(new Set(keys));
  });

  it.each<[string, string]>([
    ['a call', '() => { return complete({ a: 1 }) }'],
    ['a method call', '({ m() { return this.x() } }).m'],
    ['an awaited call', 'async () => await x()'],
    ['a variable', '(a) => a'],
    ['a property', '(a) => a.b'],
    ['a spread', '(a) => ({ b: 1, ...a })'],
    ['a computed key', '(a) => ({ [a]: 1 })'],
    ['a replaced prototype', '(a) => ({ __proto__: a })'],
    ['an asked form', 'function* () { return yield* ask(X) }'],
    ['a yielded value', 'function* () { return yield 1 }'],
    ['a new object', '() => new Map()'],
    ['a list', '() => [{ a: 1 }]'],
    ['a text', '() => "a"'],
    ['an assignment', '(a) => a = { b: 1 }'],
    ['one unknown return among known ones', '(a) => { if (a) return { b: 1 }; return a }'],
    ['one unknown branch of a condition', '(a) => a ? { b: 1 } : a'],
    ['the left of ||', '(a) => a || { b: 1 }'],
    ['the left of ??', '(a) => a ?? { b: 1 }'],
    ['the right of &&', '(a) => a && a.b'],
    ['a bound function', '(() => ({ a: 1 })).bind(null)'],
    ['a class', 'class { m() { return { a: 1 } } }'],
  ])('does not know the keys of %s', (_, code) => {
    expect(returnedKeys(evaluate(code))).toBeUndefined();
  });

  it('reads what the TypeScript transform emits', () => {
    class Steps {
      #count = 0;
      construct(subscription: object, ports: readonly string[] = []) {
        if (ports.length === 0) return undefined;
        return { subscription, count: this.#count as number } as const;
      }
      async push(vpn: object | undefined) {
        return vpn ? { circuitId: await Promise.resolve('c-1') } : ({ failed: true } satisfies object);
      }
    }
    expect(returnedKeys(Steps.prototype.construct)).toEqual(new Set(['subscription', 'count']));
    expect(returnedKeys(Steps.prototype.push)).toEqual(new Set(['circuitId', 'failed']));
  });
});

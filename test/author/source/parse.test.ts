import { describe, expect, it, vi } from 'vitest';
import { parseFunction, readSource } from '../../../src/author/source/parse.js';
import { StepwrightError } from '../../../src/core/error.js';

type AnyFunction = Parameters<typeof parseFunction>[0];

/** Makes functions as written, out of reach of the transform that runs on this file; sloppy unless the code says otherwise. */
function evaluate<T = AnyFunction>(code: string): T {
  return new Function(`return ${code}`)() as T;
}

/** Makes a function in a module of its own. */
const load = async (code: string): Promise<AnyFunction> =>
  ((await import(/* @vite-ignore */ `data:text/javascript,export default ${encodeURIComponent(code)}`)) as { default: AnyFunction })
    .default;

const member = (code: string) => evaluate<Record<PropertyKey, AnyFunction>>(`({ ${code}\n})`);
const onlyMember = (code: string) => Object.values(member(code))[0] as AnyFunction;

describe('parseFunction', () => {
  it.each<[string, AnyFunction]>([
    ['a method', onlyMember('push(a, b) {}')],
    ['an async method', onlyMember('async push(a, b) {}')],
    ['a generator method', onlyMember('*push(a, b) { yield a; }')],
    ['an async generator method', onlyMember('async *push(a, b) { yield* await a; }')],
    ['a method with a quoted name', onlyMember(`'Push it'(a, b) {}`)],
    ['a method with a computed name', onlyMember(`['Push' + ' it'](a, b) {}`)],
    ['an async generator method with a computed name', onlyMember(`async *[\`Push \${'it'}\`](a, b) {}`)],
    ['a method with a number for a name', onlyMember('12.5(a, b) {}')],
    ['a method named get', onlyMember('get(a, b) {}')],
    ['a method named set', onlyMember('set(a, b) {}')],
    ['a method named async', onlyMember('async(a, b) {}')],
    ['a method named static', onlyMember('static(a, b) {}')],
    ['a method named function', onlyMember('function(a, b) {}')],
    ['a method named class', onlyMember('class(a, b) {}')],
    ['a method named constructor', onlyMember('constructor(a, b) {}')],
    ['an async method named constructor', onlyMember('async constructor(a, b) {}')],
    ['a method with comments around its name', onlyMember('async /* ( */ push /* x */ (a, /* b, c */ b) {} // }')],
    ['a static method', evaluate('(class { static push(a, b) {} }).push')],
    ['a static async method', evaluate('(class { static async push(a, b) {} }).push')],
    ['a private method', evaluate('new (class { #push(a, b) {} get = () => this.#push })().get()')],
    ['a private async generator method', evaluate('new (class { async *#push(a, b) {} get = () => this.#push })().get()')],
    ['an arrow function', evaluate('(a, b) => a')],
    ['an async arrow function', evaluate('async (a, b) => ({ a })')],
    ['an arrow function with a body', evaluate('(a, b) => { return { a } }')],
    ['a function expression', evaluate('function (a, b) {}')],
    ['a named function expression', evaluate('function push(a, b) {}')],
    ['an async function expression', evaluate('async function (a, b) {}')],
    ['a generator function', evaluate('function* (a, b) { const c = yield a; return new.target; }')],
    ['an async generator function', evaluate('async function* push(a, b) { for await (const c of a) yield c; }')],
    ['a function declaration', evaluate('(() => { function push(a, b) {} return push; })()')],
    ['a function made from text', new Function('a', 'b', 'return a')],
  ])('reads %s', (_, fn) => {
    const { node, textOf } = parseFunction(fn);
    expect(node.params.map(textOf)).toEqual(['a', 'b']);
  });

  it('reads an arrow function without parentheses', () => {
    expect(parseFunction(evaluate('a => a')).node.params).toHaveLength(1);
    expect(parseFunction(evaluate('async a => await a')).node.async).toBe(true);
  });

  it.each<[string, AnyFunction]>([
    ['super in a method', evaluate('(class extends Object { a() { return super.toString() } }).prototype.a')],
    ['super in a static method', evaluate('(class extends Object { static a() { return super.name } }).a')],
    ['super in an arrow function', evaluate('new (class extends Object { a() { return () => super.toString() } })().a()')],
    ['super in a sloppy arrow function', evaluate('({ a() { return (static) => super.toString() } }).a()')],
    [
      'a super call in an arrow function',
      evaluate('new (class extends Object { constructor() { const a = () => super(); a(); this.a = a } })().a'),
    ],
    ['new.target in an arrow function', evaluate('(function () { return () => new.target })()')],
    ['new.target in a function', evaluate('function () { return new.target }')],
    ['a private name', evaluate('(class { #x = 1; a() { return this.#x } }).prototype.a')],
    ['a test for a private name', evaluate('(class { #x = 1; static a(o) { return #x in o } }).a')],
    ['a private name in an arrow function', evaluate('new (class { #x = 1; a = (o) => #x in o && o?.#x })().a')],
    ['a class with private names and a static block', evaluate('() => class { static #x = 1; static { this.#x++ } static accessor = 1 }')],
    ['with, in sloppy code', evaluate('function (o) { with (o) return 010 }')],
    ['with, in a sloppy method', onlyMember('a(o) { with (o) return 1 }')],
    ['await as a name, in sloppy code', evaluate('function (await) { return await (1) }')],
    ['yield as a name, in sloppy code', evaluate('(yield) => yield')],
    ['import()', () => import('node:path')],
    ['a regular expression with the v flag', evaluate(String.raw`() => /[\p{L}--[a-z]]/v`)],
    ['the marker of native functions in a text', evaluate('() => "function () { [native code] }"')],
  ])('parses %s', (_, fn) => {
    expect(readSource(fn)).toHaveProperty('node');
  });

  it('parses import.meta', async () => {
    expect(parseFunction(await load('(a) => import.meta.url')).node.params).toHaveLength(1);
  });

  it('reads the source itself where toString is replaced', () => {
    const fn = Object.assign((a: number) => a, { toString: () => 'function (x, y) {}' });
    expect(parseFunction(fn).node.params).toHaveLength(1);
  });

  const total = Object.getOwnPropertyDescriptor(evaluate('({ get total() { return 1 }, set total(to) {} })'), 'total');
  const size = Object.getOwnPropertyDescriptor(Map.prototype, 'size');

  it.each<[string, AnyFunction, string]>([
    [
      'a bound function',
      function push() {}.bind(null),
      `it is bound, built in, or a proxy. Pass the unbound function, or name its parameters explicitly, as with @fromState('key').`,
    ],
    ['a bound function by its name', function push() {}.bind(null), 'The function "bound push" has no source to read parameter names from'],
    ['a built-in function', Math.max, 'The function "max" has no source'],
    ['a built-in accessor', size?.get as AnyFunction, 'The function "get size" has no source'],
    ['a proxy', new Proxy(() => 1, {}), 'has no source'],
    ['a class', class Order {}, `The function "Order" is a class. Pass a function, or one of the class's methods.`],
    ['a class with a static member named name', evaluate('class { static name() {} }'), 'A function without a name is a class.'],
    ['a getter', total?.get as AnyFunction, 'The function "get total" is a getter. Write it as a method.'],
    ['a setter', total?.set as AnyFunction, 'The function "set total" is a setter. Write it as a method.'],
  ])('refuses %s and says what to write', (_, fn, message) => {
    expect(() => parseFunction(fn)).toThrow(StepwrightError);
    expect(() => parseFunction(fn)).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
    expect(readSource(fn)).toHaveProperty('refused');
  });

  it('shows where the source stops being JavaScript that it knows', () => {
    const source = vi.spyOn(Function.prototype, 'toString').mockReturnValue('push(a, b) { return a |> b; }');
    const result = readSource(function push() {});
    source.mockRestore();
    const expected = /^The function "push" can't be read: Unexpected token at "> b; }"\. Write that in standard JavaScript, or name/;
    expect(result).toMatchObject({ refused: expect.stringMatching(expected), cause: expect.any(SyntaxError) });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSignature, type SourceParameter } from '../../../src/author/source/signature.js';

type AnyFunction = Parameters<typeof readSignature>[0];

const plain = { hasDefault: false, rest: false };

describe('readSignature', () => {
  it.each<[string, AnyFunction, readonly Omit<SourceParameter, 'index'>[]]>([
    ['no parameters', () => 1, []],
    [
      'names',
      (a: number, $b: number, _c: number) => [a, $b, _c],
      [
        { name: 'a', text: 'a', ...plain },
        { name: '$b', text: '$b', ...plain },
        { name: '_c', text: '_c', ...plain },
      ],
    ],
    ['a default', (x = 5) => x, [{ name: 'x', hasDefault: true, rest: false, text: 'x = 5' }]],
    ['a destructured object', ({ a }: { a: number }) => a, [{ name: undefined, text: '{ a }', ...plain }]],
    ['a destructured list', ([a]: number[]) => a, [{ name: undefined, text: '[a]', ...plain }]],
    ['the rest', (...all: number[]) => all, [{ name: 'all', hasDefault: false, rest: true, text: '...all' }]],
    ['the rest, destructured', (...[a]: number[]) => a, [{ name: undefined, hasDefault: false, rest: true, text: '...[a]' }]],
  ])('reads %s', (_, fn, expected) => {
    expect(readSignature(fn).map(({ text, ...rest }) => ({ ...rest, text: text.replace(/\s+/g, ' ') }))).toEqual(
      expected.map((parameter, index) => ({ index, ...parameter })),
    );
  });

  it.each<[string, Omit<SourceParameter, 'index'>]>([
    ['{a, b} = {}', { name: undefined, hasDefault: true, rest: false, text: '{a, b} = {}' }],
    ['{ a: { b = 1 }, ...c }', { name: undefined, text: '{ a: { b = 1 }, ...c }', ...plain }],
    ['[ , a = (1, 2)] = []', { name: undefined, hasDefault: true, rest: false, text: '[ , a = (1, 2)] = []' }],
    ['a = (1, 2)', { name: 'a', hasDefault: true, rest: false, text: 'a = (1, 2)' }],
    ['a = (b, c) => ({ b, c })', { name: 'a', hasDefault: true, rest: false, text: 'a = (b, c) => ({ b, c })' }],
    ['a = function (b, c) { return ")" }', { name: 'a', hasDefault: true, rest: false, text: 'a = function (b, c) { return ")" }' }],
    [`a = \`\${[")", "b"]}, c\``, { name: 'a', hasDefault: true, rest: false, text: `a = \`\${[")", "b"]}, c\`` }],
    ['a = /[,)]/', { name: 'a', hasDefault: true, rest: false, text: 'a = /[,)]/' }],
    ['a = undefined', { name: 'a', hasDefault: true, rest: false, text: 'a = undefined' }],
    ['/* b, */ a /* = 1 */,', { name: 'a', text: 'a', ...plain }],
    ['größe', { name: 'größe', text: 'größe', ...plain }],
    ['\\u0061b', { name: 'ab', text: '\\u0061b', ...plain }],
  ])('reads the parameter %s in a function and in an arrow function', (code, expected) => {
    for (const fn of [`function (${code}) {}`, `(${code}) => 1`, `async (${code}) => 1`, `({ async *m(${code}) {} }).m`]) {
      expect(readSignature(new Function(`return ${fn}`)())).toEqual([{ index: 0, ...expected }]);
    }
  });

  it('reads the same parameters whatever the form of the function', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'get', 'set', 'async', 'of', 'state', 'ctx');
    const parameter = fc.tuple(name, fc.constantFrom('', ' = 5', ' = {}', ' = (x, y) => [x, y]', ` = ')'`, ' = async () => await null'));
    const parameters = fc.uniqueArray(parameter, { selector: ([own]) => own, maxLength: 6 });
    const forms = [
      (p: string) => `(${p}) => 1`,
      (p: string) => `async (${p}) => { await 1 }`,
      (p: string) => `function (${p}) {}`,
      (p: string) => `async function* named(${p}) {}`,
      (p: string) => `({ m(${p}) {} }).m`,
      (p: string) => `({ async *['m'](${p}) {} }).m`,
      (p: string) => `(class { static 'm'(${p}) {} }).m`,
      (p: string) => `new (class { #m(${p}) {} m() { return this.#m } })().m()`,
    ];
    fc.assert(
      fc.property(parameters, fc.constantFrom(...forms), fc.constantFrom(', ', ',', ' ,\n  ', ', /* x, y */ '), (list, form, comma) => {
        const fn = new Function(`return ${form(list.map((parts) => parts.join('')).join(comma))}`)() as AnyFunction;
        expect(readSignature(fn)).toEqual(
          list.map(([own, value], index) => ({ index, name: own, hasDefault: value !== '', rest: false, text: own + value })),
        );
      }),
    );
  });

  it('refuses a bound function', () => {
    expect(() => readSignature(readSignature.bind(null))).toThrow(expect.objectContaining({ code: 'definition' }));
  });
});

describe('readSignature of what the TypeScript transform emits', () => {
  const method = (): MethodDecorator => () => undefined;
  const parameter = (): ParameterDecorator => () => undefined;
  const PUSH = 'Push it';
  class Base {
    greet(name: string): string {
      return name;
    }
  }
  class Decorated extends Base {
    readonly #speed = 1;
    constructor(private readonly network = new Map<string, string>()) {
      super();
    }
    @method() construct(subscription: Base, ports: string[], speed = 1000) {
      return { subscription, ports, speed };
    }
    @method()
    async push(@parameter() vpn: Base, @parameter() @parameter() { id }: { id: string }, ctx?: object, ...rest: unknown[]) {
      return { a: vpn, id, ctx, rest, b: this.network, c: await 1 };
    }
    @method()
    *confirm(this: Decorated, @parameter() subscription?: Base): Generator<number, boolean> {
      return (yield this.#speed) !== subscription;
    }
    @method()
    [PUSH](@parameter() order: Base): boolean {
      return #speed in order;
    }
    override greet(@parameter() name: string): string {
      return super.greet(name satisfies string as string);
    }
    later = async (order: Base, speed: number = this.#speed) => ({ order, speed });
  }
  const { construct, push, confirm, greet, [PUSH]: computed } = Decorated.prototype;

  it.each<[string, AnyFunction, readonly (string | undefined)[]]>([
    ['a decorated method', construct, ['subscription', 'ports', 'speed']],
    ['decorated parameters', push, ['vpn', undefined, 'ctx', 'rest']],
    ['a generator method with a type for this', confirm, ['subscription']],
    ['a method with a computed name', computed, ['order']],
    ['a method that calls super', greet, ['name']],
    ['an arrow function in a field', new Decorated().later, ['order', 'speed']],
  ])('names the parameters of %s', (_, fn, names) => {
    expect(readSignature(fn).map(({ name }) => name)).toEqual(names);
  });

  it('sees defaults and the rest', () => {
    expect(readSignature(construct).map(({ hasDefault }) => hasDefault)).toEqual([false, false, true]);
    expect(readSignature(push).map(({ rest }) => rest)).toEqual([false, false, false, true]);
  });
});

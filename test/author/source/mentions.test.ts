import { describe, expect, it } from 'vitest';
import { mentions } from '../../../src/author/source/mentions.js';

interface Context {
  readonly url: string;
  readonly inner: { readonly url: string };
}

describe('mentions', () => {
  it.each<[string, (ctx: Context) => unknown, boolean]>([
    ['reads it', (ctx) => ctx.url, true],
    ['reads it off something else', (ctx) => ctx.inner.url.length, true],
    ['reads it by text', (ctx) => ctx['url' as 'url'], true],
    ['reads it where it may be missing', (ctx?: Context) => ctx?.url, true],
    ['reads it in a function inside', (ctx) => [1].map(() => ({ at: `${ctx.url}` })), true],
    [
      'takes it out',
      (ctx) => {
        const { url } = ctx;
        return url;
      },
      true,
    ],
    [
      'takes it out under another name',
      (ctx) => {
        const { url: where } = ctx;
        return where;
      },
      true,
    ],
    ['takes it out in its parameters', ({ url }) => url, true],
    [
      'has a variable of that name',
      () => {
        const url = 1;
        return url;
      },
      false,
    ],
    ['has a key of that name', () => ({ url: 1 }), false],
    [
      'reads what a variable names',
      (ctx) => {
        const url = 'inner' as const;
        return ctx[url];
      },
      false,
    ],
    [
      'takes out the rest',
      (ctx) => {
        const { inner, ...rest } = ctx;
        return [inner, rest];
      },
      false,
    ],
    ['has no source', Math.max as never, false],
  ])('tells whether a function %s', (_, fn, expected) => {
    expect(mentions(fn, 'url')).toBe(expected);
  });
});

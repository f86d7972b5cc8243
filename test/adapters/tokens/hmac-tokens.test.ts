import { describe, expect, it } from 'vitest';
import { HmacTokens } from '../../../src/adapters/tokens/hmac-tokens.js';

const SECRET = 'a secret that is long enough to be one';

describe('HmacTokens', () => {
  it('makes the same token of the same text and secret, and else another one', () => {
    const tokens = new HmacTokens(() => SECRET);
    expect(tokens.sign('p-1\nOrder\n0')).toBe(new HmacTokens(() => Buffer.from(SECRET)).sign('p-1\nOrder\n0'));
    const others = [
      tokens.sign('p-1\nOrder\n1'),
      tokens.sign('p-2\nOrder\n0'),
      tokens.sign(''),
      new HmacTokens(() => `${SECRET}!`).sign('p-1\nOrder\n0'),
    ];
    expect(new Set([...others, tokens.sign('p-1\nOrder\n0')]).size).toBe(5);
  });

  it('makes tokens that can stand in a URL as they are', () => {
    const tokens = new HmacTokens(() => SECRET);
    for (let text = 0; text < 100; text++) expect(tokens.sign(`Wait/Für[${text}]`)).toMatch(/^[\w-]{43}$/);
  });

  it('knows a token by a hash that needs no secret, and is not the token', () => {
    const token = new HmacTokens(() => SECRET).sign('p-1');
    const refusing = new HmacTokens(() => {
      throw new Error('nobody knows it');
    });
    expect(refusing.hash(token)).toMatch(/^[\w-]{43}$/);
    expect(refusing.hash(token)).not.toBe(token);
    expect(refusing.hash(token)).not.toBe(refusing.hash(`${token}A`));
  });

  it('asks for the secret once, on first use, and again where that failed', () => {
    let asked = 0;
    const tokens = new HmacTokens(() => {
      if (++asked === 1) throw new Error('not yet');
      return SECRET;
    });
    expect(asked).toBe(0);
    expect(() => tokens.sign('a')).toThrow('not yet');
    expect(tokens.sign('a')).toBe(tokens.sign('a'));
    expect(asked).toBe(2);
  });
});

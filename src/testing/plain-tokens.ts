import type { Tokens } from '../ports/tokens.js';

/** Tokens for tests: they say what they are for, and anybody can make them. */
export class PlainTokens implements Tokens {
  sign(text: string): string {
    return `token-${encodeURIComponent(text)}`;
  }

  hash(token: string): string {
    return `hash of ${token}`;
  }
}

import { createHash, createHmac } from 'node:crypto';
import type { Tokens } from '../../ports/tokens.js';

/** Tokens that only who knows the secret can make: HMAC-SHA-256, in base64url. They are known by their SHA-256. */
export class HmacTokens implements Tokens {
  readonly #secret: () => string | Buffer;
  #known: string | Buffer | undefined;

  /** @param secret asked for on first use */
  constructor(secret: () => string | Buffer) {
    this.#secret = secret;
  }

  sign(text: string): string {
    this.#known ??= this.#secret();
    return createHmac('sha256', this.#known).update(text).digest('base64url');
  }

  hash(token: string): string {
    return createHash('sha256').update(token).digest('base64url');
  }
}

import type { Random } from '../ports/random.js';

/**
 * Randomness that is the same in every run: equal seeds give equal numbers.
 *
 * The generator is mulberry32 (Tommy Ettinger, 2017): 32 bits of state, good enough for tests and for nothing secret.
 */
export class SeededRandom implements Random {
  #state: number;

  /** @param seed a whole number. @default 1 */
  constructor(seed: number = 1) {
    this.#state = seed >>> 0;
  }

  number(): number {
    return this.#bits() / 2 ** 32;
  }

  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.#bits().toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[this.#bits() & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** The next 32 bits, as a number from 0 to 2³² - 1. */
  #bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

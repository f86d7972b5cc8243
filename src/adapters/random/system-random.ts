import { randomUUID } from 'node:crypto';
import type { Random } from '../../ports/random.js';

/** The system's randomness. */
export class SystemRandom implements Random {
  number(): number {
    return Math.random();
  }

  uuid(): string {
    return randomUUID();
  }
}

import { hasCode } from '../../src/core/error.js';

/** What the author of a wrong definition is told. */
export function problemOf(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    if (hasCode(error, 'definition')) return error.message;
    throw error;
  }
  throw new Error('nothing is wrong with this definition');
}

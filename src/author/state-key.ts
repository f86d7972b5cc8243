import { StepwrightError } from '../core/error.js';
import { RESERVED_KEYS } from '../core/state.js';

/**
 * Refuses what can't be a key of the state.
 * @param what who wants to set it, for messages: `The callback of step "Wait" has "resultKey"`
 * @throws StepwrightError `definition`
 */
export function checkStateKey(key: unknown, what: string): string {
  if (typeof key === 'string' && key !== '' && key !== '__proto__' && !RESERVED_KEYS.includes(key)) return key;
  throw new StepwrightError('definition', `${what} ${JSON.stringify(key)}, which no state key can be; write another.`);
}

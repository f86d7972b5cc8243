import { StepwrightError } from '../core/error.js';
import { didYouMean } from '../core/nearest.js';

/**
 * Refuses an option that there is not: where no compiler looks, a misspelt one would be left out without a word.
 * @param what whose options they are, for the start of a sentence
 * @throws StepwrightError `definition`
 */
export function checkOptions(options: object, known: readonly string[], what: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new StepwrightError(
      'definition',
      `${what} has an unknown option "${key}".${didYouMean(key, known)} Known are: ${known.join(', ')}.`,
    );
  }
}

import { StepwrightError } from '../core/error.js';

/** Gathers what is wrong in a definition, so that an author is told all of it at once. */
export class Problems {
  readonly #messages: string[] = [];

  add(message: string): void {
    this.#messages.push(message);
  }

  /** Runs a part of a definition; what is wrong in it is gathered, and the result is then undefined. */
  try<T>(part: () => T): T | undefined {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof StepwrightError)) throw error;
      this.add(error.message);
      return undefined;
    }
  }

  /**
   * @param what what is defined, for the heading of several problems: `workflow "order" (workflows/order.ts:41)`
   * @throws StepwrightError `definition`, when there is anything
   */
  throwIfAny(what: string): void {
    const [only, ...others] = this.#messages;
    if (only === undefined) return;
    const list = this.#messages.map((one) => `\n- ${one}`).join('');
    throw new StepwrightError('definition', others.length === 0 ? only : `${this.#messages.length} things are wrong with ${what}:${list}`);
  }
}

/** Runs a part of something; what is wrong in it is said with its place in front. */
export function within<T>(place: string, part: () => T): T {
  try {
    return part();
  } catch (error) {
    if (error instanceof StepwrightError) throw new StepwrightError(error.code, `${place}: ${error.message}`, { cause: error.cause });
    throw error;
  }
}

import type { Logger } from './logger.js';

/** What a step may ask about its own run: injected into a parameter named `ctx`. */
export interface StepContext {
  readonly processId: string;
  readonly workflow: string;
  /** Where the step sits, such as `Deploy/eu/Push config`. */
  readonly path: string;
  /** 1 on the first attempt. */
  readonly attempt: number;
  /** The same on every attempt of this step of this process, plain ASCII: give it to systems that must not do a thing twice. */
  readonly idempotencyKey: string;
  /** Aborted when the process is, when its runner has lost it, and when the engine closes for good. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /**
   * Where another system calls back; the same when the step is performed again after a crash. It works once.
   * @throws StepwrightError `wrong_use` outside of a callback step, and where the service has no `publicUrl`
   */
  readonly callbackUrl: string;
  /** The token in it, for systems that are answered for in another way. @throws StepwrightError `wrong_use` outside of a callback step */
  readonly callbackToken: string;
  /** Milliseconds since 1970, by the engine's clock. */
  now(): number;
}

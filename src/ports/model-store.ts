import type { ModelClass } from '../core/parameter.js';
import type { JoinedWrite } from './process-store.js';

/** How a domain model stands in the state. */
export interface ModelReference {
  readonly $model: string;
  readonly id: string;
}

/** Where domain models are kept; it shares its transactions with the process store beside it. */
export interface ModelStore {
  /** Loads models of any of these classes by id, each with its blocks; in the order of the ids, undefined where there is none. */
  load(models: readonly ModelClass[], ids: readonly string[]): Promise<readonly (object | undefined)[]>;
  /** Makes a new model, not stored yet. */
  create(model: ModelClass, product: string, customerId: string): object;
  /** The reference that stands for this value in the state, or undefined when it is no domain model. */
  reference(value: object): ModelReference | undefined;
  /**
   * The write that stores these models with their blocks.
   *
   * It raises their versions. Performing it throws StepwrightError `stale_model` (retryable) when somebody else has saved one of them
   * since it was loaded, or has made it already; `model_invalid` when one breaks its own rules; and another error when one refers to a
   * model that is not stored.
   */
  save(models: readonly object[]): JoinedWrite;
}

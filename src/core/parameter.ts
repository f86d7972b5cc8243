import type { Json } from './json.js';

/** A domain model's class, as far as the engine needs to know it. */
export interface ModelClass {
  readonly name: string;
  new (): object;
}

/** What a parameter of a step gets: compiled when the workflow is defined, carried out when the step is performed. */
export type Parameter =
  /** The whole state, frozen. */
  | { readonly gets: 'state' }
  /** The step's context. */
  | { readonly gets: 'context' }
  /** A state key, as a value of the declared type. */
  | {
      readonly gets: 'value';
      readonly key: string;
      /** `refuse` is a failure; `undefined` leaves it to the parameter's own default; `list` gives an empty list. */
      readonly whenMissing: 'refuse' | 'undefined' | 'list';
      /**
       * Makes the declared type of the stored value; a pure function.
       * @throws StepwrightError `bad_value` saying what was expected
       */
      readonly convert: (value: Json) => unknown;
    }
  /** A state key that names a domain model, loaded. */
  | {
      readonly gets: 'model';
      readonly key: string;
      /** The classes that it may be of. */
      readonly models: readonly ModelClass[];
      readonly whenMissing: 'refuse' | 'undefined' | 'create';
    }
  /** A state key that names several domain models, loaded in order. */
  | {
      readonly gets: 'models';
      readonly key: string;
      readonly models: readonly ModelClass[];
      readonly whenMissing: 'undefined' | 'list';
    };

/** The state key that a parameter asks for, if it asks for one. */
export function keyOf(parameter: Parameter): string | undefined {
  return 'key' in parameter ? parameter.key : undefined;
}

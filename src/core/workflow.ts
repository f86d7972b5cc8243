import type { Form } from './form.js';
import type { Node } from './nodes/node.js';

/** What a workflow does to its subscription; `system` for work that has none. */
export type Target = 'create' | 'modify' | 'terminate' | 'validate' | 'reconcile' | 'system';

export const TARGETS: readonly Target[] = ['create', 'modify', 'terminate', 'validate', 'reconcile', 'system'];

/** What follows when a process fails: `undo` takes its completed steps back, `stop` leaves it for a person to retry. */
export type OnFailure = 'undo' | 'stop';

export const ON_FAILURE: readonly OnFailure[] = ['undo', 'stop'];

/** A named, registered body. Frozen. */
export interface Workflow {
  readonly name: string;
  readonly target: Target;
  /** The name of the product that it works on. */
  readonly product?: string;
  readonly description?: string;
  /** What is asked at the start; its result is the first state. Without one, a start takes no input. */
  readonly initialForm?: Form;
  readonly body: Node;
  /** What follows when it fails. @default 'stop' */
  readonly onFailure?: OnFailure;
  /** Makes the object that the steps are methods of; once per engine, on first use. */
  readonly instantiate: () => unknown;
  /** Where it is written, `file:line`, for messages. */
  readonly source?: string;
}

import type { Json } from './json.js';

/** What can be said of a process. `step_*` events carry the step's path. */
export type EventType =
  | 'process_created'
  | 'process_status'
  | 'step_started'
  | 'step_ended'
  | 'step_answered'
  | 'step_cleared'
  | 'step_skipped'
  | 'state_edited'
  | 'callback_answered'
  | 'callback_progress';

/** A fact about a process, stored with the fact itself. */
export interface ProcessFact {
  readonly type: EventType;
  readonly path?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data?: Json;
}

import type { Json } from '../core/json.js';
import type { Started, StartOptions } from './starts.js';

/** What one process may do to others, through its engine. */
export interface Peers {
  /** Starts a process. */
  start(workflow: string, input: Json | undefined, options: StartOptions): Promise<Started>;
  /** Performs what has failed in a process anew. */
  retry(process: string): Promise<void>;
  /** Ends a process, or has it taken back. */
  abort(process: string, options: { readonly reason: string; readonly undo?: boolean }): Promise<void>;
}

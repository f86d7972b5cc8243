import type { StepRecord } from '../core/journal.js';
import type { State } from '../core/state.js';
import type { OpenWait, ProcessRow, ProcessStore } from '../ports/process-store.js';

/** A process with all that is known of it. */
export interface ProcessDetails extends ProcessRow {
  /** In the order in which they were first started. */
  readonly records: readonly StepRecord[];
  /** What it waits for. */
  readonly waits: readonly OpenWait[];
  /** As it was when the process last stopped. */
  readonly state: State;
}

/** Reads a process with its records, waits and state; undefined when there is none. */
export async function readDetails(store: ProcessStore, id: string): Promise<ProcessDetails | undefined> {
  const row = await store.process(id);
  if (!row) return undefined;
  return { ...row, records: await store.records(id), waits: await store.waits(id), state: (await store.snapshot(id)) ?? {} };
}

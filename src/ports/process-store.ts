import type { Failure } from '../core/error.js';
import type { ProcessFact } from '../core/event.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { ProcessStatus } from '../core/process.js';
import type { State } from '../core/state.js';
import type { Target } from '../core/workflow.js';
import type { HostProcess } from './host.js';

/** One durable run of a workflow, without its state: that is the fold of its records. Times are milliseconds since 1970. */
export interface ProcessRow {
  readonly id: string;
  readonly workflow: string;
  readonly target: Target;
  readonly product?: string;
  readonly status: ProcessStatus;
  /** Raised by every edit from outside (an answer, a retry, an abort) and when the process settles, which it does only where its walk saw this one. */
  readonly revision: number;
  /** Raised by every claim; what an older claim wants to store is refused. */
  readonly epoch: number;
  /** The runner that walks it. */
  readonly claimedBy?: string;
  readonly idempotencyKey?: string;
  readonly createdBy?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  /** Why it failed or was aborted. */
  readonly failure?: Failure;
}

/** What a process waits for at a path. */
export interface OpenWait {
  readonly path: string;
  readonly kind: 'form' | 'timer';
  readonly attempt: number;
  readonly since: number;
  /** When a timer fires; absent for a form. */
  readonly deadline?: number;
  readonly reason: string;
  readonly assignee?: string;
  /** The page that is asked, as JSON Schema. */
  readonly form?: Json;
}

/** Something that is stored in the same transaction as the process write that it joins; the store gives it its own transaction. */
export type JoinedWrite = (transaction: unknown) => Promise<void>;

/** The parts of a process row that a write may change. */
export type RowChange = Partial<Pick<ProcessRow, 'status' | 'revision' | 'epoch'>> & {
  readonly updatedAt: number;
  /** null clears it. */
  readonly endedAt?: number | null;
  /** null clears it. */
  readonly claimedBy?: string | null;
  /** null clears it. */
  readonly failure?: Failure | null;
};

/** What is stored of one process at once: all of it or nothing. */
export interface ProcessWrite {
  readonly process: string;
  /** The whole row, for a new process. */
  readonly create?: ProcessRow;
  /** For one that exists: nothing is stored unless the row still has these. */
  readonly expect?: { readonly epoch?: number; readonly revision?: number };
  readonly change?: RowChange;
  /** Each takes the place of the record at its path. */
  readonly records?: readonly StepRecord[];
  /** Each takes the place of the wait at its path. */
  readonly openWaits?: readonly OpenWait[];
  /** The paths whose waits end; `'all'` for every one. Ended before `openWaits` are opened. */
  readonly closeWaits?: readonly string[] | 'all';
  readonly facts?: readonly ProcessFact[];
  /** The state as the process stops here. */
  readonly snapshot?: State;
  readonly joined?: JoinedWrite;
}

/** What became of a write. */
export type WriteResult =
  | { readonly stored: true }
  /** The row has another epoch or revision than expected, or there is none. */
  | { readonly stored: false; readonly why: 'changed' }
  /** A process with this id or idempotency key is there already. */
  | { readonly stored: false; readonly why: 'exists'; readonly process: string }
  /** What joined it could not be stored. */
  | { readonly stored: false; readonly why: 'refused'; readonly error: unknown };

/** An engine that is, or was, at work on this store. */
export interface Runner {
  readonly id: string;
  readonly aliveUntil: number;
  readonly host: HostProcess;
}

export interface ProcessFilter {
  /** One of these; an empty list finds nothing. @default any */
  readonly status?: readonly ProcessStatus[];
  readonly workflow?: string;
  /** What the id begins with. */
  readonly idPrefix?: string;
  /** @default 100 */
  readonly limit?: number;
}

/** A stored fact; `id` grows with time. */
export interface StoredFact extends ProcessFact {
  readonly id: number;
  readonly process: string;
}

/**
 * Where processes are kept. Every method throws StepwrightError `store_unavailable`, which is retryable, when the store can't be used for
 * now; any other error is a bug, or a value that the store can't take.
 */
export interface ProcessStore {
  /** Stores writes in order, as one group: one result each, and each for itself. Nothing of the group is stored when it throws. */
  commit(batch: readonly ProcessWrite[]): Promise<readonly WriteResult[]>;
  /**
   * Takes a process that has steps to walk and no runner, or this one: raises its epoch, makes a created one running, and gives the row;
   * undefined when it can't. A runner that is not known, or was removed meanwhile, takes nothing: nobody would notice its death.
   */
  claim(process: string, runner: string, now: number): Promise<ProcessRow | undefined>;

  process(id: string): Promise<ProcessRow | undefined>;
  processByKey(idempotencyKey: string): Promise<ProcessRow | undefined>;
  /** The newest first. */
  list(filter: ProcessFilter): Promise<readonly ProcessRow[]>;
  /** In the order in which each path was first stored. */
  records(process: string): Promise<readonly StepRecord[]>;
  waits(process: string): Promise<readonly OpenWait[]>;
  snapshot(process: string): Promise<State | undefined>;
  /** In the order in which they were stored. */
  facts(process: string): Promise<readonly StoredFact[]>;

  /** Timers that are due, the earliest first. */
  dueTimers(
    now: number,
    process?: string,
  ): Promise<readonly { readonly process: string; readonly path: string; readonly attempt: number }[]>;
  /** When the next timer is due. */
  nextTimer(process?: string): Promise<number | undefined>;
  /** Processes with steps to walk and no runner, or this one; the oldest first. */
  unclaimed(runner: string, process?: string): Promise<readonly string[]>;

  /** Adds a runner, or says that it is still alive. */
  keepAlive(runner: Runner): Promise<void>;
  runners(): Promise<readonly Runner[]>;
  /** Forgets a runner, known or not, and releases what it had claimed, unless it has been heard of since `aliveUntil`. */
  removeRunner(runner: Runner): Promise<void>;
}

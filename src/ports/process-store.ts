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
  /** The process whose step at this path started it. */
  readonly parent?: { readonly process: string; readonly path: string };
  /** The process that it continues from one of its steps. */
  readonly forkedFrom?: string;
}

/** Where a process waits, and at which attempt. */
export interface WaitPlace {
  readonly process: string;
  readonly path: string;
  readonly attempt: number;
}

/** What a process waits for at a path. */
export interface OpenWait {
  readonly path: string;
  readonly kind: 'form' | 'timer' | 'callback' | 'child' | 'lock';
  readonly attempt: number;
  readonly since: number;
  /** When it ends by itself: a timer fires, a call back is too late. */
  readonly deadline?: number;
  readonly reason: string;
  readonly assignee?: string;
  /** The page that is asked, as JSON Schema. */
  readonly form?: Json;
  /** What the token of a call back is known by; the token itself is nowhere stored. */
  readonly tokenHash?: string;
  /** What another system last told of how far it is. */
  readonly progress?: Json;
  /** The process whose end is waited for. */
  readonly child?: string;
}

/** A lock that a process holds, or waits for: of the requests for a key, the first one holds it. */
export interface LockRequest {
  readonly key: string;
  readonly process: string;
  /** Where in the process it is asked for. */
  readonly path: string;
  readonly since: number;
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
  /** What another system told of how far it is: kept in the wait at this path, where one is open that has this token; done after those. */
  readonly progress?: { readonly path: string; readonly tokenHash: string; readonly told: Json };
  /** The paths whose records are not needed on resume any more; they are kept. Done after `records`. */
  readonly retire?: readonly string[];
  /** Locks asked for, behind whoever asked before; one that the same path has asked for already stays where it is. */
  readonly requestLocks?: readonly LockRequest[];
  /** The paths whose locks end; `'all'` for every one of the process. Done before `requestLocks`. */
  readonly releaseLocks?: readonly string[] | 'all';
  /** The subscriptions that the process works on, from now on; one that is linked already stays so. */
  readonly links?: readonly SubscriptionLink[];
  readonly facts?: readonly ProcessFact[];
  /** The state as the process stops here. */
  readonly snapshot?: State;
  readonly joined?: JoinedWrite;
}

/** A subscription that a process works on. */
export interface SubscriptionLink {
  readonly subscription: string;
  /** The name of its class. */
  readonly model: string;
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
  /** The process whose steps started it. */
  readonly parent?: string;
  /** A subscription that it works on. */
  readonly subscription?: string;
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
  /** In the order in which each path was first stored; those that are retired are among them. */
  records(process: string): Promise<readonly StepRecord[]>;
  /** The same, without those that are retired. */
  liveRecords(process: string): Promise<readonly StepRecord[]>;
  waits(process: string): Promise<readonly OpenWait[]>;
  snapshot(process: string): Promise<State | undefined>;
  /** In the order in which they were stored. @param after only those with a greater id */
  facts(process: string, after?: number): Promise<readonly StoredFact[]>;
  /** The subscriptions that it works on, in the order in which they were linked. */
  links(process: string): Promise<readonly SubscriptionLink[]>;
  /** The open wait for a call back whose token has this hash. */
  waitByToken(tokenHash: string): Promise<{ readonly process: string; readonly wait: OpenWait } | undefined>;
  /** All requests for these keys, or for all there are: the first of a key holds it. */
  lockRequests(keys?: readonly string[]): Promise<readonly LockRequest[]>;

  /** Waits whose deadline has come, the earliest first. */
  dueTimers(now: number, process?: string): Promise<readonly WaitPlace[]>;
  /** The next deadline of a wait. */
  nextTimer(process?: string): Promise<number | undefined>;
  /**
   * Waits whose cause is gone: the child has ended or failed, or the locks are free, which is so when each request that the path has made
   * is the first for its key.
   */
  freedWaits(process?: string): Promise<readonly WaitPlace[]>;
  /** Processes that have not ended, and whose parent was aborted or undone. */
  orphans(): Promise<readonly string[]>;
  /**
   * Processes with steps to walk and no runner, or this one; the oldest first. One that is being undone and waits for the next attempt is
   * not among them, and can't be claimed either.
   */
  unclaimed(runner: string, process?: string): Promise<readonly string[]>;

  /** Adds a runner, or says that it is still alive. */
  keepAlive(runner: Runner): Promise<void>;
  runners(): Promise<readonly Runner[]>;
  /** Forgets a runner, known or not, and releases what it had claimed, unless it has been heard of since `aliveUntil`. */
  removeRunner(runner: Runner): Promise<void>;
}

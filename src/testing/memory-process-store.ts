import type { StepRecord } from '../core/journal.js';
import { isEnded, RUNNABLE, transition } from '../core/process.js';
import type { State } from '../core/state.js';
import type {
  LockRequest,
  OpenWait,
  ProcessFilter,
  ProcessRow,
  ProcessStore,
  ProcessWrite,
  Runner,
  StoredFact,
  SubscriptionLink,
  WaitPlace,
  WriteResult,
} from '../ports/process-store.js';
import { MemoryLocks } from './memory-locks.js';
import { MemoryProcess } from './memory-process.js';
import { MemoryTransaction } from './memory-transaction.js';

const DEFAULT_LIMIT = 100;

/** Processes kept in memory, for tests: it does what a database would, and forgets everything with the test. */
export class MemoryProcessStore implements ProcessStore {
  readonly #processes = new Map<string, MemoryProcess>();
  readonly #runners = new Map<string, Runner>();
  readonly #locks = new MemoryLocks();
  #lastFact = 0;
  #lastChange: Promise<unknown> = Promise.resolve();

  commit(batch: readonly ProcessWrite[]): Promise<readonly WriteResult[]> {
    const writes = batch.map(({ joined, ...data }): ProcessWrite => ({ ...copyOf(data), ...(joined ? { joined } : {}) }));
    return this.#exclusively(async () => {
      const results: WriteResult[] = [];
      for (const write of writes) results.push(await this.#store(write));
      return results;
    });
  }

  claim(process: string, runner: string, now: number): Promise<ProcessRow | undefined> {
    return this.#exclusively(() => {
      const kept = this.#processes.get(process);
      if (!kept || !isFree(kept, runner) || !this.#runners.has(runner)) return undefined;
      const { row } = kept;
      kept.row = { ...row, status: transition(row.status, 'take'), epoch: row.epoch + 1, claimedBy: runner, updatedAt: now };
      return copyOf(kept.row);
    });
  }

  async process(id: string): Promise<ProcessRow | undefined> {
    return copyOf(this.#processes.get(id)?.row);
  }

  async processByKey(idempotencyKey: string): Promise<ProcessRow | undefined> {
    return copyOf(this.#rows().find((row) => row.idempotencyKey === idempotencyKey));
  }

  async list(filter: ProcessFilter): Promise<readonly ProcessRow[]> {
    const found = [...this.#processes.values()].filter((kept) => passes(kept, filter)).map(({ row }) => row);
    return copyOf(
      found
        .reverse()
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, filter.limit ?? DEFAULT_LIMIT),
    );
  }

  async records(process: string): Promise<readonly StepRecord[]> {
    return copyOf([...(this.#processes.get(process)?.records.values() ?? [])]);
  }

  async liveRecords(process: string): Promise<readonly StepRecord[]> {
    return (await this.records(process)).filter(({ retired }) => !retired);
  }

  async waits(process: string): Promise<readonly OpenWait[]> {
    return copyOf([...(this.#processes.get(process)?.waits.values() ?? [])]);
  }

  async snapshot(process: string): Promise<State | undefined> {
    return copyOf(this.#processes.get(process)?.snapshot);
  }

  async facts(process: string, after = 0): Promise<readonly StoredFact[]> {
    return copyOf((this.#processes.get(process)?.facts ?? []).filter(({ id }) => id > after));
  }

  async links(process: string): Promise<readonly SubscriptionLink[]> {
    return copyOf([...(this.#processes.get(process)?.links.values() ?? [])]);
  }

  async waitByToken(tokenHash: string): Promise<{ process: string; wait: OpenWait } | undefined> {
    return copyOf(this.#waits().find(({ wait }) => wait.tokenHash === tokenHash));
  }

  async lockRequests(keys?: readonly string[]): Promise<readonly LockRequest[]> {
    return copyOf(this.#locks.of(keys));
  }

  async dueTimers(now: number, process?: string): Promise<readonly WaitPlace[]> {
    return this.#timed(process)
      .filter(({ deadline }) => deadline <= now)
      .map(({ process, wait }) => place(process, wait));
  }

  async nextTimer(process?: string): Promise<number | undefined> {
    return this.#timed(process)[0]?.deadline;
  }

  async freedWaits(process?: string): Promise<readonly WaitPlace[]> {
    const freed = this.#waits(process).filter(({ process, wait }) => this.#isFreed(process, wait));
    return freed.map(({ process, wait }) => place(process, wait));
  }

  async orphans(): Promise<readonly string[]> {
    const found = this.#rows().filter(({ status, parent }) => {
      const above = parent && this.#processes.get(parent.process)?.row.status;
      return !isEnded(status) && (above === 'aborted' || above === 'undone');
    });
    return found.sort((a, b) => a.createdAt - b.createdAt).map(({ id }) => id);
  }

  async unclaimed(runner: string, process?: string): Promise<readonly string[]> {
    const found = [...this.#processes.values()].filter(
      (kept) => (process === undefined || kept.row.id === process) && isFree(kept, runner),
    );
    return found
      .map(({ row }) => row)
      .sort((a, b) => a.createdAt - b.createdAt)
      .map(({ id }) => id);
  }

  keepAlive(runner: Runner): Promise<void> {
    return this.#exclusively(() => {
      this.#runners.set(runner.id, copyOf(runner));
    });
  }

  async runners(): Promise<readonly Runner[]> {
    return copyOf([...this.#runners.values()]);
  }

  removeRunner(runner: Runner): Promise<void> {
    return this.#exclusively(() => {
      const known = this.#runners.get(runner.id);
      if (known && known.aliveUntil > runner.aliveUntil) return;
      this.#runners.delete(runner.id);
      for (const kept of this.#processes.values()) {
        const { claimedBy, ...row } = kept.row;
        if (claimedBy === runner.id) kept.row = row;
      }
    });
  }

  /** Does one change after another, in the order in which they come, as a database's transactions do. */
  #exclusively<T>(change: () => T | Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined);
    return done;
  }

  async #store(write: ProcessWrite): Promise<WriteResult> {
    const refusal = this.#refusal(write);
    if (refusal) return refusal;
    const transaction = new MemoryTransaction();
    try {
      await write.joined?.(transaction);
    } catch (error) {
      transaction.undo();
      return { stored: false, why: 'refused', error };
    }
    this.#apply(write);
    transaction.store();
    return { stored: true };
  }

  #refusal({ process, create, expect }: ProcessWrite): WriteResult | undefined {
    if (create) {
      const twin = this.#rows().find(
        (row) => row.id === create.id || (create.idempotencyKey !== undefined && row.idempotencyKey === create.idempotencyKey),
      );
      return twin && { stored: false, why: 'exists', process: twin.id };
    }
    const row = this.#processes.get(process)?.row;
    const same = row && (expect?.epoch ?? row.epoch) === row.epoch && (expect?.revision ?? row.revision) === row.revision;
    return same ? undefined : { stored: false, why: 'changed' };
  }

  #apply(write: ProcessWrite): void {
    const { process, create, requestLocks = [], releaseLocks = [] } = write;
    if (create) this.#processes.set(process, new MemoryProcess(create));
    this.#processes.get(process)?.store(write, () => ++this.#lastFact);
    this.#locks.release(process, releaseLocks);
    this.#locks.request(requestLocks);
  }

  #rows(): ProcessRow[] {
    return [...this.#processes.values()].map((kept) => kept.row);
  }

  #waits(only?: string): { process: string; wait: OpenWait }[] {
    return [...this.#processes].flatMap(([process, { waits }]) =>
      only === undefined || process === only ? [...waits.values()].map((wait) => ({ process, wait })) : [],
    );
  }

  /** The waits that end by themselves, the earliest first. */
  #timed(only: string | undefined): { process: string; wait: OpenWait; deadline: number }[] {
    const timed = this.#waits(only).flatMap(({ process, wait }) =>
      wait.deadline === undefined ? [] : [{ process, wait, deadline: wait.deadline }],
    );
    return timed.sort((a, b) => a.deadline - b.deadline);
  }

  #isFreed(process: string, { kind, path, child }: OpenWait): boolean {
    if (kind === 'lock') return this.#locks.areFree(process, path);
    if (kind !== 'child') return false;
    const status = child === undefined ? undefined : this.#processes.get(child)?.row.status;
    return status === undefined || status === 'failed' || isEnded(status);
  }
}

function passes({ row, links }: MemoryProcess, { status, workflow, idPrefix = '', parent, subscription }: ProcessFilter): boolean {
  return (
    (!status || status.includes(row.status)) &&
    (workflow === undefined || row.workflow === workflow) &&
    row.id.startsWith(idPrefix) &&
    (parent === undefined || row.parent?.process === parent) &&
    (subscription === undefined || links.has(subscription))
  );
}

/** Whether a runner can take a process. */
function isFree({ row, waits }: MemoryProcess, runner: string): boolean {
  const isWaiting = row.status === 'undoing' && waits.size > 0;
  return RUNNABLE.includes(row.status) && (row.claimedBy === undefined || row.claimedBy === runner) && !isWaiting;
}

function place(process: string, { path, attempt }: OpenWait): WaitPlace {
  return { process, path, attempt };
}

/** What a database would give back: a copy that went through its text. */
function copyOf<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

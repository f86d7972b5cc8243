import type { StepRecord } from '../core/journal.js';
import { RUNNABLE, transition } from '../core/process.js';
import type { State } from '../core/state.js';
import type {
  OpenWait,
  ProcessFilter,
  ProcessRow,
  ProcessStore,
  ProcessWrite,
  Runner,
  StoredFact,
  WriteResult,
} from '../ports/process-store.js';
import { MemoryTransaction } from './memory-transaction.js';

interface Kept {
  row: ProcessRow;
  readonly records: Map<string, StepRecord>;
  readonly waits: Map<string, OpenWait>;
  readonly facts: StoredFact[];
  snapshot: State | undefined;
}

const DEFAULT_LIMIT = 100;

/** Processes kept in memory, for tests: it does what a database would, and forgets everything with the test. */
export class MemoryProcessStore implements ProcessStore {
  readonly #processes = new Map<string, Kept>();
  readonly #runners = new Map<string, Runner>();
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
      if (!kept || !isFree(kept.row, runner) || !this.#runners.has(runner)) return undefined;
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

  async list({ status, workflow, idPrefix = '', limit = DEFAULT_LIMIT }: ProcessFilter): Promise<readonly ProcessRow[]> {
    const found = this.#rows().filter(
      (row) =>
        (!status || status.includes(row.status)) && (workflow === undefined || row.workflow === workflow) && row.id.startsWith(idPrefix),
    );
    return copyOf(
      found
        .reverse()
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, limit),
    );
  }

  async records(process: string): Promise<readonly StepRecord[]> {
    return copyOf([...(this.#processes.get(process)?.records.values() ?? [])]);
  }

  async waits(process: string): Promise<readonly OpenWait[]> {
    return copyOf([...(this.#processes.get(process)?.waits.values() ?? [])]);
  }

  async snapshot(process: string): Promise<State | undefined> {
    return copyOf(this.#processes.get(process)?.snapshot);
  }

  async facts(process: string): Promise<readonly StoredFact[]> {
    return copyOf(this.#processes.get(process)?.facts ?? []);
  }

  async dueTimers(now: number, process?: string): Promise<readonly { process: string; path: string; attempt: number }[]> {
    return this.#timers(process)
      .filter((timer) => timer.deadline <= now)
      .map(({ deadline: _deadline, ...timer }) => timer);
  }

  async nextTimer(process?: string): Promise<number | undefined> {
    return this.#timers(process)[0]?.deadline;
  }

  async unclaimed(runner: string, process?: string): Promise<readonly string[]> {
    const found = this.#rows().filter((row) => (process === undefined || row.id === process) && isFree(row, runner));
    return found.sort((a, b) => a.createdAt - b.createdAt).map((row) => row.id);
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

  #apply({ process, create, change, records = [], openWaits = [], closeWaits = [], facts = [], snapshot }: ProcessWrite): void {
    if (create) this.#processes.set(process, { row: create, records: new Map(), waits: new Map(), facts: [], snapshot: undefined });
    const kept = this.#processes.get(process);
    if (!kept) return;
    if (change) kept.row = withoutNulls({ ...kept.row, ...change }) as ProcessRow;
    for (const record of records) kept.records.set(record.path, record);
    for (const path of closeWaits === 'all' ? [...kept.waits.keys()] : closeWaits) kept.waits.delete(path);
    for (const wait of openWaits) kept.waits.set(wait.path, wait);
    for (const fact of facts) kept.facts.push({ ...fact, id: ++this.#lastFact, process });
    if (snapshot) kept.snapshot = snapshot;
  }

  #rows(): ProcessRow[] {
    return [...this.#processes.values()].map((kept) => kept.row);
  }

  /** The open timers, the earliest first. */
  #timers(process: string | undefined): { process: string; path: string; attempt: number; deadline: number }[] {
    const timers = [...this.#processes].flatMap(([id, { waits }]) => {
      if (process !== undefined && id !== process) return [];
      return [...waits.values()].flatMap(({ kind, path, attempt, deadline }) =>
        kind === 'timer' && deadline !== undefined ? [{ process: id, path, attempt, deadline }] : [],
      );
    });
    return timers.sort((a, b) => a.deadline - b.deadline);
  }
}

/** Whether a runner can take a process. */
function isFree(row: ProcessRow, runner: string): boolean {
  return RUNNABLE.includes(row.status) && (row.claimedBy === undefined || row.claimedBy === runner);
}

/** What a database would give back: a copy that went through its text. */
function copyOf<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

function withoutNulls(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

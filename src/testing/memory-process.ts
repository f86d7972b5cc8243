import type { StepRecord } from '../core/journal.js';
import type { State } from '../core/state.js';
import type { OpenWait, ProcessRow, ProcessWrite, StoredFact, SubscriptionLink } from '../ports/process-store.js';

/** All that `MemoryProcessStore` keeps of one process, besides its locks. */
export class MemoryProcess {
  row: ProcessRow;
  readonly records = new Map<string, StepRecord>();
  readonly waits = new Map<string, OpenWait>();
  readonly links = new Map<string, SubscriptionLink>();
  readonly facts: StoredFact[] = [];
  snapshot: State | undefined;

  constructor(row: ProcessRow) {
    this.row = row;
  }

  /** @param nextFact gives the id of the next fact */
  store(write: ProcessWrite, nextFact: () => number): void {
    const {
      process,
      change,
      records = [],
      retire = [],
      openWaits = [],
      closeWaits = [],
      progress,
      links = [],
      facts = [],
      snapshot,
    } = write;
    if (change) this.row = withoutNulls({ ...this.row, ...change }) as ProcessRow;
    for (const { retired: _retired, ...record } of records) this.records.set(record.path, record);
    for (const path of retire) {
      const record = this.records.get(path);
      if (record) this.records.set(path, { ...record, retired: true });
    }
    for (const path of closeWaits === 'all' ? [...this.waits.keys()] : closeWaits) this.waits.delete(path);
    for (const wait of openWaits) this.waits.set(wait.path, wait);
    const called = progress && this.waits.get(progress.path);
    if (called && called.tokenHash === progress.tokenHash) this.waits.set(progress.path, { ...called, progress: progress.told });
    for (const link of links) if (!this.links.has(link.subscription)) this.links.set(link.subscription, link);
    for (const fact of facts) this.facts.push({ ...fact, id: nextFact(), process });
    if (snapshot) this.snapshot = snapshot;
  }
}

function withoutNulls(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

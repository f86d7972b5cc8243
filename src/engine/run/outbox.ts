import type { ProcessFact } from '../../core/event.js';
import type { StepRecord } from '../../core/journal.js';
import type { OpenWait, ProcessWrite } from '../../ports/process-store.js';

/** What is recorded at once. */
export interface Entry {
  readonly record?: StepRecord;
  /** The fact about it. */
  readonly fact?: ProcessFact;
  /** What is waited for there from now on. */
  readonly wait?: OpenWait;
  /** The paths at which nothing is waited for any more. */
  readonly closeWaits?: readonly string[];
  /** The paths whose records are not needed on resume any more. */
  readonly retire?: readonly string[];
  /** The paths whose locks end. */
  readonly releaseLocks?: readonly string[];
}

/** What is recorded of a process and not yet stored: it gathers until the next write takes it along. */
export class Outbox {
  #entries: Entry[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** An outbox with these entries and then the other's. */
  followedBy(later: Outbox): Outbox {
    const both = new Outbox();
    both.#entries = [...this.#entries, ...later.#entries];
    return both;
  }

  /** The entries, and some more, as parts of a write; of several records, or waits, of one path the last counts. */
  with(last: readonly Entry[]): Pick<ProcessWrite, 'records' | 'openWaits' | 'closeWaits' | 'facts' | 'retire' | 'releaseLocks'> {
    const records = new Map<string, StepRecord>();
    const waits = new Map<string, OpenWait>();
    const closed = new Set<string>();
    const facts: ProcessFact[] = [];
    const retired: string[] = [];
    const released: string[] = [];
    for (const { record, fact, wait, closeWaits, retire, releaseLocks } of [...this.#entries, ...last]) {
      if (record) records.set(record.path, record);
      if (fact) facts.push(fact);
      for (const path of closeWaits ?? []) {
        waits.delete(path);
        closed.add(path);
      }
      if (wait) waits.set(wait.path, wait);
      if (retire) retired.push(...retire);
      if (releaseLocks) released.push(...releaseLocks);
    }
    return {
      records: [...records.values()],
      openWaits: [...waits.values()],
      facts,
      ...(closed.size > 0 ? { closeWaits: [...closed] } : {}),
      ...(retired.length > 0 ? { retire: retired } : {}),
      ...(released.length > 0 ? { releaseLocks: released } : {}),
    };
  }
}

/** What a record makes its process wait for. */
export function waitFor(record: StepRecord): OpenWait | undefined {
  const { path, attempt, outcome, endedAt: since = record.startedAt } = record;
  switch (outcome?.kind) {
    case 'suspended': {
      const { form, assignee } = outcome;
      return { path, kind: 'form', attempt, since, reason: 'a person is asked', form, ...(assignee === undefined ? {} : { assignee }) };
    }
    case 'waiting': {
      const { until, child, reason } = outcome;
      if (until !== undefined) return { path, kind: 'timer', attempt, since, deadline: until, reason };
      return child === undefined ? { path, kind: 'lock', attempt, since, reason } : { path, kind: 'child', attempt, since, reason, child };
    }
    case 'awaiting_callback': {
      const { tokenHash, expiresAt } = outcome;
      return callbackWait({ path, attempt, since, tokenHash, ...(expiresAt === undefined ? {} : { deadline: expiresAt }) });
    }
    default:
      return undefined;
  }
}

/** What is open from the start of a step that is called back: a call may come while the step itself still runs. */
export function callbackWait(wait: Omit<OpenWait, 'kind' | 'reason'>): OpenWait {
  return { ...wait, kind: 'callback', reason: 'another system is to call back' };
}

import type { ProcessFact } from '../core/event.js';
import type { StepRecord } from '../core/journal.js';
import type { OpenWait, ProcessWrite } from '../ports/process-store.js';

/** What is recorded at once: a record, the fact about it, and what is waited for there from now on. */
export interface Entry {
  readonly record?: StepRecord;
  readonly fact?: ProcessFact;
  readonly wait?: OpenWait;
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

  /** The entries, and one more, as parts of a write; of several records of one path the last counts. */
  with(last: Entry): Pick<ProcessWrite, 'records' | 'openWaits' | 'facts'> {
    const records = new Map<string, StepRecord>();
    const waits: OpenWait[] = [];
    const facts: ProcessFact[] = [];
    for (const { record, fact, wait } of [...this.#entries, last]) {
      if (record) records.set(record.path, record);
      if (wait) waits.push(wait);
      if (fact) facts.push(fact);
    }
    return { records: [...records.values()], openWaits: waits, facts };
  }
}

/** What a record makes its process wait for. */
export function waitFor(record: StepRecord): OpenWait | undefined {
  const { path, attempt, outcome, endedAt: since = record.startedAt } = record;
  if (outcome?.kind === 'suspended') {
    const { form, assignee } = outcome;
    return { path, kind: 'form', attempt, since, reason: 'a person is asked', form, ...(assignee === undefined ? {} : { assignee }) };
  }
  if (outcome?.kind === 'waiting' && outcome.until !== undefined) {
    return { path, kind: 'timer', attempt, since, deadline: outcome.until, reason: outcome.reason };
  }
  return undefined;
}

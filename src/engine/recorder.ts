import type { StepRecord } from '../core/journal.js';
import type { ProcessRow, ProcessWrite, WriteResult } from '../ports/process-store.js';
import { type Entry, Outbox } from './outbox.js';
import type { EngineParts } from './parts.js';

/**
 * The journal of one claimed process, as its runner keeps it.
 *
 * What is recorded gathers in an outbox, and is known here at once; the next write takes it along. Every write carries the epoch of the
 * claim: one that finds another epoch means that the process is lost, and nothing more is stored.
 */
export class Recorder {
  readonly #parts: EngineParts;
  readonly #onLost: (reason: string) => void;
  #row: ProcessRow;
  #records = new Map<string, StepRecord>();
  /** What was recorded since the journal was last asked for: newer than what that reading gives. */
  #recent = new Map<string, StepRecord>();
  #outbox = new Outbox();
  #lastWrite: Promise<boolean> = Promise.resolve(true);
  #lost = false;

  /** @param onLost called once, when a write finds that the process is no longer this runner's */
  constructor(parts: EngineParts, row: ProcessRow, onLost: (reason: string) => void) {
    this.#parts = parts;
    this.#row = row;
    this.#onLost = onLost;
  }

  /** The process as it was when the journal was last read. */
  get row(): ProcessRow {
    return this.#row;
  }

  get lost(): boolean {
    return this.#lost;
  }

  get(path: string): StepRecord | undefined {
    return this.#records.get(path);
  }

  /** Nothing is stored from now on. */
  lose(): void {
    this.#lost = true;
  }

  /** Reads the process and its journal; false when the process is not this runner's any more. */
  async load(): Promise<boolean> {
    this.#recent = new Map();
    if (!(await this.flush())) return false;
    const { store } = this.#parts;
    const [row, records] = [await store.process(this.#row.id), await store.records(this.#row.id)];
    if (!row || row.epoch !== this.#row.epoch) return false;
    this.#row = row;
    this.#records = new Map([...records.map((record) => [record.path, record] as const), ...this.#recent]);
    return true;
  }

  /** Makes an entry known, and stores it with the next write. */
  record(entry: Entry): void {
    this.#remember(entry);
    this.#outbox.add(entry);
  }

  /** Makes everything recorded so far durable; false when the process is lost. */
  flush(): Promise<boolean> {
    if (this.#lost) return Promise.resolve(false);
    return this.#outbox.isEmpty ? this.#lastWrite : this.write({}).then(() => !this.#lost);
  }

  /**
   * Stores what has gathered, together with this entry and these parts of a write.
   *
   * What has gathered goes back into the outbox where the write was not stored; the entry does not.
   */
  write(entry: Entry, parts: Partial<ProcessWrite> = {}): Promise<WriteResult> {
    const gathered = this.#outbox;
    this.#outbox = new Outbox();
    const { expect, change, ...rest } = parts;
    const written = this.#parts.queue
      .submit({
        process: this.#row.id,
        expect: { epoch: this.#row.epoch, ...expect },
        change: { updatedAt: this.#parts.clock.now(), ...change },
        ...gathered.with(entry),
        ...rest,
      })
      .then((result) => {
        if (result.stored) this.#remember(entry);
        else this.#outbox = gathered.followedBy(this.#outbox);
        if (!result.stored && result.why === 'changed' && !expect) this.#onLost('another runner has taken this process, or it was aborted');
        return result;
      });
    this.#lastWrite = written.then(() => (this.#outbox.isEmpty ? !this.#lost : this.flush()));
    this.#lastWrite.catch(() => undefined);
    return written;
  }

  #remember({ record }: Entry): void {
    if (!record) return;
    this.#records.set(record.path, record);
    this.#recent.set(record.path, record);
  }
}

import type { Journal, StepRecord } from '../../core/journal.js';
import { isLockPath } from '../../core/nodes/with-lock.js';
import { isDone } from '../../core/outcome.js';
import { RecordMap } from '../../core/record-map.js';
import type { Changes } from '../../core/state.js';
import type { ProcessRow, ProcessWrite, WriteResult } from '../../ports/process-store.js';
import type { EngineParts } from '../parts.js';
import { type Entry, Outbox } from './outbox.js';

/** The parts of a write that no entry has: nothing here takes the place of what has gathered, but for what ends all of it. */
export type WriteParts = Pick<ProcessWrite, 'expect' | 'change' | 'snapshot' | 'joined' | 'requestLocks' | 'links'> & {
  readonly closeWaits?: 'all';
  readonly releaseLocks?: 'all';
};

/**
 * The journal of one claimed process, as its runner keeps it.
 *
 * What is recorded gathers in an outbox, and is known here at once; the next write takes it along. Every write carries the epoch of the
 * claim: one that finds another epoch means that the process is lost, and nothing more is stored.
 */
export class Recorder implements Journal {
  readonly #parts: EngineParts;
  readonly #onLost: (reason: string) => void;
  #row: ProcessRow;
  #records = new RecordMap();
  /** What was recorded since the journal was last asked for: newer than what that reading gives. */
  #recent = new Map<string, StepRecord>();
  #outbox = new Outbox();
  #lastWrite: Promise<boolean> = Promise.resolve(true);
  #lost = false;
  #isSoon = false;
  #isBroken = false;
  #break: (error: unknown) => void = () => undefined;
  /** Rejects when the store has refused a write: what it held is known here and not stored, so the process has to be read anew. */
  readonly broken = new Promise<never>((_, reject) => {
    this.#break = reject;
  });
  /** The latest time in the journal: what comes later is not recorded as earlier, whatever the clock says. */
  #latest = 0;

  /** @param onLost called once, when a write finds that the process is no longer this runner's */
  constructor(parts: EngineParts, row: ProcessRow, onLost: (reason: string) => void) {
    this.#parts = parts;
    this.#row = row;
    this.#onLost = onLost;
    this.broken.catch(() => undefined);
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

  begun(path: string): boolean {
    return this.#records.begun(path);
  }

  edits(path: string): readonly Changes[] {
    return this.#records.edits(path);
  }

  /** Every record that is needed on resume. */
  values(): IterableIterator<StepRecord> {
    return this.#records.values();
  }

  /** The time, in milliseconds since 1970; never before anything that is recorded, so that times tell the order of steps. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#parts.clock.now());
    return this.#latest;
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
    const [row, records] = [await store.process(this.#row.id), await store.liveRecords(this.#row.id)];
    if (!row || row.epoch !== this.#row.epoch) return false;
    this.#row = row;
    this.#records = new RecordMap([...records, ...this.#recent.values()]);
    for (const { startedAt, endedAt = startedAt } of records) this.#latest = Math.max(this.#latest, endedAt);
    return true;
  }

  /** Makes an entry known, and stores it with the next write. */
  record(entry: Entry): void {
    this.#remember(entry);
    this.#outbox.add(entry);
    this.#flushSoon();
  }

  /** Forgets what is inside a path, and at another: it is kept in the store, and not needed on resume any more. */
  cover(path: string, own?: string): void {
    const covered = [...this.#records.below(path), ...(own === undefined ? [] : [this.#records.get(own)])].flatMap(
      (record) => record ?? [],
    );
    if (covered.length === 0) return;
    this.#records.forgetBelow(path);
    if (own !== undefined) this.#records.forget(own);
    for (const record of covered) this.#recent.delete(record.path);
    const retire = covered.map((record) => record.path);
    const closeWaits = covered.filter(({ outcome }) => outcome && !isDone(outcome)).map((record) => record.path);
    this.record({ retire, closeWaits, releaseLocks: retire.filter(isLockPath) });
  }

  /** Makes everything recorded so far durable; false when the process is lost. */
  flush(): Promise<boolean> {
    if (this.#lost) return Promise.resolve(false);
    return this.#outbox.isEmpty ? this.#lastWrite : this.write({}).then(() => !this.#lost);
  }

  /**
   * Stores what has gathered, together with these entries and these parts of a write.
   *
   * What has gathered goes back into the outbox where the write was not stored; the entries do not.
   */
  write(entries: Entry | readonly Entry[], parts: WriteParts = {}): Promise<WriteResult> {
    if (this.#isBroken) return this.broken;
    const last = [entries].flat();
    const gathered = this.#outbox;
    this.#outbox = new Outbox();
    const { expect, change, ...rest } = parts;
    const written = this.#parts.queue
      .submit({
        process: this.#row.id,
        expect: { epoch: this.#row.epoch, ...expect },
        change: { updatedAt: this.#parts.clock.now(), ...change },
        ...gathered.with(last),
        // What is recorded and not stored yet ends with all the others.
        ...(rest.closeWaits === 'all' ? { openWaits: [] } : {}),
        ...rest,
      })
      .then((result) => {
        if (result.stored) for (const entry of last) this.#remember(entry);
        else this.#outbox = gathered.followedBy(this.#outbox);
        if (!result.stored && result.why === 'changed' && !expect) this.#onLost('another runner has taken this process, or it was aborted');
        return result;
      })
      .catch((error: unknown) => {
        this.#isBroken = true;
        this.#break(error);
        throw error;
      });
    this.#lastWrite = written.then(() => (this.#outbox.isEmpty ? !this.#lost : this.flush()));
    this.#lastWrite.catch(() => undefined);
    return written;
  }

  /** What no write takes along in this turn of the event loop is stored by itself: a branch may stop while another runs for hours. */
  #flushSoon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      this.flush().catch(() => undefined); // `broken` tells of it
    });
  }

  #remember({ record }: Entry): void {
    if (!record) return;
    this.#records.set(record);
    this.#recent.set(record.path, record);
  }
}

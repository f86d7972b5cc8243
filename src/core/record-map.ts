import type { Journal, StepRecord } from './journal.js';
import { EDIT_PREFIX, parentOf } from './path.js';
import type { Changes } from './state.js';

const NONE: readonly Changes[] = [];

/** The records of one process by path, and what lies inside a path; a look-up costs the same however many there are. */
export class RecordMap implements Journal {
  readonly whole?: true;
  readonly #records = new Map<string, StepRecord>();
  /** What lies right inside a path: records, and paths that hold some. */
  readonly #inside = new Map<string, Set<string>>();
  readonly #edits = new Map<string, Changes[]>();

  /** @param whole for a look back at all that happened, see `Journal` */
  constructor(records: Iterable<StepRecord> = [], whole = false) {
    if (whole) this.whole = true;
    for (const record of records) this.set(record);
  }

  get(path: string): StepRecord | undefined {
    return this.#records.get(path);
  }

  begun(path: string): boolean {
    return this.#records.has(path) || this.#inside.has(path);
  }

  edits(path: string): readonly Changes[] {
    return this.#edits.get(path) ?? NONE;
  }

  values(): IterableIterator<StepRecord> {
    return this.#records.values();
  }

  set(record: StepRecord): void {
    const { path } = record;
    if (!this.#records.has(path)) {
      this.#note(path);
      if (path.startsWith(EDIT_PREFIX)) this.#noteEdit(record);
    }
    this.#records.set(path, record);
  }

  /** The records inside a path, in the order in which they came. */
  below(path: string): readonly StepRecord[] {
    const found: StepRecord[] = [];
    const look = (inside: string) => {
      for (const one of this.#inside.get(inside) ?? []) {
        const record = this.#records.get(one);
        if (record) found.push(record);
        look(one);
      }
    };
    look(path);
    return found;
  }

  /** Forgets the record at a path. */
  forget(path: string): void {
    this.#records.delete(path);
    if (!this.#inside.has(path)) this.#inside.get(parentOf(path))?.delete(path);
  }

  /** Forgets everything inside a path. */
  forgetBelow(path: string): void {
    for (const one of this.#inside.get(path) ?? []) {
      this.#records.delete(one);
      this.forgetBelow(one);
    }
    this.#inside.delete(path);
  }

  #note(path: string): void {
    for (let child = path; child !== ''; ) {
      const parent = parentOf(child);
      const inside = this.#inside.get(parent);
      if (inside?.has(child)) return;
      if (inside) inside.add(child);
      else this.#inside.set(parent, new Set([child]));
      child = parent;
    }
  }

  #noteEdit({ decision, outcome }: StepRecord): void {
    const { before } = decision as { readonly before: string };
    if (outcome?.kind === 'success') this.#edits.set(before, [...(this.#edits.get(before) ?? []), outcome.changes]);
  }
}

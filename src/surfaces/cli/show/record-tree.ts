import type { StepRecord } from '../../../core/journal.js';
import { parentOf } from '../../../core/path.js';

/** The records of a process by path, and which paths lie right inside which. */
export class RecordTree {
  readonly #records: ReadonlyMap<string, StepRecord>;
  readonly #inside = new Map<string, Set<string>>();

  constructor(records: readonly StepRecord[]) {
    this.#records = new Map(records.map((record) => [record.path, record]));
    for (const { path } of records) this.#note(path);
  }

  get(path: string): StepRecord | undefined {
    return this.#records.get(path);
  }

  /** The items, `Ports[3]`, or the loops, `Probe#3`, at the place of either: `Ports[]`, `Probe#`. Numbers are in order, keys as they came. */
  instances(place: string): readonly string[] {
    const path = place.replace(/(?:\[\]|#)$/, '');
    const sign = place.charAt(path.length);
    const found = [...(this.#inside.get(path) ?? [])].filter((one) => one.startsWith(sign, path.length));
    return found.filter((one) => /(?:#\d+|\])$/.test(one)).sort((a, b) => numberOf(a) - numberOf(b));
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
}

/** The number of an item or a loop; 0 for an item with a key, so that keys stay in the order in which they came. */
function numberOf(path: string): number {
  return Number(/[[#](\d+)\]?$/.exec(path)?.[1] ?? 0);
}

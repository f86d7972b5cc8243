import { StepwrightError } from '../../core/error.js';
import type { ProcessFact } from '../../core/event.js';
import type { StepRecord } from '../../core/journal.js';
import { type ProcessEvent, transition } from '../../core/process.js';
import type { ProcessWrite } from '../../ports/process-store.js';
import type { EngineParts } from '../parts.js';
import { unknownProcess } from '../refusals.js';
import type { Registry } from '../registry.js';
import type { Found } from './open-form.js';

/** What an edit stores. */
export type Draft = Omit<ProcessWrite, 'process' | 'expect' | 'change'> & {
  /** What happens to the process; without one its status stays as it is. */
  readonly event?: ProcessEvent;
  readonly change?: ProcessWrite['change'];
};

const MAX_TRIES = 20;

/**
 * Changes a process from outside: an answer, a due timer, a retry, an abort.
 *
 * Each is an edit of the journal, stored only where the process is still as it was read (its revision), so that of two at once one wins;
 * the loser reads again and finds out what happened.
 */
export class Editor {
  readonly parts: EngineParts;
  readonly registry: Registry;

  constructor(parts: EngineParts, registry: Registry) {
    this.parts = parts;
    this.registry = registry;
  }

  /** @param draft gives what is to be stored, or undefined where there is nothing to do */
  async edit(id: string, draft: (found: Found) => Promise<Draft | undefined>): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const found = await this.read(id);
      const drafted = await draft(found);
      if (!drafted) return;
      const { event, change, facts = [], ...parts } = drafted;
      const at = this.now(found);
      const status = event === undefined ? found.row.status : transition(found.row.status, event);
      const result = await this.parts.queue.submit({
        process: id,
        expect: { revision: found.row.revision, epoch: found.row.epoch },
        change: { updatedAt: at, ...change, status, revision: found.row.revision + 1 },
        facts: status === found.row.status ? facts : [...facts, { type: 'process_status', at, data: { status } }],
        ...parts,
      });
      if (result.stored) return;
      if (result.why === 'refused') throw result.error;
    }
    throw new StepwrightError('conflict', `Process ${id} kept changing while this was tried ${MAX_TRIES} times; try again.`, {
      retryable: true,
    });
  }

  /** The time, in milliseconds since 1970; never before anything that is recorded, so that times tell the order of steps. */
  now({ records }: Pick<Found, 'records'>): number {
    return records.reduce((latest, { startedAt, endedAt = startedAt }) => Math.max(latest, endedAt), this.parts.clock.now());
  }

  async read(id: string): Promise<Found> {
    const { store } = this.parts;
    const row = await store.process(id);
    if (!row) throw unknownProcess(id);
    return { row, waits: await store.waits(id), records: await store.liveRecords(id) };
  }
}

/** A record whose step is performed anew, with what is known of it so far. */
export function clear(record: StepRecord): StepRecord {
  const { endedAt: _endedAt, ...rest } = record;
  return { ...rest, outcome: null };
}

/** The records, waits and facts of records that are cleared. */
export function clearing(
  records: readonly StepRecord[],
  at: number,
  by?: string,
): { readonly records: readonly StepRecord[]; readonly closeWaits: readonly string[]; readonly facts: readonly ProcessFact[] } {
  const facts = records.map(({ path, attempt }): ProcessFact => {
    return { type: 'step_cleared', path, at, data: { attempt, ...byWhom(by) } };
  });
  return { records, closeWaits: records.map((record) => record.path), facts };
}

/** Who acted, where that is known. */
export function byWhom(by: string | undefined): { readonly by?: string } {
  return by === undefined ? {} : { by };
}

import { StepwrightError } from '../core/error.js';
import type { ProcessFact } from '../core/event.js';
import type { FormReply } from '../core/form.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { Outcome } from '../core/outcome.js';
import { isEnded, type ProcessEvent, transition } from '../core/process.js';
import type { OpenWait, ProcessWrite } from '../ports/process-store.js';
import { inject } from './inject.js';
import { type Found, formId, openForm } from './open-form.js';
import type { EngineParts } from './parts.js';
import { describeStep, success } from './perform-step.js';
import { refusal, unknownProcess, wrongStatus } from './refusals.js';
import type { Registry } from './registry.js';
import { stateAt, stateNow } from './state-at.js';
import { stepContext } from './step-context.js';

/*
 * What changes a process from outside: an answer, a due timer, a retry, an abort. Each is an edit of the journal, stored only where the
 * process is still as it was read (its revision), so that of two at once one wins; the loser reads again and finds out what happened.
 */

type Draft = Omit<ProcessWrite, 'process' | 'expect' | 'change'> & {
  readonly event: ProcessEvent;
  readonly change?: ProcessWrite['change'];
};

const MAX_TRIES = 20;

export class Edits {
  readonly #parts: EngineParts;
  readonly #registry: Registry;

  constructor(parts: EngineParts, registry: Registry) {
    this.#parts = parts;
    this.#registry = registry;
  }

  /** What an open form says to these answers; stores nothing. */
  async tryAnswer(id: string, answers: readonly Json[], form: string | undefined): Promise<FormReply> {
    const found = await this.#read(id);
    return (await this.#reply(found, openForm(found, form), answers)).reply;
  }

  /** Records the answers of an open form as its step's success. */
  answer(id: string, answers: readonly Json[], form: string | undefined, by: string | undefined): Promise<void> {
    let asked = form;
    return this.#edit(id, async (found) => {
      const wait = openForm(found, asked);
      asked = formId(wait); // whoever loses against another answer must not answer the next form by that
      const { reply, what, state } = await this.#reply(found, wait, answers);
      if (reply.kind !== 'done') throw refusal(reply, what);
      const { outcome, models } = success(reply.value, 'success', { what, state, models: this.#parts.models });
      const record = this.#answered(found, wait.path, outcome, by);
      return {
        event: 'answer',
        records: [record],
        closeWaits: [wait.path],
        facts: [{ type: 'step_answered', path: wait.path, at: this.#parts.clock.now(), data: by === undefined ? {} : { by } }],
        ...(models.length > 0 ? { joined: this.#parts.models.save(models) } : {}),
      };
    });
  }

  /** Clears what failed, or waits to be tried again, so that it is performed anew; its retry policy counts from here. */
  retry(id: string, path: string | undefined, by: string | undefined): Promise<void> {
    return this.#edit(id, async ({ row, records }) => {
      if (isEnded(row.status)) throw wrongStatus(row, 'there is nothing to retry');
      const standing = records.filter((record) => isRetryable(record.outcome) && (path === undefined || record.path === path));
      if (standing.length === 0)
        throw wrongStatus(
          row,
          path === undefined
            ? 'no step has failed or waits for another attempt'
            : `no step at "${path}" has failed or waits for another attempt`,
        );
      const now = this.#parts.clock.now();
      const cleared = standing.map((record) => ({
        ...clear(record),
        countsFrom: { attempt: record.attempt, at: now },
        ...(by === undefined ? {} : { by }),
      }));
      return { event: 'retry', ...this.#clearing(cleared, by), change: { updatedAt: now, failure: null } };
    });
  }

  /** Clears the step at a due timer, so that it is performed anew. Does nothing where the timer is gone. */
  async wake(id: string, path: string, attempt: number): Promise<void> {
    await this.#edit(id, async ({ row, records }) => {
      if (isEnded(row.status)) return undefined;
      const record = records.find((one) => one.path === path);
      if (record?.outcome?.kind !== 'waiting' || record.attempt !== attempt) return undefined;
      return { event: 'wake', ...this.#clearing([clear(record)]) };
    });
  }

  /** Ends a process, whatever it does: its claim is taken away, so that a running step's result is not stored. */
  abort(id: string, reason: string, by: string | undefined): Promise<void> {
    return this.#edit(id, async ({ row, records }) => {
      if (isEnded(row.status)) throw wrongStatus(row, 'there is nothing to abort');
      const workflow = this.#registry.find(row.workflow);
      const now = this.#parts.clock.now();
      const failure = { code: 'aborted', message: by === undefined ? reason : `${reason} (by ${by})`, retryable: false };
      return {
        event: 'abort',
        closeWaits: 'all',
        ...(workflow ? { snapshot: (await stateNow(workflow, records)).toObject() } : {}),
        change: { updatedAt: now, epoch: row.epoch + 1, claimedBy: null, endedAt: now, failure },
      };
    });
  }

  async #reply(found: Found, wait: OpenWait, answers: readonly Json[]) {
    const workflow = this.#registry.get(found.row.workflow);
    const reached = await stateAt(workflow, found.records, wait.path);
    if (reached?.step.action.kind !== 'ask') {
      throw new StepwrightError(
        'wrong_status',
        `Workflow "${workflow.name}" has no input step that can be reached at "${wait.path}" any more: the definition has changed since the question was asked. Bring the step back to its place, or abort the process.`,
      );
    }
    const { step, state } = reached;
    const { form, parameters } = reached.step.action;
    const what = describeStep(step, workflow.name);
    // A form is free of side effects, so nobody aborts it.
    const context = stepContext(this.#parts, found.row, wait.path, wait.attempt, new AbortController().signal);
    const args = await inject(parameters, { what, state, context, models: this.#parts.models });
    return { reply: await form(this.#registry.instance(workflow), args, answers), what, state };
  }

  #answered(found: Found, path: string, outcome: Outcome, by: string | undefined): StepRecord {
    const now = this.#parts.clock.now();
    const before = found.records.find((record) => record.path === path);
    const base = before ?? { path, attempt: 1, countsFrom: { attempt: 0, at: now }, startedAt: now };
    return { ...base, outcome, endedAt: now, ...(by === undefined ? {} : { by }) };
  }

  #clearing(records: readonly StepRecord[], by?: string): Pick<ProcessWrite, 'records' | 'closeWaits' | 'facts'> {
    const at = this.#parts.clock.now();
    const facts = records.map(({ path, attempt }): ProcessFact => {
      return { type: 'step_cleared', path, at, data: { attempt, ...(by === undefined ? {} : { by }) } };
    });
    return { records, closeWaits: records.map((record) => record.path), facts };
  }

  async #edit(id: string, draft: (found: Found) => Promise<Draft | undefined>): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const found = await this.#read(id);
      const drafted = await draft(found);
      if (!drafted) return;
      const { event, change, facts = [], ...parts } = drafted;
      const at = this.#parts.clock.now();
      const status = transition(found.row.status, event);
      const result = await this.#parts.queue.submit({
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

  async #read(id: string): Promise<Found> {
    const { store } = this.#parts;
    const row = await store.process(id);
    if (!row) throw unknownProcess(id);
    return { row, waits: await store.waits(id), records: await store.records(id) };
  }
}

function isRetryable(outcome: Outcome | null): boolean {
  return outcome?.kind === 'failed' || outcome?.kind === 'cancelled' || outcome?.kind === 'waiting';
}

/** A record whose step is performed anew, with what is known of it so far. */
function clear(record: StepRecord): StepRecord {
  const { endedAt: _endedAt, ...rest } = record;
  return { ...rest, outcome: null };
}

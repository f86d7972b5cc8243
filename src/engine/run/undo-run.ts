import { type Failure, hasCode, toFailure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { StepNode } from '../../core/nodes/step.js';
import { failed, type Outcome, Verdict } from '../../core/outcome.js';
import { undoPath } from '../../core/path.js';
import { NO_CHANGES } from '../../core/state.js';
import type { Workflow } from '../../core/workflow.js';
import type { EngineParts } from '../parts.js';
import { type UndoItem, undoItems } from '../undo-items.js';
import { afterFailure } from './after-failure.js';
import { endOf } from './bodies.js';
import { hasDoneNothing, latestChild, retryChild, undoChild } from './child.js';
import { callAction, describeStep, type Performed, success } from './perform-step.js';
import type { Recorder } from './recorder.js';
import { stepContext } from './step-context.js';

/** Where taking back a process stopped. */
export type UndoEnd =
  | { readonly kind: 'halted' }
  | { readonly kind: 'waiting' }
  /** Everything was tried; these are left to be done by hand. */
  | { readonly kind: 'ended'; readonly left: readonly { readonly path: string; readonly failure: Failure }[] };

/**
 * Takes a process back: performs the undos of its steps, one after another, each recorded beside its step.
 *
 * What is recorded is not performed again. One that fails for good is told of at the end, and the others are performed all the same.
 */
export class UndoRun {
  readonly #parts: EngineParts;
  readonly #workflow: Workflow;
  readonly #self: () => unknown;
  readonly #journal: Recorder;
  readonly #signal: AbortSignal;
  #stopping = false;

  constructor(parts: EngineParts, workflow: Workflow, self: () => unknown, journal: Recorder, signal: AbortSignal) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#self = self;
    this.#journal = journal;
    this.#signal = signal;
  }

  /** Starts no further undo. */
  stop(): void {
    this.#stopping = true;
  }

  async run(): Promise<UndoEnd> {
    if (!(await this.#journal.flush())) return { kind: 'halted' };
    const records = await this.#parts.store.records(this.#journal.row.id);
    const left: { readonly path: string; readonly failure: Failure }[] = [];
    for (const item of await undoItems(this.#workflow, records)) {
      const outcome = this.#journal.get(undoPath(item.path))?.outcome ?? (await this.#undo(item));
      if (!outcome) return { kind: 'halted' };
      if (outcome.kind === 'waiting') return { kind: 'waiting' };
      if (outcome.kind === 'failed') left.push({ path: item.path, failure: outcome.failure });
    }
    return { kind: 'ended', left };
  }

  /** Performs one undo, and records what it gave; undefined where the engine stops, or the process is lost. */
  async #undo(item: UndoItem): Promise<Outcome | undefined> {
    if (this.#stopping || this.#journal.lost) return undefined;
    const started = this.#start(undoPath(item.path));
    const { attempt, startedAt: at, path } = started;
    this.#journal.record({ record: started, fact: { type: 'step_started', path, at, data: { attempt } } });
    if (!(await this.#journal.flush())) return undefined;
    const performed = item.step.undo ? await this.#perform(item, attempt) : await this.#endChild(item, started);
    return this.#journal.lost ? undefined : this.#finish(item.step, started, performed);
  }

  #start(path: string): StepRecord {
    const before = this.#journal.get(path);
    const now = this.#journal.now();
    const attempt = (before?.attempt ?? 0) + 1;
    return { path, outcome: null, attempt, countsFrom: before?.countsFrom ?? { attempt: 0, at: now }, startedAt: now };
  }

  async #perform({ step, path, state }: UndoItem, attempt: number): Promise<Performed> {
    const { models } = this.#parts;
    const what = `The undo of ${describeStep(step, this.#workflow.name).replace(/^S/, 's')}`;
    const context = stepContext(this.#parts, this.#journal.row, { path, attempt, signal: this.#signal });
    try {
      const returned = await callAction(step.undo as NonNullable<StepNode['undo']>, { what, self: this.#self, state, context, models });
      if (returned instanceof Verdict && returned.kind === 'skipped')
        return { outcome: { kind: 'skipped', reason: returned.reason }, models: [] };
      return success(returned, 'success', { what, state, models });
    } catch (error) {
      return { outcome: failed(toFailure(error)), models: [] };
    }
  }

  /** A child process that has not completed is taken back itself, one that was aborted too; its end is waited for. */
  async #endChild({ path }: UndoItem, { attempt, countsFrom }: StepRecord): Promise<Performed> {
    const { store } = this.#parts;
    const isRetry = countsFrom.attempt > 0 && attempt - countsFrom.attempt === 1;
    let child = await latestChild(store, this.#journal.row.id, path);
    try {
      if (isRetry && child?.failure?.undo) child = await retryChild(this.#parts, child.id);
      if (child?.status === 'undone') return { outcome: { kind: 'success', changes: NO_CHANGES }, models: [] };
      if (!child || child.status === 'completed')
        return { outcome: { kind: 'skipped', reason: 'the child process has completed' }, models: [] };
      if (child.status === 'aborted' && (await hasDoneNothing(store, child.id)))
        return { outcome: { kind: 'skipped', reason: 'nothing of the child process was performed' }, models: [] };
      if (child.status === 'failed' && child.failure?.undo) return { outcome: failed(child.failure), models: [] };
      await undoChild(this.#parts, child.id, `its parent ${this.#journal.row.id} is taken back`);
    } catch (error) {
      if (hasCode(error, 'store_unavailable')) throw error; // not the undo's failure: it is performed anew when the store is back
      return { outcome: failed(toFailure(error)), models: [] };
    }
    return { outcome: { kind: 'waiting', child: child.id, reason: `the child process ${child.id} is being taken back` }, models: [] };
  }

  /** Records what an undo gave; a result with models that can't be stored is a failure of the undo. */
  async #finish(step: StepNode, started: StepRecord, { outcome, models }: Performed): Promise<Outcome | undefined> {
    const after = this.#withRetry(step, started, outcome);
    const end = endOf(started, after, this.#journal.now());
    const result = await this.#journal.write(end, models.length > 0 ? { joined: this.#parts.models.save(models) } : {});
    if (result.stored) return after;
    if (result.why !== 'refused') return undefined;
    return this.#finish(step, started, { outcome: failed({ ...toFailure(result.error), code: 'store_refused' }), models: [] });
  }

  #withRetry({ undo }: StepNode, started: StepRecord, outcome: Outcome): Outcome {
    if (outcome.kind !== 'failed' || !undo?.retry) return outcome;
    return afterFailure(undo.retry, started, outcome.failure, this.#journal.now(), this.#parts.random.number());
  }
}

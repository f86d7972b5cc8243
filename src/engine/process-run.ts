import { type Failure, toFailure } from '../core/error.js';
import type { ProcessFact } from '../core/event.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { HALTED, type Walked } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { failed, type Outcome } from '../core/outcome.js';
import { START_PATH } from '../core/path.js';
import { isEnded, settleEvent, transition } from '../core/process.js';
import { nextAttempt, type RetryDecision } from '../core/retry-policy.js';
import type { StateLayer } from '../core/state.js';
import { walk } from '../core/walk.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessRow, ProcessWrite, WriteResult } from '../ports/process-store.js';
import type { StepContext } from '../ports/step-context.js';
import { type Entry, Outbox, waitFor } from './outbox.js';
import type { EngineParts } from './parts.js';
import { describeStep, type Performed, performStep } from './perform-step.js';
import { initialState } from './state-at.js';

/*
 * Moves one claimed process until it settles: load → walk → perform → commit.
 *
 * What a step gave is queued, and stored together with the start of the next step, before that step's body runs: one transaction per
 * step. A result with domain models is stored at once, for storing them can fail, and then the step has failed.
 *
 * An edit from outside (an answer, a retry) starts a new round: the journal is read again and walked anew. Bodies that still run are
 * not started again: the new walk finds them in `#bodies` and waits for what they give. The old walk stops at its next step.
 */
export class ProcessRun {
  readonly #parts: EngineParts;
  readonly #workflow: Workflow;
  readonly #self: unknown;
  readonly #bodies = new Map<string, Promise<Walked>>();
  readonly #cancel = new AbortController();
  #row: ProcessRow;
  #journal = new Map<string, StepRecord>();
  /** What was recorded since the journal was last asked for: newer than what that reading gives. */
  #recorded = new Map<string, StepRecord>();
  #lastWrite: Promise<boolean> = Promise.resolve(true);
  #outbox = new Outbox();
  #round = 0;
  #newRound: () => void = () => undefined;
  #stopping = false;
  #lost = false;

  constructor(parts: EngineParts, workflow: Workflow, self: unknown, row: ProcessRow) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#self = self;
    this.#row = row;
  }

  /** An edit from outside has been stored: walk again, from the journal as it is now. */
  edited(): void {
    this.#round++;
    this.#newRound();
  }

  /** Starts no further step; running bodies are waited for, and the process is left to be found by the next runner. */
  stop(): void {
    this.#stopping = true;
  }

  /** The process is no longer this runner's: running bodies are told through their signals, and nothing more is stored. */
  lose(reason: string): void {
    this.#lost = true;
    this.#cancel.abort(new Error(reason));
    this.edited();
  }

  /** Runs until the process settles, is stopped, or is lost. */
  async run(): Promise<void> {
    try {
      while (!(await this.#walkOnce())) if (this.#lost) return;
    } catch (error) {
      this.#lost = true;
      this.#cancel.abort(error);
      throw error;
    }
  }

  /** One round; true when there is nothing more to do here. */
  async #walkOnce(): Promise<boolean> {
    const round = this.#round;
    const interrupted = new Promise<'edited'>((resolve) => {
      this.#newRound = () => resolve('edited');
    });
    const loaded = await this.#load();
    if (!loaded || this.#lost) return true;
    if (round !== this.#round) return false;
    const state = initialState(this.#journal.get(START_PATH));
    const walking = walk(this.#workflow.body, state, {
      journal: { get: (path) => this.#journal.get(path) },
      perform: (step, path, layer) => this.#perform(round, step, path, layer),
      decide: (path, decision) => this.#decide(round, path, decision),
      fail: (path, failure) => this.#fail(round, path, failure),
    });
    const walked = await Promise.race([walking, interrupted]);
    if (walked === 'edited') {
      walking.catch((error: unknown) => this.#parts.logger.error({ process: this.#row.id, err: error }, 'a walk that was left broke'));
      return false;
    }
    if (round !== this.#round) return false;
    return walked.kind === 'halted' ? this.#leave() : this.#settle(walked, state);
  }

  /** Reads the process and its journal; false when the process is not this runner's any more. */
  async #load(): Promise<boolean> {
    this.#recorded = new Map();
    if (!(await this.#flush())) return false;
    const [row, records] = [await this.#parts.store.process(this.#row.id), await this.#parts.store.records(this.#row.id)];
    if (!row || row.epoch !== this.#row.epoch) return false;
    this.#row = row;
    this.#journal = new Map([...records.map((record) => [record.path, record] as const), ...this.#recorded]);
    return true;
  }

  #perform(round: number, step: StepNode, path: string, state: StateLayer): Promise<Walked> {
    if (round !== this.#round || this.#stopping) return Promise.resolve(HALTED);
    const running = this.#bodies.get(path);
    if (running) return running;
    const body = this.#performBody(step, path, state).finally(() => this.#bodies.delete(path));
    this.#bodies.set(path, body);
    return body;
  }

  async #performBody(step: StepNode, path: string, state: StateLayer): Promise<Walked> {
    const before = this.#journal.get(path);
    const now = this.#parts.clock.now();
    const attempt = (before?.attempt ?? 0) + 1;
    const countsFrom = before?.countsFrom ?? { attempt: 0, at: now };
    const started: StepRecord = {
      path,
      outcome: null,
      attempt,
      countsFrom,
      startedAt: now,
      ...(before?.failure ? { failure: before.failure } : {}),
      ...(before?.by === undefined ? {} : { by: before.by }),
    };
    if (step.action.kind === 'run') {
      this.#record({ record: started, fact: { type: 'step_started', path, at: now, data: { attempt } } });
      if (!(await this.#flush())) return HALTED;
    }
    const what = describeStep(step, this.#workflow.name);
    const context = this.#context(path, attempt);
    const performed = await performStep(step, { what, self: this.#self, state, context, models: this.#parts.models });
    return this.#lost ? HALTED : this.#finish(step, started, performed);
  }

  /** Records what a step gave; a result with models is stored at once, and fails the step where it can't be. */
  async #finish(step: StepNode, started: StepRecord, performed: Performed): Promise<Walked> {
    const outcome = this.#afterRetryPolicy(step, started, performed.outcome);
    const end = this.#end(started, outcome);
    if (performed.models.length === 0) {
      this.#record(end);
      return outcome;
    }
    const result = await this.#write(end, { joined: this.#parts.models.save(performed.models) });
    if (result.stored) return outcome;
    if (result.why !== 'refused') return HALTED;
    const failure = toFailure(result.error);
    const refused = failed(failure.code === 'step_threw' ? { ...failure, code: 'store_refused' } : failure);
    return this.#finish(step, started, { outcome: refused, models: [] });
  }

  /** What a failure of a retry step means: another attempt later, or the end of its patience. */
  #afterRetryPolicy(step: StepNode, started: StepRecord, outcome: Outcome): Outcome {
    if (outcome.kind !== 'failed' || step.action.kind !== 'run' || !step.action.retry) return outcome;
    const { attempt, at } = started.countsFrom;
    const now = this.#parts.clock.now();
    let decision: RetryDecision;
    try {
      decision = nextAttempt(step.action.retry, started.attempt - attempt, outcome.failure, now - at, this.#parts.random.number());
    } catch (error) {
      const message = `retryIf of step "${step.name}" failed: ${toFailure(error).message}`;
      return failed({ code: 'predicate_threw', message, cause: outcome.failure, retryable: true });
    }
    if (decision.retry) {
      return {
        kind: 'waiting',
        until: now + decision.delay,
        reason: `attempt ${started.attempt} failed: ${outcome.failure.message}`,
        failure: outcome.failure,
      };
    }
    if (decision.why === 'not_retryable') return outcome;
    const tries = started.attempt - attempt;
    const gaveUp =
      decision.why === 'deadline_passed'
        ? 'no attempt is left before its deadline'
        : `gave up after ${tries} ${tries === 1 ? 'attempt' : 'attempts'}`;
    return failed({ code: decision.why, message: `${gaveUp}: ${outcome.failure.message}`, cause: outcome.failure, retryable: true });
  }

  #decide(round: number, path: string, decision: Json): void {
    if (round !== this.#round) return;
    const now = this.#parts.clock.now();
    this.#record({
      record: { path, outcome: null, decision, attempt: 1, countsFrom: { attempt: 0, at: now }, startedAt: now, endedAt: now },
    });
  }

  #fail(round: number, path: string, failure: Failure): Outcome {
    const outcome = failed(failure);
    if (round !== this.#round) return outcome;
    const now = this.#parts.clock.now();
    const attempt = (this.#journal.get(path)?.attempt ?? 0) + 1;
    this.#record(this.#end({ path, outcome: null, attempt, countsFrom: { attempt: 0, at: now }, startedAt: now }, outcome));
    return outcome;
  }

  #end(started: StepRecord, outcome: Outcome): Entry {
    const now = this.#parts.clock.now();
    const failure = 'failure' in outcome ? outcome.failure : started.failure;
    const record: StepRecord = { ...started, outcome, endedAt: now, ...(failure ? { failure } : {}) };
    const wait = waitFor(record);
    const fact: ProcessFact = {
      type: 'step_ended',
      path: started.path,
      at: now,
      data: { outcome: outcome.kind, attempt: started.attempt },
    };
    return { record, fact, ...(wait ? { wait } : {}) };
  }

  #record(entry: Entry): void {
    this.#remember(entry);
    this.#outbox.add(entry);
  }

  #remember({ record }: Entry): void {
    if (!record) return;
    this.#journal.set(record.path, record);
    this.#recorded.set(record.path, record);
  }

  /** Makes everything recorded so far durable; false when the process is lost. */
  #flush(): Promise<boolean> {
    if (this.#lost) return Promise.resolve(false);
    return this.#outbox.isEmpty ? this.#lastWrite : this.#write({}).then(() => !this.#lost);
  }

  /**
   * Stores what has gathered, together with this entry and these parts of a write.
   *
   * What has gathered goes back into the outbox where the write was not stored; the entry does not. A write that finds another epoch
   * means that the process is lost.
   */
  async #write(entry: Entry, parts: Partial<ProcessWrite> = {}): Promise<WriteResult> {
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
        if (!result.stored && result.why === 'changed' && !expect) this.lose('another runner has taken this process, or it was aborted');
        return result;
      });
    this.#lastWrite = written.then(() => (this.#outbox.isEmpty ? !this.#lost : this.#flush()));
    this.#lastWrite.catch(() => undefined);
    return written;
  }

  /** Stores where the process stands now; false when an edit came first, so that it must be walked again. */
  async #settle(outcome: Outcome, state: StateLayer): Promise<boolean> {
    const status = transition(this.#row.status, settleEvent(outcome));
    const now = this.#parts.clock.now();
    const result = await this.#write(
      { fact: { type: 'process_status', at: now, data: { status } } },
      {
        expect: { revision: this.#row.revision },
        change: {
          updatedAt: now,
          status,
          revision: this.#row.revision + 1, // so that an edit that was drafted before this, such as an abort, is drafted anew
          claimedBy: null,
          failure: outcome.kind === 'failed' ? outcome.failure : null,
          ...(isEnded(status) ? { endedAt: now } : {}),
        },
        snapshot: state.toObject(),
      },
    );
    return result.stored;
  }

  /** Waits for running bodies, stores what they gave, and lets the process go as it is. */
  async #leave(): Promise<boolean> {
    await Promise.allSettled(this.#bodies.values());
    if (!this.#lost) await this.#write({}, { change: { updatedAt: this.#parts.clock.now(), claimedBy: null } });
    return true;
  }

  #context(path: string, attempt: number): StepContext {
    const { clock, logger } = this.#parts;
    const { id, workflow } = this.#row;
    return {
      processId: id,
      workflow,
      path,
      attempt,
      idempotencyKey: `${id}:${encodeURIComponent(path)}`,
      signal: this.#cancel.signal,
      log: logger.child({ process: id, path }),
      now: () => clock.now(),
    };
  }
}

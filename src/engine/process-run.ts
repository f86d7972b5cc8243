import { type Failure, toFailure } from '../core/error.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { HALTED, type Walked } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { failed, type Outcome } from '../core/outcome.js';
import { START_PATH } from '../core/path.js';
import { isEnded, settleEvent, transition } from '../core/process.js';
import type { StateLayer } from '../core/state.js';
import { walk } from '../core/walk.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessRow } from '../ports/process-store.js';
import { afterFailure } from './after-failure.js';
import { type Entry, waitFor } from './outbox.js';
import type { EngineParts } from './parts.js';
import { describeStep, type Performed, performStep } from './perform-step.js';
import { Recorder } from './recorder.js';
import { initialState } from './state-at.js';
import { stepContext } from './step-context.js';

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
  readonly #self: () => unknown;
  readonly #journal: Recorder;
  readonly #bodies = new Map<string, Promise<Walked>>();
  readonly #cancel = new AbortController();
  #round = 0;
  #newRound: () => void = () => undefined;
  #stopping = false;

  /** @param self gives the object that the steps are methods of; where that throws, the step has failed */
  constructor(parts: EngineParts, workflow: Workflow, self: () => unknown, row: ProcessRow) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#self = self;
    this.#journal = new Recorder(parts, row, (reason) => this.lose(reason));
  }

  /** An edit from outside has been stored: walk again, from the journal as it is now. */
  edited(): void {
    this.#round++;
    this.#newRound();
  }

  /** Looks at the process as it now is in the store: it may have been taken, aborted or edited by another engine. */
  compare(now: ProcessRow | undefined): void {
    const { epoch, revision } = this.#journal.row;
    if (!now || now.epoch > epoch) this.lose('another runner has taken this process, or it was aborted');
    else if (now.revision > revision) this.edited();
  }

  /** Starts no further step; running bodies are waited for, and the process is left to be found by the next runner. */
  stop(): void {
    this.#stopping = true;
  }

  /** The process is no longer this runner's: running bodies are told through their signals, and nothing more is stored. */
  lose(reason: string): void {
    this.#journal.lose();
    this.#cancel.abort(new Error(reason));
    this.edited();
  }

  /** Runs until the process settles, is stopped, or is lost. */
  async run(): Promise<void> {
    try {
      while (!(await this.#walkOnce())) if (this.#journal.lost) return;
    } catch (error) {
      this.#journal.lose();
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
    const loaded = await this.#journal.load();
    if (!loaded || this.#journal.lost) return true;
    if (round !== this.#round) return false;
    const state = initialState(this.#journal.get(START_PATH));
    const walking = walk(this.#workflow.body, state, {
      journal: this.#journal,
      perform: (step, path, layer) => this.#perform(round, step, path, layer),
      decide: (path, decision) => this.#decide(round, path, decision),
      fail: (path, failure) => this.#fail(round, path, failure),
    });
    const walked = await Promise.race([walking, interrupted]);
    if (walked === 'edited') {
      walking.catch((error: unknown) =>
        this.#parts.logger.error({ process: this.#journal.row.id, err: error }, 'a walk that was left broke'),
      );
      return false;
    }
    if (round !== this.#round) return false;
    return walked.kind === 'halted' ? this.#leave() : this.#settle(walked, state);
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
    const started: StepRecord = {
      path,
      outcome: null,
      attempt,
      countsFrom: before?.countsFrom ?? { attempt: 0, at: now },
      startedAt: now,
      ...(before?.failure ? { failure: before.failure } : {}),
      ...(before?.by === undefined ? {} : { by: before.by }),
    };
    if (step.action.kind === 'run') {
      this.#journal.record({ record: started, fact: { type: 'step_started', path, at: now, data: { attempt } } });
      if (!(await this.#journal.flush())) return HALTED;
    }
    const what = describeStep(step, this.#workflow.name);
    const context = stepContext(this.#parts, this.#journal.row, path, attempt, this.#cancel.signal);
    const performed = await performStep(step, { what, self: this.#self, state, context, models: this.#parts.models });
    return this.#journal.lost ? HALTED : this.#finish(step, started, performed);
  }

  /** Records what a step gave; a result with models is stored at once, and fails the step where it can't be. */
  async #finish(step: StepNode, started: StepRecord, performed: Performed): Promise<Walked> {
    const outcome = this.#withRetry(step, started, performed.outcome);
    const end = this.#end(started, outcome);
    if (performed.models.length === 0) {
      this.#journal.record(end);
      return outcome;
    }
    const result = await this.#journal.write(end, { joined: this.#parts.models.save(performed.models) });
    if (result.stored) return outcome;
    if (result.why !== 'refused') return HALTED;
    const failure = toFailure(result.error);
    const refused = failed(failure.code === 'step_threw' ? { ...failure, code: 'store_refused' } : failure);
    return this.#finish(step, started, { outcome: refused, models: [] });
  }

  #withRetry(step: StepNode, started: StepRecord, outcome: Outcome): Outcome {
    if (outcome.kind !== 'failed' || step.action.kind !== 'run' || !step.action.retry) return outcome;
    const { clock, random } = this.#parts;
    return afterFailure(step.action.retry, started, outcome.failure, clock.now(), random.number());
  }

  #decide(round: number, path: string, decision: Json): void {
    if (round !== this.#round) return;
    const now = this.#parts.clock.now();
    const countsFrom = { attempt: 0, at: now };
    this.#journal.record({ record: { path, outcome: null, decision, attempt: 1, countsFrom, startedAt: now, endedAt: now } });
  }

  #fail(round: number, path: string, failure: Failure): Outcome {
    const outcome = failed(failure);
    if (round !== this.#round) return outcome;
    const now = this.#parts.clock.now();
    const attempt = (this.#journal.get(path)?.attempt ?? 0) + 1;
    this.#journal.record(this.#end({ path, outcome: null, attempt, countsFrom: { attempt: 0, at: now }, startedAt: now }, outcome));
    return outcome;
  }

  #end(started: StepRecord, outcome: Outcome): Entry {
    const now = this.#parts.clock.now();
    const failure = 'failure' in outcome ? outcome.failure : started.failure;
    const record: StepRecord = { ...started, outcome, endedAt: now, ...(failure ? { failure } : {}) };
    const wait = waitFor(record);
    const data = { outcome: outcome.kind, attempt: started.attempt };
    return { record, fact: { type: 'step_ended', path: started.path, at: now, data }, ...(wait ? { wait } : {}) };
  }

  /** Stores where the process stands now; false when an edit came first, so that it must be walked again. */
  async #settle(outcome: Outcome, state: StateLayer): Promise<boolean> {
    const { row } = this.#journal;
    const status = transition(row.status, settleEvent(outcome));
    const now = this.#parts.clock.now();
    const result = await this.#journal.write(
      { fact: { type: 'process_status', at: now, data: { status } } },
      {
        expect: { revision: row.revision },
        change: {
          updatedAt: now,
          status,
          // So that an edit that was drafted before this, such as an abort, is drafted anew.
          revision: row.revision + 1,
          claimedBy: null,
          failure: outcome.kind === 'failed' ? outcome.failure : null,
          ...(isEnded(status) ? { endedAt: now } : {}),
        },
        snapshot: state.toObject(),
      },
    );
    return result.stored;
  }

  /** Waits for running bodies, stores what they gave, and lets the process go as it is; or until it is lost. */
  async #leave(): Promise<boolean> {
    const { signal } = this.#cancel;
    const lost = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([Promise.allSettled(this.#bodies.values()), lost]);
    if (!this.#journal.lost) await this.#journal.write({}, { change: { updatedAt: this.#parts.clock.now(), claimedBy: null } });
    return true;
  }
}

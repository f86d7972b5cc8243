import { toFailure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { HALTED, type Scope, type Walked } from '../../core/nodes/node.js';
import type { StepNode } from '../../core/nodes/step.js';
import { failed, type Outcome } from '../../core/outcome.js';
import { callbackPath } from '../../core/path.js';
import type { StateLayer } from '../../core/state.js';
import type { Workflow } from '../../core/workflow.js';
import type { ModelReference } from '../../ports/model-store.js';
import type { OpenWait, SubscriptionLink } from '../../ports/process-store.js';
import type { EngineParts } from '../parts.js';
import { afterFailure } from './after-failure.js';
import { performChild } from './child.js';
import { withCall } from './kept-call.js';
import { deadlock, findCircle } from './lock-circle.js';
import { callbackWait, type Entry, waitFor } from './outbox.js';
import { describeStep, type Performed, performStep } from './perform-step.js';
import type { Recorder } from './recorder.js';
import { callbackToken, stepContext, withoutToken } from './step-context.js';

/**
 * The steps of one process that are being performed: each once, however often it is asked for meanwhile.
 *
 * A step's start is durable before its function runs. What it gave is queued, and stored with the next start; a result with domain models
 * is stored at once, for storing them can fail, and then the step has failed.
 */
export class Bodies {
  readonly #parts: EngineParts;
  readonly #workflow: Workflow;
  readonly #self: () => unknown;
  readonly #journal: Recorder;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, { readonly walked: Promise<Walked>; readonly told: Told | undefined }>();
  readonly #told = new WeakMap<AbortSignal, Told>();

  /** @param signal aborted when the process is no longer this runner's */
  constructor(parts: EngineParts, workflow: Workflow, self: () => unknown, journal: Recorder, signal: AbortSignal) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#self = self;
    this.#journal = journal;
    this.#signal = signal;
  }

  /** Performs a step; one that is being performed already is waited for. */
  perform(step: StepNode, path: string, state: StateLayer, scope: Scope): Promise<Walked> {
    const running = this.underWay(path, scope);
    if (running) return running;
    const told = this.#toldIn(scope);
    const walked = this.#perform(step, path, state, scope, told).finally(() => this.#running.delete(path));
    this.#running.set(path, { walked, told });
    return walked;
  }

  /** What the step at a path gives that a walk has started which is over; from now on it hears of what fails in this one. */
  underWay(path: string, { cancel }: Scope): Promise<Walked> | undefined {
    const running = this.#running.get(path);
    if (running?.told && cancel) running.told.by(cancel);
    return running?.walked;
  }

  /** Resolves when the step at a path is not being performed any more. */
  async ended(path: string): Promise<void> {
    await this.#running.get(path)?.walked.catch(() => undefined);
  }

  /** Resolves when every step that is being performed has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running.values()].map((one) => one.walked));
  }

  async #perform(step: StepNode, path: string, state: StateLayer, scope: Scope, told: Told | undefined): Promise<Walked> {
    const { action } = step;
    const started = this.#start(path);
    const token = action.kind === 'callback' ? this.#tokenOf(started) : undefined;
    if (action.kind === 'run' || action.kind === 'callback') {
      const { attempt, startedAt: at } = started;
      const { hash } = token ?? {};
      const wait = hash === undefined ? {} : { wait: callbackWait({ path, attempt, since: at, tokenHash: hash }) };
      this.#journal.record({ record: started, fact: { type: 'step_started', path, at, data: { attempt } }, ...wait });
      if (!(await this.#journal.flush())) return HALTED;
    }
    // A sibling failed while the start was being stored.
    if (told?.failed.aborted) return this.#finish(step, started, cancelledBy(told.failed));
    if (action.kind === 'child')
      return this.#finish(step, started, {
        outcome: await performChild(this.#parts, this.#journal.row, action.child, started, state),
        models: [],
      });
    const context = stepContext(this.#parts, this.#journal.row, {
      path,
      attempt: started.attempt,
      signal: told?.all ?? this.#signal,
      ...(token ? { token: token.token } : {}),
    });
    const { outcome, models } = await performStep(action, {
      what: describeStep(step, this.#workflow.name),
      self: this.#self,
      state,
      context,
      models: this.#parts.models,
      since: started.countsFrom.at,
      ...(token ? { tokenHash: token.hash } : {}),
      ...(scope.branching === undefined ? {} : { branching: scope.branching }),
    });
    if (this.#journal.lost) return HALTED;
    const performed = { outcome: token ? withoutToken(outcome, token.token) : outcome, models };
    return this.#finish(step, started, unlessTold(performed, told?.failed));
  }

  #start(path: string): StepRecord {
    const before = this.#journal.get(path);
    const now = this.#journal.now();
    return {
      path,
      outcome: null,
      attempt: (before?.attempt ?? 0) + 1,
      countsFrom: before?.countsFrom ?? { attempt: 0, at: now },
      startedAt: now,
      ...(before?.failure ? { failure: before.failure } : {}),
      ...(before?.by === undefined ? {} : { by: before.by }),
    };
  }

  #tokenOf({ path, countsFrom }: StepRecord): { readonly token: string; readonly hash: string } {
    const token = callbackToken(this.#parts.tokens, this.#journal.row.id, path, countsFrom.attempt);
    return { token, hash: this.#parts.tokens.hash(token) };
  }

  /** What tells the steps inside this scope of a sibling that has failed fast. */
  #toldIn({ cancel }: Scope): Told | undefined {
    if (!cancel) return undefined;
    const told = this.#told.get(cancel) ?? new Told(this.#signal, cancel);
    this.#told.set(cancel, told);
    return told;
  }

  /** Records what a step gave; a result with models is stored at once, and fails the step where it can't be. */
  async #finish(step: StepNode, started: StepRecord, performed: Performed): Promise<Walked> {
    const open = step.action.kind === 'callback' ? await this.#openCall(started) : undefined;
    if (this.#journal.lost) return HALTED;
    const outcome = withCall(this.#withRetry(step, started, performed.outcome), this.#journal.get(callbackPath(started.path)), started);
    const end = endOf(started, outcome, this.#journal.now(), open);
    if (performed.models.length === 0) {
      this.#journal.record(end);
      return outcome.kind === 'waiting' && outcome.child !== undefined ? this.#unlessCircle(started, outcome) : outcome;
    }
    const { models } = this.#parts;
    const links = performed.models.flatMap((model) => linkOf(models.reference(model)));
    const result = await this.#journal.write(end, { joined: models.save(performed.models), ...(links.length > 0 ? { links } : {}) });
    if (result.stored) return outcome;
    if (result.why !== 'refused') return HALTED;
    const failure = toFailure(result.error);
    const refused = failed(failure.code === 'step_threw' ? { ...failure, code: 'store_refused' } : failure);
    return this.#finish(step, started, { outcome: refused, models: [] });
  }

  /**
   * A child may itself wait for a lock that is held around its step; then neither would ever go on. It is looked for once the wait is
   * stored, as the child looks once its request is, so that one of the two sees the other.
   */
  async #unlessCircle(started: StepRecord, outcome: Extract<Outcome, { kind: 'waiting' }>): Promise<Walked> {
    const { child = '' } = outcome;
    const { path } = started;
    if (!(await this.#journal.flush())) return HALTED;
    const circle = await findCircle(this.#parts.store, { process: this.#journal.row.id, path, child });
    if (!circle || this.#journal.lost) return outcome;
    const advice = 'Let the child do without the lock, or take it around the child alone.';
    const stuck = failed(deadlock(`The child process ${child}`, circle, advice));
    this.#journal.record({ ...endOf(started, stuck, this.#journal.now()), closeWaits: [path] });
    return stuck;
  }

  /** What is open for a call since the step's start, and what has been told already; none of it once the call has come. */
  async #openCall({ path }: StepRecord): Promise<Partial<OpenWait>> {
    const { tokenHash, progress } = (await this.#parts.store.waits(this.#journal.row.id)).find((wait) => wait.path === path) ?? {};
    return { ...(tokenHash === undefined ? {} : { tokenHash }), ...(progress === undefined ? {} : { progress }) };
  }

  #withRetry({ action }: StepNode, started: StepRecord, outcome: Outcome): Outcome {
    const retry = action.kind === 'run' || action.kind === 'callback' ? action.retry : undefined;
    if (outcome.kind !== 'failed' || !retry) return outcome;
    return afterFailure(retry, started, outcome.failure, this.#journal.now(), this.#parts.random.number());
  }
}

/** A process works on what its steps save. */
function linkOf(reference: ModelReference | undefined): readonly SubscriptionLink[] {
  return reference ? [{ subscription: reference.id, model: reference.$model }] : [];
}

/** A step that failed after a sibling had failed fast was told to stop: it is not done, and that is not its failure. */
function unlessTold({ outcome, models }: Performed, failed: AbortSignal | undefined): Performed {
  return outcome.kind === 'failed' && failed?.aborted ? cancelledBy(failed) : { outcome, models };
}

function cancelledBy({ reason }: AbortSignal): Performed {
  return { outcome: { kind: 'cancelled', by: String(reason) }, models: [] };
}

/** Tells the steps of one scope that a sibling has failed fast: in the walk that started them, or in a later one. */
class Told {
  /** Aborted by a sibling; its reason is the path of that. */
  readonly failed: AbortSignal;
  /** Aborted by that, and when the process is lost. */
  readonly all: AbortSignal;
  readonly #later = new AbortController();
  readonly #heard = new WeakSet<AbortSignal>();

  constructor(lost: AbortSignal, cancel: AbortSignal) {
    this.#heard.add(cancel);
    this.failed = AbortSignal.any([cancel, this.#later.signal]);
    this.all = AbortSignal.any([lost, this.failed]);
  }

  by(cancel: AbortSignal): void {
    if (this.#heard.has(cancel)) return;
    this.#heard.add(cancel);
    if (cancel.aborted) this.#later.abort(cancel.reason);
    else cancel.addEventListener('abort', () => this.#later.abort(cancel.reason), { once: true });
  }
}

/**
 * The record, the fact and the wait with which a step, an undo or a request for locks ends.
 * @param open what was open for a call since the step's start; undefined where nobody was to call
 */
export function endOf(started: StepRecord, outcome: Outcome, now: number, open?: Partial<OpenWait>): Entry {
  const failure = 'failure' in outcome ? outcome.failure : started.failure;
  const record: StepRecord = { ...started, outcome, endedAt: now, ...(failure ? { failure } : {}) };
  const wait = waitFor(record);
  return {
    record,
    fact: { type: 'step_ended', path: started.path, at: now, data: { outcome: outcome.kind, attempt: started.attempt } },
    ...(wait ? { wait: { ...wait, ...open } } : {}),
    ...(!wait && open ? { closeWaits: [started.path] } : {}),
  };
}

import { type Duration, toMilliseconds } from '../core/duration.js';
import type { ProcessFact } from '../core/event.js';
import type { FormReply } from '../core/form.js';
import type { Json } from '../core/json.js';
import { isEnded } from '../core/process.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessFilter, ProcessRow, ProcessWrite } from '../ports/process-store.js';
import { Due } from './due.js';
import { answer, tryAnswer } from './edits/answers.js';
import { answerCallback, callbackProgress } from './edits/calls.js';
import { Editor } from './edits/editor.js';
import { ABORTED, abort, undo } from './edits/endings.js';
import { editState, type Operation, type StateEdit, skip } from './edits/operations.js';
import { retry } from './edits/retries.js';
import { type ForkOptions, storeFork } from './forks.js';
import { type EngineOptions, Heartbeat, leaseOf } from './heartbeat.js';
import type { EngineParts, EnginePorts } from './parts.js';
import { type ProcessDetails, readDetails } from './process-details.js';
import { unknownProcess } from './refusals.js';
import { Registry } from './registry.js';
import { toAnswers } from './run/perform-step.js';
import { Runs } from './runs.js';
import { Scheduler } from './scheduler.js';
import { type Started, type StartOptions, storeStart, tryStart } from './starts.js';
import { WriteQueue } from './write-queue.js';

/** How an open form is answered. */
export interface AnswerOptions {
  /** The open form, by its id (`path@attempt`) or path; may be left out where exactly one is open. */
  readonly form?: string;
  /** Who answers. */
  readonly by?: string;
}

/** How a process is ended. */
export interface AbortOptions {
  /** @default 'aborted' */
  readonly reason?: string;
  /** Who ends it. */
  readonly by?: string;
  /** Whether its steps are taken back: running ones are let finish, and then the undos are performed. @default false */
  readonly undo?: boolean;
}

/** Hears of every fact once it is stored. */
export type FactListener = (process: string, fact: ProcessFact) => void;

/**
 * Starts processes, moves them durably, and answers for them. Made by `openService()`.
 *
 * Every method that changes something resolves when the change is durable; the process then moves on by itself, and `settled` waits
 * until it stops.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #registry: Registry;
  readonly #runs: Runs;
  readonly #editor: Editor;
  readonly #heartbeat: Heartbeat;
  readonly #schedulers = new Set<Scheduler>();
  readonly #listeners = new Set<FactListener>();
  readonly #due: Due;

  /** @throws StepwrightError `definition` for two different workflows of one name, or a call back that has no URL */
  constructor(ports: EnginePorts, workflows: readonly Workflow[], options: EngineOptions = {}) {
    const queue = new WriteQueue(ports.store, (write) => this.#stored(write));
    const peers = {
      start: (workflow: string, input: Json | undefined, how: StartOptions) => this.start(workflow, input, how),
      retry: (process: string) => this.retry(process),
      abort: (process: string, how: AbortOptions) => this.abort(process, how),
    };
    const publicUrl = options.publicUrl?.replace(/\/+$/, '');
    this.#parts = { ...ports, queue, peers, publicUrl };
    this.#registry = new Registry(workflows, { hasUrl: publicUrl !== undefined });
    const runner = ports.random.uuid();
    this.#runs = new Runs(this.#parts, this.#registry, runner, () => this.#heartbeat.register());
    this.#editor = new Editor(this.#parts, this.#registry);
    this.#heartbeat = new Heartbeat(this.#parts, runner, leaseOf(options), () => this.#runs.compare());
    this.#due = new Due(this.#editor, this.#runs, this.#heartbeat, runner);
  }

  /** The workflows that this engine knows. */
  get workflows(): readonly Workflow[] {
    return this.#registry.all();
  }

  /** What a workflow's initial form says to these answers (the next page, what is wrong, or done); starts nothing. */
  tryStart(workflow: string, input?: Json): Promise<FormReply> {
    return tryStart(this.#registry, this.#registry.get(workflow), toAnswers(input));
  }

  /**
   * Starts a process.
   * @param input the answers of the initial form, one object per page; a single object is short for one page
   * @throws StepwrightError `unknown_workflow`, `input_refused`, `conflict`; then nothing is stored
   */
  async start(workflow: string, input?: Json, options: StartOptions = {}): Promise<Started> {
    await this.#heartbeat.start();
    const started = await storeStart(this.#parts, this.#registry, this.#registry.get(workflow), toAnswers(input), options);
    if (!started.existed) this.#runs.drive(started.id);
    return started;
  }

  /**
   * Starts a process that continues an older one from one of its steps: what came before it there is taken as done, and not taken back with
   * the new one. The older process stays as it is.
   * @returns the id of the new process
   * @throws StepwrightError `unknown_process`, `wrong_use` where the older process never came to that step
   */
  async fork(process: string, options: ForkOptions): Promise<string> {
    await this.#heartbeat.start();
    const { row } = await this.#editor.read(process);
    const id = await storeFork(this.#parts, this.#registry.get(row.workflow), row, options);
    this.#runs.drive(id);
    return id;
  }

  /** What an open form says to these answers; stores nothing. */
  tryAnswer(process: string, input?: Json, options: AnswerOptions = {}): Promise<FormReply> {
    return tryAnswer(this.#editor, process, toAnswers(input), options.form);
  }

  /**
   * Answers an open form, and lets the process go on.
   * @param input one object per page; a single object is short for one page
   * @throws StepwrightError `unknown_process`, `wrong_status`, `input_refused`, `conflict` (somebody answered first); then nothing is
   * stored
   */
  async resume(process: string, input?: Json, options: AnswerOptions = {}): Promise<void> {
    await this.#edit(process, () => answer(this.#editor, process, toAnswers(input), options.form, options.by));
  }

  /**
   * Takes a call from another system as the end of the step that awaits it, and lets the process go on.
   * @param token what the step got as `ctx.callbackToken`, and in `ctx.callbackUrl`; it works once
   * @returns the process that it was for
   * @throws StepwrightError `unknown_callback` for a token that was never given out, has been used, or is too late; `input_refused`; then
   * nothing is stored
   */
  async answerCallback(token: string, body?: Json): Promise<string> {
    await this.#heartbeat.start();
    const process = await answerCallback(this.#editor, token, body);
    this.#runs.drive(process);
    return process;
  }

  /**
   * Keeps what another system tells of how far it is; it stands in the open wait, as `progress`.
   * @throws StepwrightError `unknown_callback`
   */
  callbackProgress(token: string, progress: Json): Promise<string> {
    return callbackProgress(this.#editor, token, progress);
  }

  /**
   * Performs what failed, or waits to be tried again, anew: every such step, or the one at `path`. Of a process that was taken back: every
   * undo that failed.
   * @throws StepwrightError `unknown_process`, `wrong_status`
   */
  async retry(process: string, options: { readonly path?: string; readonly by?: string } = {}): Promise<void> {
    await this.#edit(process, () => retry(this.#editor, process, options.path, options.by));
  }

  /**
   * Records a step as skipped that has not been done, so that the process goes on without it.
   * @throws StepwrightError `unknown_process`, `wrong_status`, `wrong_use` where there is no such step
   */
  async skip(process: string, path: string, options: Operation = {}): Promise<void> {
    await this.#edit(process, () => skip(this.#editor, process, path, options));
  }

  /**
   * Changes the state of a process that has stopped, from its open step on; what was done before stays as it was.
   * @throws StepwrightError `unknown_process`, `wrong_status`, `wrong_use` where it is not clear which step is meant, `not_json`
   */
  editState(process: string, edit: StateEdit): Promise<void> {
    return editState(this.#editor, process, edit);
  }

  /**
   * Ends a process, whatever it does, and the processes that its steps started. A running step is told through its signal, and its result
   * is not stored. With `undo` it is taken back instead.
   * @throws StepwrightError `unknown_process`, `wrong_status` when it has ended already
   */
  async abort(process: string, options: AbortOptions = {}): Promise<void> {
    const reason = options.reason ?? ABORTED;
    if (options.undo) return this.#edit(process, () => undo(this.#editor, process, options.reason, options.by));
    await abort(this.#editor, process, reason, options.by);
    this.#runs.lose(process, reason);
    await this.#due.abortOrphans();
  }

  /** @throws StepwrightError `unknown_process` */
  async get(process: string): Promise<ProcessDetails> {
    const details = await readDetails(this.#parts.store, process);
    if (!details) throw unknownProcess(process);
    return details;
  }

  /** Processes, the newest first. */
  list(filter: ProcessFilter = {}): Promise<readonly ProcessRow[]> {
    return this.#parts.store.list(filter);
  }

  /** The facts about a process, in the order in which they were stored. @param after only those behind the one with this id */
  facts(process: string, after?: number): ReturnType<EngineParts['store']['facts']> {
    return this.#parts.store.facts(process, after);
  }

  /** Waits until this engine moves neither the process nor one that it waits for any more, and gives it as it then is. */
  async settled(process: string): Promise<ProcessDetails> {
    for (;;) {
      await this.#runs.settled(process);
      await this.#due.freed();
      if (this.#runs.has(process)) continue;
      const details = await this.get(process);
      const moving = details.waits.flatMap(({ child }) => (child !== undefined && this.#runs.has(child) ? [child] : []));
      if (moving.length === 0 && !this.#due.isFreeing && !this.#runs.has(process)) return details;
      for (const child of moving) await this.settled(child);
    }
  }

  /**
   * Moves whatever is due: timers that have come, and processes that a dead runner left, or only this process's; waits until each stops.
   *
   * When one could not be moved, as when the database went away, it rejects with the reason, after the others have stopped.
   * @returns the processes that were moved
   */
  async tick(process?: string): Promise<readonly string[]> {
    const { moved, broken } = await this.#due.wake(process);
    const ends = await Promise.allSettled(moved.map((id) => this.settled(id)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    if (broken) throw broken.reason;
    return moved;
  }

  /**
   * Moves whatever is due, at its time: everything, or only this process.
   * @returns ends that; `close` does too
   */
  runScheduler(process?: string): () => Promise<void> {
    const scheduler = new Scheduler(this.#parts, () => this.#due.wake(process), process);
    this.#schedulers.add(scheduler);
    scheduler.start();
    return () => {
      this.#schedulers.delete(scheduler);
      return scheduler.stop();
    };
  }

  /** Hears of every fact that this engine stores, from now on; the result ends that. */
  onFact(listener: FactListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts no further step, waits for the running ones, stores what they gave, and ends every timer.
   * @param options.grace how long to wait; a step that runs longer is told through its signal, its result is not stored, and the next
   * engine performs it anew @default without end
   */
  async close(options: { readonly grace?: Duration } = {}): Promise<void> {
    this.#due.stop();
    await Promise.all([...this.#schedulers].map((scheduler) => scheduler.stop()));
    const { clock } = this.#parts;
    const hurry =
      options.grace === undefined
        ? () => undefined
        : clock.at(clock.now() + toMilliseconds(options.grace, 'The grace'), () => this.#runs.abandon());
    try {
      await this.#runs.stop();
      await this.#due.freed();
    } finally {
      hurry();
      await this.#heartbeat.stop();
    }
  }

  async #edit(process: string, edit: () => Promise<void>): Promise<void> {
    await this.#heartbeat.start();
    await edit();
    this.#runs.drive(process);
  }

  #stored({ process, change, facts = [], openWaits = [], releaseLocks }: ProcessWrite): void {
    for (const { deadline } of openWaits) {
      if (deadline !== undefined) for (const scheduler of this.#schedulers) scheduler.expect(deadline);
    }
    const { status } = change ?? {};
    const mayFree = releaseLocks !== undefined || openWaits.some(({ kind }) => kind === 'child' || kind === 'lock');
    if (mayFree || (status !== undefined && (status === 'failed' || isEnded(status)))) this.#due.free();
    this.#tell(process, facts);
  }

  #tell(process: string, facts: readonly ProcessFact[]): void {
    const broke = (error: unknown) => this.#parts.logger.error({ process, err: error }, 'a listener broke');
    for (const fact of facts) {
      for (const listener of this.#listeners) {
        try {
          const heard: unknown = listener(process, fact);
          if (heard instanceof Promise) heard.catch(broke); // an async function's rejection, left alone, would end the whole program
        } catch (error) {
          broke(error);
        }
      }
    }
  }
}

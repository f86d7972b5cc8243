import { type Duration, toMilliseconds } from '../core/duration.js';
import type { ProcessFact } from '../core/event.js';
import type { FormReply } from '../core/form.js';
import type { Json } from '../core/json.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessFilter, ProcessRow, ProcessWrite } from '../ports/process-store.js';
import { Edits } from './edits.js';
import { type EngineOptions, Heartbeat, leaseOf } from './heartbeat.js';
import type { EngineParts, EnginePorts } from './parts.js';
import { toAnswers } from './perform-step.js';
import { type ProcessDetails, readDetails } from './process-details.js';
import { unknownProcess } from './refusals.js';
import { Registry } from './registry.js';
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
  readonly #edits: Edits;
  readonly #heartbeat: Heartbeat;
  readonly #runner: string;
  readonly #schedulers = new Set<Scheduler>();
  /** The workflows that were met, and are not loaded. */
  readonly #unknown = new Set<string>();
  readonly #listeners = new Set<FactListener>();

  /** @throws StepwrightError `definition` for two different workflows of one name */
  constructor(ports: EnginePorts, workflows: readonly Workflow[], options: EngineOptions = {}) {
    const queue = new WriteQueue(ports.store, (write) => this.#stored(write));
    this.#parts = { ...ports, queue };
    this.#registry = new Registry(workflows);
    this.#runner = ports.random.uuid();
    this.#runs = new Runs(this.#parts, this.#registry, this.#runner, () => this.#heartbeat.register());
    this.#edits = new Edits(this.#parts, this.#registry);
    this.#heartbeat = new Heartbeat(this.#parts, this.#runner, leaseOf(options), () => this.#runs.compare());
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

  /** What an open form says to these answers; stores nothing. */
  tryAnswer(process: string, input?: Json, options: AnswerOptions = {}): Promise<FormReply> {
    return this.#edits.tryAnswer(process, toAnswers(input), options.form);
  }

  /**
   * Answers an open form, and lets the process go on.
   * @param input one object per page; a single object is short for one page
   * @throws StepwrightError `unknown_process`, `wrong_status`, `input_refused`, `conflict` (somebody answered first); then nothing is
   * stored
   */
  async resume(process: string, input?: Json, options: AnswerOptions = {}): Promise<void> {
    await this.#edit(process, () => this.#edits.answer(process, toAnswers(input), options.form, options.by));
  }

  /**
   * Performs what failed, or waits to be tried again, anew: every such step, or the one at `path`.
   * @throws StepwrightError `unknown_process`, `wrong_status`
   */
  async retry(process: string, options: { readonly path?: string; readonly by?: string } = {}): Promise<void> {
    await this.#edit(process, () => this.#edits.retry(process, options.path, options.by));
  }

  /**
   * Ends a process, whatever it does. A running step is told through its signal, and its result is not stored.
   * @throws StepwrightError `unknown_process`, `wrong_status` when it has ended already
   */
  async abort(process: string, options: { readonly reason?: string; readonly by?: string } = {}): Promise<void> {
    const reason = options.reason ?? 'aborted';
    await this.#edits.abort(process, reason, options.by);
    this.#runs.lose(process, reason);
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

  /** Waits until this engine does not move the process any more, and gives it as it then is. */
  async settled(process: string): Promise<ProcessDetails> {
    await this.#runs.settled(process);
    return this.get(process);
  }

  /**
   * Moves whatever is due: timers that have come, and processes that a dead runner left, or only this process's; waits until each stops.
   *
   * When one could not be moved, as when the database went away, it rejects with the reason, after the others have stopped.
   * @returns the processes that were moved
   */
  async tick(process?: string): Promise<readonly string[]> {
    const moved = await this.#wake(process);
    const ends = await Promise.allSettled(moved.map((id) => this.#runs.settled(id)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return moved;
  }

  /**
   * Moves whatever is due, at its time: everything, or only this process.
   * @returns ends that; `close` does too
   */
  runScheduler(process?: string): () => Promise<void> {
    const scheduler = new Scheduler(this.#parts, () => this.#wake(process), process);
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
    await Promise.all([...this.#schedulers].map((scheduler) => scheduler.stop()));
    const { clock } = this.#parts;
    const hurry =
      options.grace === undefined
        ? () => undefined
        : clock.at(clock.now() + toMilliseconds(options.grace, 'The grace'), () => this.#runs.abandon());
    try {
      await this.#runs.stop();
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

  /** Starts moving what is due; resolves when it is known what that is. */
  async #wake(process?: string): Promise<readonly string[]> {
    await this.#heartbeat.start();
    await this.#heartbeat.reap();
    const { store, clock } = this.#parts;
    const moved = new Set<string>();
    for (const timer of await store.dueTimers(clock.now(), process)) {
      if (!(await this.#isKnown(timer.process))) continue;
      await this.#edits.wake(timer.process, timer.path, timer.attempt);
      moved.add(timer.process);
    }
    for (const id of await store.unclaimed(this.#runner, process)) if (!this.#runs.has(id) && (await this.#isKnown(id))) moved.add(id);
    for (const id of moved) this.#runs.drive(id);
    return [...moved];
  }

  /** Whether a process's workflow is loaded here; where it is not, that is said once. */
  async #isKnown(process: string): Promise<boolean> {
    const row = await this.#parts.store.process(process);
    if (!row || this.#registry.find(row.workflow)) return row !== undefined;
    if (!this.#unknown.has(row.workflow)) {
      this.#parts.logger.warn({ process, workflow: row.workflow }, 'the workflow of this process is not loaded here');
      this.#unknown.add(row.workflow);
    }
    return false;
  }

  #stored({ process, facts = [], openWaits = [] }: ProcessWrite): void {
    for (const { deadline } of openWaits) {
      if (deadline !== undefined) for (const scheduler of this.#schedulers) scheduler.expect(deadline);
    }
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

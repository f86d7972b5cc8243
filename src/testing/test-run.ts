import type { Duration } from '../core/duration.js';
import { type Failure, StepwrightError } from '../core/error.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { isStepPath, UNDO_PATH, undoPath } from '../core/path.js';
import type { ProcessStatus } from '../core/process.js';
import type { State } from '../core/state.js';
import type { ProcessDetails } from '../engine/process-details.js';
import { callbackToken } from '../engine/run/step-context.js';
import type { OpenWait } from '../ports/process-store.js';
import type { TestWorld } from './test-world.js';

/** One process under test; what it says is as of its last stop. */
export class TestRun {
  readonly #world: TestWorld;
  #details: ProcessDetails;
  #children: readonly string[];

  /** Made by `testWorkflow(…).start()`. @param children the ids of the processes that its steps started */
  constructor(world: TestWorld, details: ProcessDetails, children: readonly string[]) {
    this.#world = world;
    this.#details = details;
    this.#children = children;
  }

  get id(): string {
    return this.#details.id;
  }

  /** The name of its workflow. */
  get workflow(): string {
    return this.#details.workflow;
  }

  get status(): ProcessStatus {
    return this.#details.status;
  }

  get state(): State {
    return this.#details.state;
  }

  /** Why it failed or was aborted. */
  get failure(): Failure | undefined {
    return this.#details.failure;
  }

  /** What it waits for. */
  get waits(): readonly OpenWait[] {
    return this.#details.waits;
  }

  /** The processes that its steps started, in the order in which they did. */
  get children(): readonly TestRun[] {
    return this.#children.map((id) => this.#world.run(id));
  }

  /** The journal's entry for a step, by its path. */
  record(path: string): StepRecord | undefined {
    return this.#details.records.find((record) => record.path === path);
  }

  /** The paths of the steps that were done, in the order in which they were started. */
  get done(): readonly string[] {
    const isStep = ({ path, decision }: StepRecord) => isStepPath(path) && decision === undefined;
    return this.#details.records.filter((record) => isStep(record) && record.outcome?.kind === 'success').map(({ path }) => path);
  }

  /** The paths of the steps that were taken back, in the order in which that was begun. */
  get undone(): readonly string[] {
    const mark = undoPath('');
    return this.#details.records
      .filter(({ path, outcome }) => path.endsWith(mark) && path !== UNDO_PATH && outcome?.kind === 'success')
      .map(({ path }) => path.slice(0, -mark.length));
  }

  /** Answers the open form, and moves the process until it stops. */
  submit(input?: unknown, options: { readonly form?: string } = {}): Promise<this> {
    return this.#after(() => this.#world.engine.resume(this.id, input as Json, options));
  }

  /**
   * Calls back, as the system that got the URL would, and moves the process until it stops.
   * @param options.path the step that is called back; may be left out where one awaits a call
   * @throws StepwrightError `input_refused` where the step refuses the body, `wrong_status` where none awaits a call
   */
  callback(body?: unknown, options: { readonly path?: string } = {}): Promise<this> {
    return this.#after(async () => {
      const { path } = this.#openCall(options.path);
      const attempts = this.record(path)?.countsFrom.attempt ?? 0;
      await this.#world.engine.answerCallback(callbackToken(this.#world.tokens, this.id, path, attempts), body as Json);
    });
  }

  /** Lets time pass, for every process of the test: every timer due meanwhile fires, in order. */
  advance(duration: Duration): Promise<this> {
    return this.#after(() => this.#world.advance(duration));
  }

  /** Performs what failed anew, as an operator would. */
  retry(path?: string): Promise<this> {
    return this.#after(() => this.#world.engine.retry(this.id, path === undefined ? {} : { path }));
  }

  /** Goes on without a step that has not been done, as an operator would. */
  skip(path: string, reason?: string): Promise<this> {
    return this.#after(() => this.#world.engine.skip(this.id, path, reason === undefined ? {} : { reason }));
  }

  /**
   * Changes the state before an open step, as an operator would; the process stays where it is.
   * @param changes keys with their new values; undefined takes a key away
   * @param options.before the step; may be left out where one is open
   */
  editState(changes: Readonly<Record<string, unknown>>, options: { readonly before?: string } = {}): Promise<this> {
    return this.#after(() => this.#world.engine.editState(this.id, { changes, ...options }));
  }

  abort(reason?: string): Promise<this> {
    return this.#after(() => this.#world.engine.abort(this.id, reason === undefined ? {} : { reason }));
  }

  /** Has the process taken back, as an operator would. */
  undo(reason?: string): Promise<this> {
    return this.#after(() => this.#world.engine.abort(this.id, { undo: true, ...(reason === undefined ? {} : { reason }) }));
  }

  /**
   * Starts another process that continues this one from a step, and moves it until it stops.
   * @param from the path of the step with which it begins
   * @param options.state keys of the state that the step finds changed
   */
  async fork(from: string, options: { readonly state?: Readonly<Record<string, unknown>> } = {}): Promise<TestRun> {
    return this.#world.stopped(await this.#world.engine.fork(this.id, { from, ...options }));
  }

  /** Takes over how the process stands. */
  look(details: ProcessDetails, children: readonly string[]): void {
    this.#details = details;
    this.#children = children;
  }

  #openCall(path: string | undefined): OpenWait {
    const open = this.waits.filter(({ kind }) => kind === 'callback');
    const [only, ...others] = open.filter((wait) => path === undefined || wait.path === path);
    if (only && others.length === 0) return only;
    const which = open.length === 0 ? 'it awaits no call' : `the steps that await a call are: ${open.map((wait) => wait.path).join(', ')}`;
    throw new StepwrightError('wrong_status', `Process ${this.id} is ${this.status}; ${which}.${only ? ' Name one as "path".' : ''}`);
  }

  async #after(action: () => Promise<void>): Promise<this> {
    await action();
    await this.#world.stopped(this.id);
    return this;
  }
}

import { workflowOf } from '../author/workflow.js';
import { type Duration, toMilliseconds } from '../core/duration.js';
import { type Failure, StepwrightError } from '../core/error.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { ProcessStatus } from '../core/process.js';
import type { State } from '../core/state.js';
import type { Workflow } from '../core/workflow.js';
import { Engine } from '../engine/engine.js';
import type { ProcessDetails } from '../engine/process-details.js';
import type { OpenWait } from '../ports/process-store.js';
import { copyTree } from './copy-tree.js';
import { MemoryHost } from './memory-host.js';
import { MemoryModelStore } from './memory-model-store.js';
import { MemoryProcessStore } from './memory-process-store.js';
import { SeededRandom } from './seeded-random.js';
import { SilentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

const NEVER = Number.MAX_SAFE_INTEGER;

/** How a workflow is tested. */
export interface TestOptions {
  /** The arguments of the workflow class's constructor, such as fakes of the outside world. @default none */
  readonly with?: readonly unknown[];
  /** Domain models that are there before the first start, as copies: these objects stay as they are. @default none */
  readonly models?: readonly object[];
  /** Seeds ids and jitter. @default 1 */
  readonly seed?: number;
}

/** A workflow on in-memory stores and a virtual clock: nothing is written, and nothing really waits. */
export interface WorkflowTest {
  readonly clock: VirtualClock;
  readonly models: MemoryModelStore;
  /**
   * Starts a process, and moves it until it stops.
   * @param input the answers of the initial form, one object per page; a single object is short for one page
   * @throws StepwrightError `input_refused` where the form refuses them
   */
  start(input?: unknown): Promise<TestRun>;
}

/**
 * Makes a workflow ready to be tested.
 * @param type a class decorated with `@workflow`, or what `defineWorkflow` gave
 * @example
 * ```ts
 * const run = await testWorkflow(CreateL2Vpn, { with: [new FakeNetwork()] }).start(order);
 * expect(run.status).toBe('waiting');
 * await run.advance('1m');
 * ```
 */
export function testWorkflow(type: unknown, options: TestOptions = {}): WorkflowTest {
  const workflow = withArguments(type, options.with);
  const clock = new VirtualClock();
  const models = new MemoryModelStore();
  const random = new SeededRandom(options.seed ?? 1);
  const store = new MemoryProcessStore();
  // A heartbeat would fire a thousand times an hour of virtual time, and nobody listens.
  const engine = new Engine({ store, models, clock, random, logger: new SilentLogger(), host: new MemoryHost() }, [workflow], {
    lease: NEVER,
  });
  let given: Promise<void> | undefined;
  return {
    clock,
    models,
    async start(input) {
      given ??= models.put(...copies(options.models ?? []));
      await given;
      const { id } = await engine.start(workflow.name, input as Json);
      return new TestRun(engine, clock, await engine.settled(id));
    },
  };
}

/** One process under test; what it says is as of its last stop. */
export class TestRun {
  readonly #engine: Engine;
  readonly #clock: VirtualClock;
  #details: ProcessDetails;

  constructor(engine: Engine, clock: VirtualClock, details: ProcessDetails) {
    this.#engine = engine;
    this.#clock = clock;
    this.#details = details;
  }

  get id(): string {
    return this.#details.id;
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

  /** The journal's entry for a step, by its path. */
  record(path: string): StepRecord | undefined {
    return this.#details.records.find((record) => record.path === path);
  }

  /** The paths of the steps that were done, in the order in which they were started. */
  get done(): readonly string[] {
    const steps = this.#details.records.filter((record) => !record.path.includes('#') && record.outcome?.kind === 'success');
    return steps.map((record) => record.path);
  }

  /** Answers the open form, and moves the process until it stops. */
  submit(input?: unknown, options: { readonly form?: string } = {}): Promise<this> {
    return this.#after(() => this.#engine.resume(this.id, input as Json, options));
  }

  /** Lets time pass: every timer due meanwhile fires, in order. */
  advance(duration: Duration): Promise<this> {
    const until = this.#clock.now() + toMilliseconds(duration, 'The time to advance');
    return this.#after(async () => {
      for (let next = this.#nextTimer(); next !== undefined && next <= until; next = this.#nextTimer()) {
        await this.#clock.advanceTo(Math.max(next, this.#clock.now()));
        await this.#engine.tick(this.id);
        this.#details = await this.#engine.settled(this.id);
      }
      await this.#clock.advanceTo(until);
    });
  }

  /** Performs what failed anew, as an operator would. */
  retry(path?: string): Promise<this> {
    return this.#after(() => this.#engine.retry(this.id, path === undefined ? {} : { path }));
  }

  abort(reason?: string): Promise<this> {
    return this.#after(() => this.#engine.abort(this.id, reason === undefined ? {} : { reason }));
  }

  #nextTimer(): number | undefined {
    const deadlines = this.#details.waits.flatMap((wait) => wait.deadline ?? []);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  async #after(action: () => Promise<void>): Promise<this> {
    await action();
    this.#details = await this.#engine.settled(this.id);
    return this;
  }
}

/** Copies of models; what they share, the copies share too. */
function copies(models: readonly object[]): readonly object[] {
  const known = new Map<object, object>();
  return models.map((model) => copyTree(model, (met) => met, known));
}

function withArguments(type: unknown, args: readonly unknown[] | undefined): Workflow {
  const workflow = workflowOf(type);
  if (!workflow)
    throw new StepwrightError(
      'definition',
      `testWorkflow() takes a class decorated with @workflow, or what defineWorkflow() gave, not ${typeof type === 'function' ? `the class or function ${type.name}` : String(type)}.`,
    );
  if (args === undefined) return workflow;
  if (typeof type !== 'function')
    throw new StepwrightError('definition', `"with" has arguments for a constructor, but "${workflow.name}" is no class.`);
  return { ...workflow, instantiate: () => Object.freeze(Reflect.construct(type, [...args])) };
}

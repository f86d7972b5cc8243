import { workflowOf } from '../author/workflow.js';
import { StepwrightError } from '../core/error.js';
import type { Json } from '../core/json.js';
import type { Workflow } from '../core/workflow.js';
import { Engine } from '../engine/engine.js';
import { tokenOf } from '../engine/run/step-context.js';
import { copyTree } from './copy-tree.js';
import { MemoryHost } from './memory-host.js';
import { MemoryModelStore } from './memory-model-store.js';
import { MemoryProcessStore } from './memory-process-store.js';
import { PlainTokens } from './plain-tokens.js';
import { SeededRandom } from './seeded-random.js';
import { SilentLogger } from './silent-logger.js';
import type { TestRun } from './test-run.js';
import { TestWorld } from './test-world.js';
import { VirtualClock } from './virtual-clock.js';

const NEVER = Number.MAX_SAFE_INTEGER;

/** How a workflow is tested. */
export interface TestOptions {
  /** The arguments of the workflow class's constructor, such as fakes of the outside world. @default none */
  readonly with?: readonly unknown[];
  /** Domain models that are there before the first start, as copies: these objects stay as they are. @default none */
  readonly models?: readonly object[];
  /** Other workflows that its steps start: classes decorated with `@workflow`, and what `defineWorkflow` gave. @default none */
  readonly workflows?: readonly unknown[];
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
  /**
   * Calls back while the step that asked for it still runs, as a fake of another system may do; later, `run.callback()` does it.
   * @param url what the step got as `ctx.callbackUrl`
   * @throws StepwrightError `unknown_callback`, `input_refused`
   */
  callBack(url: string, body?: unknown): Promise<void>;
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
  const others = (options.workflows ?? []).map((other) => toWorkflow(other, '"workflows" has'));
  const clock = new VirtualClock();
  const models = new MemoryModelStore();
  const random = new SeededRandom(options.seed ?? 1);
  const store = new MemoryProcessStore();
  const tokens = new PlainTokens();
  const ports = { store, models, clock, random, logger: new SilentLogger(), host: new MemoryHost(), tokens };
  // A heartbeat would fire a thousand times an hour of virtual time, and nobody listens.
  const engine = new Engine(ports, [workflow, ...others], { lease: NEVER, publicUrl: 'https://stepwright.test' });
  const world = new TestWorld(engine, store, clock, tokens);
  let given: Promise<void> | undefined;
  return {
    clock,
    models,
    async start(input) {
      given ??= models.put(...copies(options.models ?? []));
      await given;
      const { id } = await engine.start(workflow.name, input as Json);
      return world.stopped(id);
    },
    async callBack(url, body) {
      await engine.answerCallback(tokenOf(url), body as Json);
    },
  };
}

/** Copies of models; what they share, the copies share too. */
function copies(models: readonly object[]): readonly object[] {
  const known = new Map<object, object>();
  return models.map((model) => copyTree(model, (met) => met, known));
}

function withArguments(type: unknown, args: readonly unknown[] | undefined): Workflow {
  const workflow = toWorkflow(type, 'testWorkflow() was given');
  if (args === undefined) return workflow;
  if (typeof type !== 'function')
    throw new StepwrightError('definition', `"with" has arguments for a constructor, but "${workflow.name}" is no class.`);
  return { ...workflow, instantiate: () => Object.freeze(Reflect.construct(type, [...args])) };
}

function toWorkflow(value: unknown, where: string): Workflow {
  const workflow = workflowOf(value);
  if (workflow) return workflow;
  const what = typeof value === 'function' ? `the class or function ${value.name}` : String(value);
  throw new StepwrightError(
    'definition',
    `${where} ${what}, which is no workflow; give a class decorated with @workflow, or what defineWorkflow() gave.`,
  );
}

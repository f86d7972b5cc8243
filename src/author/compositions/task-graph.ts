import { StepwrightError } from '../../core/error.js';
import { didYouMean } from '../../core/nearest.js';
import { type GraphNode, type GraphOptions, graphNode } from '../../core/nodes/graph/graph.js';
import { callerLocation } from '../location.js';
import type { UndoOption } from '../steps/undo.js';
import { checkGraphOptions, makeTask, type TaskOptions } from './graph.js';
import { BUILDS, type NodeBuilder, type Steppable } from './steppable.js';

interface Declared {
  readonly run: Steppable;
  readonly options: TaskOptions;
  readonly source: string | undefined;
}

/**
 * A task graph that is built by calls; it stands wherever a step can, and is built once, when it is first used.
 *
 * Its tasks are those of `graph()`, and may be declared in any order.
 * @example `new TaskGraph('deployment').task('check', check).task('deploy', deploy, { after: ['check'] }).undo('deploy', remove)`
 */
export class TaskGraph implements NodeBuilder {
  readonly [BUILDS] = true;
  readonly #name: string;
  readonly #options: Omit<GraphOptions, 'name'>;
  readonly #tasks = new Map<string, Declared>();
  #node: GraphNode | undefined;

  /** @param name what it is called in paths */
  constructor(name = 'graph', options: Omit<GraphOptions, 'name'> = {}) {
    checkGraphOptions(options);
    this.#name = name;
    this.#options = options;
  }

  /**
   * Adds a task.
   * @throws StepwrightError `definition` for a name that it has already, and once it is built
   */
  task(name: string, run: Steppable, options: TaskOptions = {}): this {
    this.#refuseIfBuilt(`the task "${name}"`);
    if (this.#tasks.has(name))
      throw new StepwrightError('definition', `${this.#what} has a task "${name}" already; give one of them another name.`);
    this.#tasks.set(name, { run, options, source: callerLocation() });
    return this;
  }

  /**
   * Says how a task that runs a plain function is taken back.
   * @throws StepwrightError `definition` for a task that is not there, or has its undo already, and once it is built
   */
  undo(name: string, undo: UndoOption): this {
    this.#refuseIfBuilt(`the undo of "${name}"`);
    const task = this.#tasks.get(name);
    if (!task)
      throw new StepwrightError(
        'definition',
        `${this.#what} has no task "${name}" to undo.${didYouMean(name, this.#tasks.keys())} Declare the task first.`,
      );
    if (task.options.undo)
      throw new StepwrightError('definition', `${this.#what}: the task "${name}" has an undo already; a task is taken back by one.`);
    this.#tasks.set(name, { ...task, options: { ...task.options, undo } });
    return this;
  }

  /**
   * The graph as a node, the same on every call.
   * @throws StepwrightError `definition` for what `graph()` refuses
   */
  build(): GraphNode {
    this.#node ??= graphNode(
      [...this.#tasks].map(([name, { run, options, source }]) => makeTask(name, { ...options, run }, this.#name, source)),
      { ...this.#options, name: this.#name },
    );
    return this.#node;
  }

  get #what(): string {
    return `The graph "${this.#name}"`;
  }

  #refuseIfBuilt(what: string): void {
    if (this.#node)
      throw new StepwrightError('definition', `${this.#what} is in use already, so ${what} comes too late; declare all of it first.`);
  }
}

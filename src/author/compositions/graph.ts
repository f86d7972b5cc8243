import { StepwrightError } from '../../core/error.js';
import { isObject } from '../../core/json.js';
import { didYouMean } from '../../core/nearest.js';
import { type GraphNode, type GraphOptions, graphNode, type Task } from '../../core/nodes/graph/graph.js';
import type { TriggerRule } from '../../core/nodes/graph/trigger-rule.js';
import type { Node } from '../../core/nodes/node.js';
import { type RetryOptions, retryPolicy } from '../../core/retry-policy.js';
import { within } from '../definition-error.js';
import { checkOptions } from '../known-options.js';
import { callerLocation } from '../location.js';
import type { AnyFunction } from '../method-records.js';
import type { Params } from '../steps/build-step.js';
import { wrapFunction } from '../steps/step.js';
import type { UndoOption } from '../steps/undo.js';
import { isBuilder, isNode, type Steppable, toNode } from './steppable.js';

/** When a task runs, and how; `undo`, `params` and `retry` are for a plain function, for a step has its own. */
export interface TaskOptions<Name extends string = string> {
  /** The tasks that come before it. @default none */
  readonly after?: readonly Name[];
  /** When it runs, by how those ended. @default 'all_success' */
  readonly rule?: TriggerRule;
  /** How to take it back. */
  readonly undo?: UndoOption;
  /** The types of the function's parameters, by name. @default plain JSON */
  readonly params?: Params;
  /** How it is tried again when it throws. @default not at all */
  readonly retry?: RetryOptions;
}

/** A task of a graph: a plain function, a step or a composition, or either as `run` beside options. */
export type GraphTask<Name extends string = string> = Steppable | (TaskOptions<Name> & { readonly run: Steppable });

const OPTIONS: readonly string[] = ['after', 'rule', 'undo', 'params', 'retry'] satisfies (keyof TaskOptions)[];

/** The name of the step that a task's plain function becomes. */
const RUN = 'run';

/**
 * Performs tasks in the order of what they depend on; those that do not depend on one another go side by side.
 *
 * A task sees what the tasks before it changed, and only that. In paths its steps stand inside it, `graph/deploy/Push`; a plain function
 * is a step named "run", `graph/check/run`.
 * @throws StepwrightError `definition` for no tasks, an unknown name in `after`, a circle, which it shows, or what is no step
 * @example `graph({ check, deploy: { run: deploy, after: ['check'], undo: remove }, mail: { run: mail, after: ['deploy'] } })`
 */
export function graph<Name extends string>(tasks: Readonly<Record<Name, GraphTask<NoInfer<Name>>>>, options: GraphOptions = {}): GraphNode {
  if (!isObject(tasks) || isNode(tasks) || isBuilder(tasks))
    throw new StepwrightError(
      'definition',
      "graph() takes its tasks by name: graph({ check: fn, deploy: { run: fn, after: ['check'] } }).",
    );
  checkGraphOptions(options);
  const source = callerLocation();
  const { name: graphName = 'graph' } = options;
  return graphNode(
    Object.entries<GraphTask>(tasks).map(([name, task]) => makeTask(name, task, graphName, source)),
    options,
  );
}

/** @throws StepwrightError `definition` for an option that there is not */
export function checkGraphOptions(options: GraphOptions): void {
  checkOptions(options, ['name', 'maxWorkers', 'failFast', 'merge'] satisfies (keyof GraphOptions)[], 'A graph');
}

/**
 * A task, in the terms of the core.
 * @throws StepwrightError `definition`, with the task's name in front
 */
export function makeTask(name: string, given: GraphTask, graphName: string, source: string | undefined): Task {
  return within(`The task "${name}" of the graph "${graphName}"`, () => {
    const { run, ...options } = hasOptions(given) ? given : { run: given };
    const { after = [], rule = 'all_success' }: TaskOptions = options;
    for (const key of Object.keys(options)) {
      if (!OPTIONS.includes(key))
        throw new StepwrightError('definition', `"${key}" is no option.${didYouMean(key, OPTIONS)} Known are: run, ${OPTIONS.join(', ')}.`);
    }
    if (!Array.isArray(after))
      throw new StepwrightError('definition', `"after" is ${JSON.stringify(after)}; write a list of names, such as after: ['check'].`);
    return { name, node: taskNode(run, options, source), after: [...after], rule };
  });
}

function hasOptions(given: GraphTask): given is TaskOptions & { readonly run: Steppable } {
  return isObject(given) && 'run' in given && !isNode(given) && !isBuilder(given);
}

function taskNode(run: Steppable, { undo, params, retry }: TaskOptions, source: string | undefined): Node {
  if (typeof run === 'function') {
    const policy = retry && { retry: retryPolicy(retry, 'its retry') };
    const more = { ...(undo ? { undo } : {}), ...(params ? { params } : {}) };
    return wrapFunction(run as AnyFunction, { name: RUN, kind: policy ? 'retry' : 'step', ...policy, source }, more);
  }
  const [lost] = Object.entries({ undo, params, retry }).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (lost !== undefined)
    throw new StepwrightError(
      'definition',
      `it runs a step that is made already, so "${lost}" comes too late; write it where the step is made.`,
    );
  return toNode(run);
}

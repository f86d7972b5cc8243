import { StepwrightError } from '../../error.js';
import { didYouMean } from '../../nearest.js';
import { isDone } from '../../outcome.js';
import { checkName, join } from '../../path.js';
import { StateLayer } from '../../state.js';
import { branchScope, ended, endedThen, finish, type Merge, ownFailure, worstOf } from '../branches.js';
import type { LeftOut, Node, NodeBase, NodeKind, Walked } from '../node.js';
import { branchWords } from '../words.js';
import { checkWorkers, Workers } from '../workers.js';
import { GraphState } from './graph-state.js';
import { runTasks } from './run-tasks.js';
import { type Order, orderTasks } from './task-order.js';
import { judge, type TaskEnd, TRIGGER_RULES, type TriggerRule } from './trigger-rule.js';

/** A task of a graph: a node, and the tasks that come before it. */
export interface Task {
  readonly name: string;
  readonly node: Node;
  /** The names of the tasks that come before it. */
  readonly after: readonly string[];
  /** When it runs, by how those ended. */
  readonly rule: TriggerRule;
}

/** Tasks in the order of what they depend on; those that do not depend on one another go side by side. */
export interface GraphNode extends NodeBase {
  readonly kind: 'graph';
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly maxWorkers: number;
  readonly failFast: boolean;
  readonly merge: Merge | undefined;
  /** What the order of the tasks says, worked out once. */
  readonly order: Order;
}

/** How the tasks of a graph run. */
export interface GraphOptions {
  /** What it is called in paths. @default 'graph' */
  readonly name?: string;
  /** How many tasks are worked on at once; one that waits, or asks somebody, is not worked on. @default all */
  readonly maxWorkers?: number;
  /** Whether the first failure stops every other task. @default false */
  readonly failFast?: boolean;
  /** What becomes of a key that tasks which do not depend on one another set to different values. @default the failure `state_conflict` */
  readonly merge?: Merge;
}

/** @throws StepwrightError `definition` for no tasks, a name twice, an unknown name in `after`, or a cycle, which it shows */
export function graphNode(tasks: readonly Task[], options: GraphOptions = {}): GraphNode {
  const { name = 'graph', maxWorkers = Number.POSITIVE_INFINITY, failFast = false, merge } = options;
  checkName(name, 'A graph');
  const what = `The graph "${name}"`;
  if (tasks.length === 0) throw new StepwrightError('definition', `${what} has no tasks; give it at least one.`);
  checkWorkers(maxWorkers, what, 'maxWorkers');
  const places = new Map<string, number>();
  for (const [place, task] of tasks.entries()) {
    checkName(task.name, `A task of the graph "${name}"`);
    if (places.has(task.name))
      throw new StepwrightError('definition', `${what} has two tasks named "${task.name}"; give one of them another name.`);
    if (!TRIGGER_RULES.includes(task.rule))
      throw new StepwrightError(
        'definition',
        `${what}: the task "${task.name}" has the rule "${task.rule}"; write one of ${TRIGGER_RULES.join(', ')}.`,
      );
    places.set(task.name, place);
  }
  const before = tasks.map((task) => task.after.map((other) => placeOf(other, task, places, what)));
  const order = orderTasks(before);
  if ('circle' in order)
    throw cycleError(
      what,
      order.circle.map((place) => (tasks[place] as Task).name),
    );
  return Object.freeze({ kind: 'graph', name, mark: name, tasks: Object.freeze([...tasks]), maxWorkers, failFast, merge, order });
}

function placeOf(name: string, task: Task, places: ReadonlyMap<string, number>, what: string): number {
  const place = places.get(name);
  if (place !== undefined) return place;
  throw new StepwrightError(
    'definition',
    `${what}: the task "${task.name}" comes after "${name}", which is no task of it.${didYouMean(name, places.keys())}`,
  );
}

function cycleError(what: string, names: readonly string[]): StepwrightError {
  return new StepwrightError('definition', `${what} goes in a circle: ${names.join(' → ')}. Take one of these "after" away.`);
}

export const graph: NodeKind<GraphNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const end = ended(walk, path, state);
    if (end) return end;
    const what = `Graph "${path}"`;
    const { scope, fail } = branchScope(walk, path, node.failFast);
    const names = node.tasks.map((task) => task.name);
    const states = new GraphState(state, node.order, names, node.merge);
    const workers = new Workers(node.maxWorkers);
    /** Why tasks could not be given a state. */
    const blocked = new Map<number, unknown>();
    // That a task ran although something before it had failed: it stays so when that is tried again and succeeds.
    const rulePath = (place: number) => join(path, `${names[place]}#rule`);
    const isDecided = (place: number) => walk.journal.get(rulePath(place))?.decision === true;
    const run = async (place: number, despite: boolean): Promise<Walked | undefined> => {
      const { name, node: task } = node.tasks[place] as Task;
      const inside = join(path, name);
      const { cancel } = scope;
      const isBegun = walk.journal.begun(inside);
      if (!isBegun) await scope.ready;
      if (cancel?.aborted && !isBegun) return { kind: 'cancelled', by: String(cancel.reason) };
      let layer: StateLayer;
      try {
        layer = new StateLayer(states.entryOf(place, what));
      } catch (error) {
        blocked.set(place, error);
        return undefined;
      }
      if (despite && !isDecided(place)) walk.decide(rulePath(place), true);
      const walked = await walk.into(task, inside, layer, { ...scope, ...workers.scope(place, walk.scope) });
      if (walked.kind === 'failed') fail(inside);
      if (isDone(walked)) states.leave(place, layer.changes());
      workers.leave(place);
      return walked;
    };
    try {
      const gave = (await runTasks(node, isDecided, run)).flatMap((one) => one ?? []);
      if (!gave.every(isDone)) return worstOf(gave);
      const then = endedThen(walk, path, state);
      if (then) return then;
      // Tasks that disagree are told of once nothing else stands in the way.
      states.check(what);
      for (const place of node.order.sorted) if (blocked.has(place)) throw blocked.get(place);
      return finish(walk, path, worstOf(gave), states.merged(), state);
    } catch (error) {
      return walk.fail(path, ownFailure(error, `The merge function of "${path}"`));
    }
  },
  children: (node, at) => {
    const path = join(at, node.name);
    return node.tasks.map((task, place) => ({
      node: task.node,
      at: join(path, task.name),
      label: task.name,
      sees: node.order.before[place] as readonly number[],
      ...(task.rule === 'all_success' ? {} : { words: [`runs on ${task.rule}`] }),
    }));
  },
  describe: ({ maxWorkers, failFast, merge }) => ({ words: ['graph', ...branchWords(maxWorkers, failFast, merge !== undefined)] }),
  leftOut: ({ tasks, order }, _at, seen) => {
    const ends = [...seen.ends];
    const out: (LeftOut | undefined)[] = tasks.map(() => undefined);
    for (const place of order.sorted) {
      const { rule } = tasks[place] as Task;
      const before = (order.before[place] as readonly number[]).map((other) => ends[other]);
      if (ends[place] !== undefined || !before.every((end) => end !== undefined && end !== 'open')) continue;
      const verdict = judge(rule, before as readonly TaskEnd[]);
      if (verdict === 'run') continue;
      ends[place] = verdict;
      out[place] =
        verdict === 'skipped'
          ? { kind: 'not_met', reason: `its rule ${rule} does not hold` }
          : { kind: 'not_run', reason: 'a task before it has failed' };
    }
    return out;
  },
};

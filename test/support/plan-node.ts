import { sameJson } from '../../src/core/json.js';
import { chooseNode } from '../../src/core/nodes/choose.js';
import { conditionalNode } from '../../src/core/nodes/conditional.js';
import { focusNode } from '../../src/core/nodes/focus.js';
import { forEachNode } from '../../src/core/nodes/for-each.js';
import { graphNode } from '../../src/core/nodes/graph/graph.js';
import { listNode } from '../../src/core/nodes/list.js';
import type { Node } from '../../src/core/nodes/node.js';
import { parallelNode } from '../../src/core/nodes/parallel.js';
import { recoverNode } from '../../src/core/nodes/recover.js';
import type { Action } from '../../src/core/nodes/step.js';
import { stepNode } from '../../src/core/nodes/step.js';
import { untilNode } from '../../src/core/nodes/until.js';
import { withLockNode } from '../../src/core/nodes/with-lock.js';
import type { State } from '../../src/core/state.js';
import { givenItems, holds, isEnough, type MergePlan, mergeOf, type Plan, type Script } from './plan.js';

/** What the functions of a tree do. */
export interface Functions {
  /** Makes a step's function. */
  readonly bodyOf: (script: Script) => Action['call'];
  /** Makes a whole step instead. */
  readonly stepOf?: (name: string, script: Script) => Node;
  /**
   * Answers for a function whose answer is recorded.
   * @param id of the node
   * @param answer what the plan says
   * @param other what it never says
   */
  readonly ask: <T>(id: number, answer: () => T, other: (answer: T) => T) => T;
}

/** The tree that a plan stands for. */
export function toNode(plan: Plan, functions: Functions): Node {
  const into = (one: Plan) => toNode(one, functions);
  const { ask } = functions;
  switch (plan.kind) {
    case 'step':
      if (functions.stepOf) return functions.stepOf(plan.name, plan.script);
      return stepNode(plan.name, { kind: 'run', body: { parameters: [], call: functions.bodyOf(plan.script) } });
    case 'list':
      return listNode(plan.plans.map(into), plan.name);
    case 'conditional': {
      const { id, condition, name } = plan;
      const predicate = (state: State) =>
        ask<boolean>(
          id,
          () => holds(condition, state),
          (held) => !held,
        );
      return conditionalNode(predicate, into(plan.plan), name);
    }
    case 'focus':
      return focusNode(plan.key, into(plan.plan), plan.name);
    case 'withLock': {
      const { keys, unless, name } = plan;
      const given = (state: object) => {
        if (unless !== undefined && unless in state) throw new Error(`no ${unless}, please`);
        return keys;
      };
      return withLockNode(unless === undefined ? keys : given, into(plan.plan), 'wait', name);
    }
    case 'parallel': {
      const branches = plan.branches.map((branch) => ({ name: branch.name, node: into(branch.plan) }));
      return parallelNode(branches, { ...limits(plan), ...merging(plan.merge), name: plan.name, failFast: plan.failFast });
    }
    case 'forEach': {
      const { items, name, id, as, keyAs, concurrency, failFast, collect } = plan;
      const given =
        'key' in items
          ? items.key
          : (state: State) =>
              ask(
                id,
                () => givenItems(items.gives, state),
                () => ['other', 'items'],
              );
      return forEachNode(given, into(plan.plan), {
        ...(keyAs === undefined ? {} : { keyAs }),
        ...(collect === undefined ? {} : { collect }),
        ...merging(plan.merge),
        ...{ name, as, concurrency, failFast },
      });
    }
    case 'until': {
      const options = { name: plan.name, ...(plan.maxLoops === undefined ? {} : { maxLoops: plan.maxLoops }) };
      return untilNode((state) => isEnough(plan, state), into(plan.plan), options);
    }
    case 'choose': {
      const { id, key, name, otherwise } = plan;
      const cases = plan.cases.map((one) => ({ value: one.value, node: into(one.plan) }));
      const values = plan.cases.map((one) => one.value);
      const chosen = (state: State) => {
        const value = state[key];
        const isCase = otherwise !== undefined || values.some((one) => sameJson(one, value));
        // What is no case is not recorded.
        if (!isCase) return value;
        return ask(
          id,
          () => value,
          () => values.find((one) => one !== value),
        );
      };
      return chooseNode(chosen, cases, { name, ...(otherwise ? { otherwise: into(otherwise) } : {}) });
    }
    case 'graph': {
      const tasks = plan.tasks.map(({ name, after, rule, plan: task }) => ({ name, after, rule, node: into(task) }));
      return graphNode(tasks, { ...limits(plan), ...merging(plan.merge), name: plan.name, failFast: plan.failFast });
    }
    case 'recover':
      return recoverNode(into(plan.body), into(plan.handler), { name: plan.name });
  }
}

function limits({ maxWorkers }: { readonly maxWorkers: number | undefined }) {
  return maxWorkers === undefined ? {} : { maxWorkers };
}

function merging(plan: MergePlan | undefined) {
  return plan === undefined ? {} : { merge: mergeOf(plan) };
}

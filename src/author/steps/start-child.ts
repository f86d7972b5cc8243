import { StepwrightError } from '../../core/error.js';
import type { Json } from '../../core/json.js';
import { type StepNode, stepNode } from '../../core/nodes/step.js';
import { checkName } from '../../core/path.js';
import type { State } from '../../core/state.js';
import type { Workflow } from '../../core/workflow.js';
import { checkOptions } from '../known-options.js';
import { callerLocation } from '../location.js';
import { checkStateKey } from '../state-key.js';
import { type WorkflowClass, workflowOf } from '../workflow.js';

/** A workflow: its name, the class that `@workflow` stands on, or what `defineWorkflow` gave. */
export type WorkflowReference = string | WorkflowClass | Workflow;

/** How another workflow is started. */
export interface ChildOptions {
  /** The workflow; a function of no parameters, where it is not defined yet. */
  readonly workflow: WorkflowReference | (() => WorkflowReference);
  /** The answers of its initial form: a pure function of the state. @default none */
  readonly input?: (state: State) => Json;
  /** Whether its end is waited for, and decides this step's. @default true */
  readonly wait?: boolean;
  /** The state key that gets the child's id and, where its end is waited for, its last state. @default 'child' */
  readonly resultKey?: string;
}

/**
 * A step that starts another workflow as a process of its own, once, whatever happens to this one.
 * @throws StepwrightError `definition` for what is no workflow, or a key that no step can set
 * @example `startChild('Provision port', { workflow: CreatePort, input: (state) => ({ site: String(state.site) }) })`
 */
export function startChild(name: string, options: ChildOptions): StepNode {
  checkName(name, 'A step');
  const source = callerLocation();
  const where = `Step "${name}"${source === undefined ? '' : ` (${source})`}`;
  checkOptions(options, ['workflow', 'input', 'wait', 'resultKey'] satisfies (keyof ChildOptions)[], `Step "${name}"`);
  const { workflow, input, wait = true, resultKey = 'child' } = options;
  if (input !== undefined && typeof input !== 'function')
    throw new StepwrightError(
      'definition',
      `${where} has "input" ${JSON.stringify(input)}; write a function of the state: (state) => (…).`,
    );
  const child = {
    workflow: nameOf(workflow) ?? later(workflow, where),
    ...(input ? { input } : {}),
    wait,
    resultKey: checkStateKey(resultKey, `${where} has "resultKey"`),
  };
  return stepNode(
    name,
    { kind: 'child', child: Object.freeze(child) },
    { returns: new Set([resultKey]), ...(source === undefined ? {} : { source }) },
  );
}

function nameOf(workflow: unknown): string | undefined {
  return typeof workflow === 'string' && workflow !== '' ? workflow : workflowOf(workflow)?.name;
}

/** The name of a workflow that is looked up when the step is performed. */
function later(workflow: ChildOptions['workflow'], where: string): () => string {
  if (typeof workflow !== 'function' || /^class\b/.test(Function.prototype.toString.call(workflow))) throw noWorkflow(workflow, where);
  return () => {
    const found = (workflow as () => WorkflowReference)();
    const name = nameOf(found);
    if (name === undefined) throw noWorkflow(found, where);
    return name;
  };
}

function noWorkflow(given: unknown, where: string): StepwrightError {
  const what = typeof given === 'function' ? `the class ${given.name}, on which no @workflow stands` : JSON.stringify(given);
  const advice =
    given === undefined
      ? 'where two files import each other, write () => CreatePort'
      : "write its name, a class with @workflow('…'), or what defineWorkflow() gave";
  return new StepwrightError('definition', `${where} starts ${what}, which is no workflow; ${advice}.`);
}

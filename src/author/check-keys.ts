import { didYouMean } from '../core/nearest.js';
import { kindOf } from '../core/nodes/kinds.js';
import type { Node } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { keyOf, type Parameter } from '../core/parameter.js';
import type { Problems } from './definition-error.js';

/** Which keys the state has at a place, as far as the source of what comes before tells. */
interface Known {
  readonly keys: Set<string>;
  /** False once something before returned what its source does not tell; there may be more keys then. */
  complete: boolean;
}

/**
 * Finds parameters that ask for a key which is not there.
 *
 * It is found only as long as every earlier step and form returns plain object literals. In an undo, a key that the step itself returns
 * and nothing before it does is found always: the step may have failed before it returned.
 * @param initial the keys of the first state, or undefined where they are not known
 */
export function checkKeys(workflow: string, body: Node, initial: ReadonlySet<string> | undefined, problems: Problems): void {
  follow(body, { keys: new Set(initial), complete: initial !== undefined }, (step, known) => {
    const where = `"${step.name}" of workflow "${workflow}"${step.source === undefined ? '' : ` (${step.source})`}`;
    const missing = lacking(parametersOf(step), known);
    for (const key of known.complete ? missing : []) problems.add(`Step ${where} ${asksInVain(key, known.keys)}`);
    const own = ownInUndo(step, known);
    for (const key of own.filter((one) => !missing.includes(one))) {
      problems.add(
        `The undo of step ${where} asks for state key "${key}", which the step itself returns; it may have failed before that, so mark the parameter @optional().`,
      );
    }
    const inUndo = lacking(step.undo?.parameters ?? [], known).filter((key) => !own.includes(key) && !missing.includes(key));
    for (const key of known.complete ? inUndo : [])
      problems.add(`The undo of step ${where} ${asksInVain(key, [...known.keys, ...(step.returns ?? [])])}`);
  });
}

function asksInVain(key: string, known: Iterable<string>): string {
  return (
    `asks for state key "${key}", which no earlier step returns and no form supplies.${didYouMean(key, known)} ` +
    'Return it from an earlier step, mark the parameter @optional(), or name another key with @fromState().'
  );
}

function follow(node: Node, known: Known, check: (step: StepNode, known: Known) => void): void {
  if (node.kind === 'step') {
    check(node, known);
    for (const key of node.returns ?? []) known.keys.add(key);
    known.complete &&= node.returns !== undefined;
  } else if (node.kind === 'focus') {
    known.keys.add(node.key);
  } else {
    for (const child of kindOf(node).children(node, '')) follow(child.node, known, check);
  }
}

/** The keys that these parameters need, and that are not known to be there. */
function lacking(parameters: readonly Parameter[], known: Known): readonly string[] {
  const needed = parameters.filter((parameter) => 'whenMissing' in parameter && parameter.whenMissing === 'refuse');
  return needed.flatMap((parameter) => keyOf(parameter) ?? []).filter((key) => !known.keys.has(key));
}

/**
 * The keys that an undo needs, or would create a model for, and that only the step itself is known to return; not those that the step
 * asks for itself, where something before it may have given them.
 */
function ownInUndo(step: StepNode, known: Known): readonly string[] {
  const asked = (step.undo?.parameters ?? []).filter(
    (parameter) => 'whenMissing' in parameter && (parameter.whenMissing === 'refuse' || parameter.whenMissing === 'create'),
  );
  const given = known.complete ? [] : parametersOf(step).map(keyOf);
  return asked
    .flatMap((parameter) => keyOf(parameter) ?? [])
    .filter((key) => step.returns?.has(key) && !known.keys.has(key) && !given.includes(key));
}

function parametersOf(step: StepNode): readonly Parameter[] {
  return step.action.kind === 'run' ? step.action.body.parameters : step.action.parameters;
}

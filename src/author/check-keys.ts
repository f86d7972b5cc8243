import { didYouMean } from '../core/nearest.js';
import { kindOf } from '../core/nodes/kinds.js';
import type { Node, Placed } from '../core/nodes/node.js';
import type { StepNode } from '../core/nodes/step.js';
import { keyOf, type Parameter } from '../core/parameter.js';
import { join } from '../core/path.js';
import type { Problems } from './definition-error.js';

/** Which keys the state has at a place, as far as the source of what comes before tells. */
class Known {
  /** False once something before returned what its source does not tell; there may be more keys then. */
  complete: boolean;
  readonly #below: Known | undefined;
  readonly #own = new Set<string>();

  constructor(complete: boolean, below?: Known) {
    this.complete = complete;
    this.#below = below;
  }

  has(key: string): boolean {
    return this.#own.has(key) || (this.#below?.has(key) ?? false);
  }

  /** Every key, some more than once. */
  *keys(): Generator<string> {
    yield* this.#own;
    if (this.#below) yield* this.#below.keys();
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) if (!this.has(key)) this.#own.add(key);
  }

  /** The same keys, and room for more that stay there. */
  fork(): Known {
    return new Known(this.complete, this);
  }

  /** Adds what was added to a fork. */
  take(fork: Known): void {
    this.add(fork.#own);
    this.complete &&= fork.complete;
  }
}

/**
 * Finds parameters that ask for a key which is not there.
 *
 * It is found only as long as every earlier step and form returns plain object literals. In an undo, a key that the step itself returns
 * and nothing before it does is found always: the step may have failed before it returned.
 * @param initial the keys of the first state, or undefined where they are not known
 */
export function checkKeys(workflow: string, body: Node, initial: ReadonlySet<string> | undefined, problems: Problems): void {
  const start = new Known(initial !== undefined);
  start.add(initial ?? []);
  follow(body, '', start, (step, at, known) => {
    const where = `"${join(at, step.name)}" of workflow "${workflow}"${step.source === undefined ? '' : ` (${step.source})`}`;
    const missing = lacking(parametersOf(step), known);
    for (const key of known.complete ? missing : []) problems.add(`Step ${where} ${asksInVain(key, known.keys())}`);
    const own = ownInUndo(step, known);
    for (const key of own.filter((one) => !missing.includes(one))) {
      problems.add(
        `The undo of step ${where} asks for state key "${key}", which the step itself returns; it may have failed before that, so mark the parameter @optional().`,
      );
    }
    const inUndo = lacking(step.undo?.parameters ?? [], known).filter((key) => !own.includes(key) && !missing.includes(key));
    for (const key of known.complete ? inUndo : [])
      problems.add(`The undo of step ${where} ${asksInVain(key, [...known.keys(), ...(step.returns ?? [])])}`);
  });
}

function asksInVain(key: string, known: Iterable<string>): string {
  return (
    `asks for state key "${key}", which no earlier step returns and no form supplies.${didYouMean(key, known)} ` +
    'Return it from an earlier step, mark the parameter @optional(), or name another key with @fromState().'
  );
}

type Check = (step: StepNode, at: string, known: Known) => void;

/** Checks every step in a node that stands at `at`, and adds what the node leaves behind. */
function follow(node: Node, at: string, known: Known, check: Check): void {
  if (node.kind === 'step') {
    check(node, at, known);
    known.add(node.returns ?? []);
    known.complete &&= node.returns !== undefined;
    return;
  }
  const { children, leaves } = kindOf(node);
  // Inside a focus another object is the state, of which nothing is known.
  const inside = node.kind === 'focus' ? new Known(false) : leaves ? known.fork() : known;
  followAll(children(node, at), inside, check);
  const left = leaves?.(node);
  if (left) known.add(left);
  else if (leaves) {
    known.take(inside);
    known.complete = false;
  }
}

/** Follows nodes each of which sees what its kind says; what they all leave is added. */
function followAll(children: readonly Placed[], known: Known, check: Check): void {
  const ends: Known[] = [];
  const apart: Known[] = [];
  for (const place of inOrder(children)) {
    const { node, at, sees, keys } = children[place] as Placed;
    const seen = sees || keys ? known.fork() : known;
    for (const other of sees ?? []) seen.take(ends[other] as Known);
    const own = keys ? seen.fork() : seen;
    if (keys) seen.add(keys);
    follow(node, at, own, check);
    ends[place] = own;
    if (sees) apart.push(own);
    else if (own !== known) known.take(own);
  }
  for (const end of apart) known.take(end);
}

/** The children by place, each behind those that it sees. */
function inOrder(children: readonly Placed[]): Iterable<number> {
  const order = new Set<number>();
  const stack = [...children.keys()].reverse();
  for (let place = stack.at(-1); place !== undefined; place = stack.at(-1)) {
    const missing = (children[place]?.sees ?? []).filter((other) => !order.has(other));
    if (missing.length > 0) stack.push(...missing);
    else {
      order.add(place);
      stack.pop();
    }
  }
  return order;
}

/** The keys that these parameters need, and that are not known to be there. */
function lacking(parameters: readonly Parameter[], known: Known): readonly string[] {
  const needed = parameters.filter((parameter) => 'whenMissing' in parameter && parameter.whenMissing === 'refuse');
  return needed.flatMap((parameter) => keyOf(parameter) ?? []).filter((key) => !known.has(key));
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
    .filter((key) => step.returns?.has(key) && !known.has(key) && !given.includes(key));
}

function parametersOf({ action }: StepNode): readonly Parameter[] {
  switch (action.kind) {
    case 'run':
    case 'callback':
      return action.body.parameters;
    case 'ask':
      return action.parameters;
    case 'sleep':
    case 'child':
      return [];
    default:
      return action satisfies never;
  }
}

import { StepwrightError } from '../../core/error.js';
import { isObject } from '../../core/json.js';
import { type Branch, type ParallelNode, type ParallelOptions, parallelNode } from '../../core/nodes/parallel.js';
import { within } from '../definition-error.js';
import { checkOptions } from '../known-options.js';
import { isBuilder, isNode, type Steppable, toNode } from './steppable.js';

/** Branches by name, or a list of branches without names. */
export type Branches = Readonly<Record<string, Steppable>> | readonly Steppable[];

const OPTIONS: readonly string[] = ['name', 'maxWorkers', 'failFast', 'merge'] satisfies (keyof ParallelOptions)[];

/**
 * Performs branches side by side: each sees the state at entry, and what they change is merged in declared order.
 *
 * In paths a named branch stands inside the parallel, `parallel/east/Push`; what is in a branch without a name stands there itself,
 * `parallel/Push`. It ends once every branch that could go on has done so, with the worst that a branch gave.
 * @throws StepwrightError `definition` for no branches, what is no step, two names that meet, or a number of workers below 1
 * @example `parallel({ east: this.pushEast, west: list(this.pushWest, this.verifyWest) }, { maxWorkers: 2 })`
 */
export function parallel(branches: Branches, options: ParallelOptions = {}): ParallelNode {
  checkOptions(options, OPTIONS, 'A parallel');
  return parallelNode(branchesOf(branches, `the parallel "${options.name ?? 'parallel'}"`), options);
}

function branchesOf(branches: Branches, what: string): readonly Branch[] {
  if (Array.isArray(branches)) {
    return (branches as readonly Steppable[]).map((one, place) => ({
      name: undefined,
      node: within(`Branch ${place + 1} of ${what}`, () => toNode(one)),
    }));
  }
  if (!isObject(branches) || isNode(branches) || isBuilder(branches))
    throw new StepwrightError(
      'definition',
      'parallel() takes its branches by name, parallel({ east: pushEast, west: pushWest }), or as a list, parallel([pushEast, pushWest]).',
    );
  return Object.entries(branches as Readonly<Record<string, Steppable>>).map(([name, one]) => ({
    name,
    node: within(`The branch "${name}" of ${what}`, () => toNode(one)),
  }));
}

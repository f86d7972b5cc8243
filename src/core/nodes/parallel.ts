import { StepwrightError } from '../error.js';
import { isDone } from '../outcome.js';
import { checkName, join } from '../path.js';
import { StateLayer } from '../state.js';
import { branchScope, ended, endedThen, finish, type Merge, mergeBranches, ownFailure, worstOf } from './branches.js';
import { checkSiblings, namedNodes } from './names.js';
import type { Node, NodeBase, NodeKind } from './node.js';
import { branchWords } from './words.js';
import { checkWorkers, Workers } from './workers.js';

/** A branch of a parallel; without a name of its own, what is in it stands among its neighbours. */
export interface Branch {
  readonly name: string | undefined;
  readonly node: Node;
}

/** Nodes side by side: each sees the state at entry, and what they change is merged in declared order. */
export interface ParallelNode extends NodeBase {
  readonly kind: 'parallel';
  readonly name: string;
  readonly branches: readonly Branch[];
  readonly maxWorkers: number;
  readonly failFast: boolean;
  readonly merge: Merge | undefined;
}

/** How branches go side by side. */
export interface ParallelOptions {
  /** What it is called in paths. @default 'parallel' */
  readonly name?: string;
  /** How many branches are worked on at once; one that waits, or asks somebody, is not worked on. @default all */
  readonly maxWorkers?: number;
  /** Whether the first failure stops the others: their steps are told through `ctx.signal`, and no further one starts. @default false */
  readonly failFast?: boolean;
  /** What becomes of a key that several branches set to different values. @default the failure `state_conflict` */
  readonly merge?: Merge;
}

/** @throws StepwrightError `definition` for no branches, two names that are the same, or a number of workers below 1 */
export function parallelNode(branches: readonly Branch[], options: ParallelOptions = {}): ParallelNode {
  const { name = 'parallel', maxWorkers = Number.POSITIVE_INFINITY, failFast = false, merge } = options;
  checkName(name, 'A parallel');
  if (branches.length === 0) throw new StepwrightError('definition', `The parallel "${name}" has no branches; give it at least one.`);
  checkWorkers(maxWorkers, `The parallel "${name}"`, 'maxWorkers');
  for (const branch of branches) if (branch.name !== undefined) checkName(branch.name, `A branch of the parallel "${name}"`);
  checkSiblings(branches.flatMap((branch) => (branch.name === undefined ? [branch.node] : [])));
  const names = branches.flatMap((branch) => branch.name ?? namedNodes(branch.node).map((node) => node.name));
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined)
    throw new StepwrightError('definition', `The parallel "${name}" has two branches named "${twice}"; give one of them another name.`);
  return Object.freeze({ kind: 'parallel', name, mark: name, branches: Object.freeze([...branches]), maxWorkers, failFast, merge });
}

export const parallel: NodeKind<ParallelNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const end = ended(walk, path, state);
    if (end) return end;
    const { scope, fail } = branchScope(walk, path, node.failFast);
    const layers = node.branches.map(() => new StateLayer(state));
    const workers = new Workers(node.maxWorkers);
    const run = async (branch: Branch, index: number) => {
      const inner = { ...scope, ...workers.scope(index, walk.scope) };
      const one = await walk.into(branch.node, place(branch, path), layers[index] as StateLayer, inner);
      if (one.kind === 'failed') fail(join(path, nameOf(branch)));
      workers.leave(index);
      return one;
    };
    const walked = await Promise.all(node.branches.map(run));
    if (!walked.every(isDone)) return worstOf(walked);
    const then = endedThen(walk, path, state);
    if (then) return then;
    try {
      const branches = node.branches.map((branch, index) => ({ name: nameOf(branch), changes: (layers[index] as StateLayer).changes() }));
      const changes = mergeBranches(branches, state, `Parallel "${path}"`, node.merge);
      return finish(walk, path, worstOf(walked), changes, state);
    } catch (error) {
      return walk.fail(path, ownFailure(error, `The merge function of "${path}"`));
    }
  },
  children: (node, at) => {
    const path = join(at, node.name);
    return node.branches.map((branch) => ({ node: branch.node, at: place(branch, path), label: nameOf(branch), sees: [] }));
  },
  describe: ({ maxWorkers, failFast, merge }) => ({ words: ['parallel', ...branchWords(maxWorkers, failFast, merge !== undefined)] }),
};

function place({ name }: Branch, path: string): string {
  return name === undefined ? path : join(path, name);
}

/** What a branch is called in messages. */
function nameOf({ name, node }: Branch): string {
  return name ?? namedNodes(node)[0]?.name ?? node.kind;
}

import { StepwrightError, toFailure } from '../error.js';
import { isObject, type Json } from '../json.js';
import { isDone } from '../outcome.js';
import { checkName, join, loopPath } from '../path.js';
import { type Changes, NO_CHANGES, StateLayer } from '../state.js';
import { ended, endedThen, finish } from './branches.js';
import type { Node, NodeBase, NodeKind, Walked } from './node.js';
import { askPredicate, type Predicate } from './predicate.js';
import { expressionOf } from './words.js';

/** A node again and again, at least once, until a condition holds after a loop. */
export interface UntilNode extends NodeBase {
  readonly kind: 'until';
  readonly name: string;
  readonly predicate: Predicate;
  readonly node: Node;
  readonly maxLoops: number;
}

/** How often something is repeated. */
export interface UntilOptions {
  /** What it is called in paths. @default 'until' */
  readonly name?: string;
  /** After so many loops it fails with `max_loops`; a retry gives it as many again. @default no limit */
  readonly maxLoops?: number;
}

/** @throws StepwrightError `definition` for what is no function, or fewer loops than 1 */
export function untilNode(predicate: Predicate, node: Node, options: UntilOptions = {}): UntilNode {
  const { name = 'until', maxLoops = Number.POSITIVE_INFINITY } = options;
  checkName(name, 'An until');
  if (typeof predicate !== 'function')
    throw new StepwrightError('definition', `The until "${name}" takes a function of the state, such as (state) => state.linkUp === true.`);
  if (!(maxLoops >= 1 && (Number.isInteger(maxLoops) || maxLoops === Number.POSITIVE_INFINITY)))
    throw new StepwrightError('definition', `The until "${name}" has maxLoops ${maxLoops}; write a whole number from 1.`);
  return Object.freeze({ kind: 'until', name, mark: name, predicate, node, maxLoops });
}

/** How far it has come: the loops that are done, how many more there may be (null: any number), and what they changed in all. */
interface Progress {
  readonly loop: number;
  readonly left: number | null;
  readonly changes: Changes;
}

export const until: NodeKind<UntilNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const recorded = walk.journal.whole ? undefined : progressOf(walk.journal.get(path)?.decision);
    const end = ended(walk, path, state);
    if (end?.kind === 'failed' && recorded) state.merge(recorded.changes);
    if (end) return end;
    const inside = new StateLayer(state);
    let { loop, left, changes } = recorded ?? { loop: 0, left: allowance(node), changes: NO_CHANGES };
    inside.merge(changes);
    for (;;) {
      if (loop > 0 && !(walk.journal.whole && walk.journal.begun(loopPath(path, loop + 1)))) {
        const then = endedThen(walk, path, state);
        if (then) return then;
        try {
          if (askPredicate(node.predicate, inside.toObject())) return finish(walk, path, SUCCESS, inside.changes(), state);
        } catch (error) {
          return stop('predicate_threw', `The condition of "${path}" failed: ${toFailure(error).message}`, left);
        }
        if (left !== null && left <= 0)
          return stop('max_loops', `"${path}" has gone through ${loop} loops, and its condition does not hold.`, allowance(node));
      }
      const walked = await walk.into(node.node, loopPath(path, loop + 1), inside);
      if (!isDone(walked)) {
        state.merge(inside.changes());
        return walked;
      }
      loop++;
      left = left === null ? null : left - 1;
      changes = inside.changes();
      walk.decide(path, { loop, left, changes } as unknown as Json, loopPath(path, loop));
    }

    function stop(code: string, message: string, more: number | null): Walked {
      const kept = inside.changes();
      state.merge(kept);
      return walk.fail(path, { code, message, retryable: code === 'max_loops' }, { loop, left: more, changes: kept } as unknown as Json);
    }
  },
  children: (node, at) => [{ node: node.node, at: `${join(at, node.name)}#` }],
  describe: ({ predicate, maxLoops }) => ({
    words: [
      `until ${expressionOf(predicate) ?? 'its condition holds'}`,
      ...(Number.isFinite(maxLoops) ? [`at most ${maxLoops} ${maxLoops === 1 ? 'loop' : 'loops'}`] : []),
    ],
  }),
};

const SUCCESS: Walked = { kind: 'success', changes: NO_CHANGES };

function allowance({ maxLoops }: UntilNode): number | null {
  return maxLoops === Number.POSITIVE_INFINITY ? null : maxLoops;
}

function progressOf(decision: Json | undefined): Progress | undefined {
  return isObject(decision) ? (decision as unknown as Progress) : undefined;
}

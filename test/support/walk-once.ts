import type { Node } from '../../src/core/nodes/node.js';
import type { State } from '../../src/core/state.js';
import { JournalRunner } from './journal-runner.js';

/** Where a walk starts, and how it goes. */
export interface WalkOptions {
  readonly start?: State;
  /** The stored journal. @default an empty one */
  readonly text?: string;
  /** How many moments pass before the walk is cut. */
  readonly moments?: number;
  /** The paths of steps whose functions end later than others, the one that ends last at the end. */
  readonly late?: readonly string[];
}

/** Walks a tree on a journal, and shows what came of it. */
export async function walkOnce(root: Node, { start = {}, text, moments, late = [] }: WalkOptions = {}) {
  const pick = (running: readonly string[]) => {
    const ranks = running.map((path) => late.indexOf(path));
    return ranks.indexOf(Math.min(...ranks));
  };
  const runner = new JournalRunner(text, { moments, pick });
  const { walked: outcome, state } = await runner.run(root, start);
  return { runner, text: runner.text, performed: runner.performed, kind: outcome.kind, outcome, state };
}

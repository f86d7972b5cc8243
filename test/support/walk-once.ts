import type { Node } from '../../src/core/nodes/node.js';
import type { State } from '../../src/core/state.js';
import { JournalRunner } from './journal-runner.js';

/** Walks a tree on a journal, and shows what came of it. */
export async function walkOnce(root: Node, { start = {}, text, moments }: { start?: State; text?: string; moments?: number } = {}) {
  const runner = new JournalRunner(text, moments);
  const { walked: outcome, state } = await runner.run(root, start);
  return { runner, text: runner.text, performed: runner.performed, kind: outcome.kind, outcome, state };
}

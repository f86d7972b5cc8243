import { StepwrightError } from '../error.js';
import type { Node } from './node.js';
import type { StepNode } from './step.js';

/** The nodes that stand under names of their own inside this one: a transparent node stands for its children. */
export function namedNodes(node: Node): readonly (Node & { readonly name: string })[] {
  if (hasName(node)) return [node];
  if ('nodes' in node) return node.nodes.flatMap(namedNodes);
  return 'node' in node ? namedNodes(node.node) : [];
}

function hasName(node: Node): node is Node & { readonly name: string } {
  return node.name !== undefined;
}

/** Refuses two nodes of one name in one place, for names are what the journal remembers. */
export function checkSiblings(nodes: readonly Node[]): void {
  const seen = new Map<string, Node>();
  for (const node of nodes.flatMap(namedNodes)) {
    const before = seen.get(node.name);
    if (before) throw new StepwrightError('definition', twice(before, node));
    seen.set(node.name, node);
  }
}

function twice(before: Node, node: Node): string {
  const places = [before, node].map((one) => (one as StepNode).source).filter((source) => source !== undefined);
  const where = places.length > 0 ? ` (${places.join(' and ')})` : '';
  const what =
    before.kind === 'step' && node.kind === 'step' ? 'Two steps are' : `Two neighbours, a ${before.kind} and a ${node.kind}, are`;
  return `${what} named "${node.name}"${where}; the journal knows steps by their names, so give one of them another.`;
}

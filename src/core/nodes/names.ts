import { StepwrightError } from '../error.js';
import { join } from '../path.js';
import type { ListNode } from './list.js';
import type { Node } from './node.js';
import type { StepNode } from './step.js';

/** The nodes that stand under names of their own inside this one: a transparent node stands for its children. */
export function namedNodes(node: Node): readonly (Node & { readonly name: string })[] {
  if (hasName(node)) return [node];
  switch (node.kind) {
    case 'list':
      return node.nodes.flatMap(namedNodes);
    case 'conditional':
    case 'focus':
      return namedNodes(node.node);
    default:
      return [];
  }
}

function hasName(node: Node): node is Node & { readonly name: string } {
  return node.name !== undefined;
}

/** Refuses two nodes of one name in one list, for names are what the journal remembers. */
export function checkSiblings(list: ListNode): void {
  const seen = new Map<string, Node>();
  for (const node of list.nodes.flatMap(namedNodes)) {
    const before = seen.get(node.name);
    if (before) {
      const places = [before, node].map((one) => (one as StepNode).source).filter((source) => source !== undefined);
      const where = places.length > 0 ? ` (${places.join(' and ')})` : '';
      throw new StepwrightError(
        'definition',
        `Two steps are named "${node.name}"${where}; the journal knows steps by their names, so give one of them another.`,
      );
    }
    seen.set(node.name, node);
  }
}

/**
 * Where a composition records what is its own: its decision, or its own failure.
 *
 * A named one records at its path plus `#what`. A transparent one has no path, so it records at its first child's path plus `#what`;
 * transparent nodes around one another add up, so no two records meet.
 */
export function ownPath(node: Node, at: string, what: 'if' | 'focus'): string {
  return `${firstPath(node, at)}#${what}`;
}

function firstPath(node: Node, at: string): string {
  if (node.name !== undefined) return join(at, node.name);
  switch (node.kind) {
    case 'list': {
      const first = node.nodes[0];
      return first ? recordsAt(first, at) : at;
    }
    case 'conditional':
    case 'focus':
      return recordsAt(node.node, at);
    default:
      return at;
  }
}

/** The first path at which a node records anything. */
function recordsAt(node: Node, at: string): string {
  switch (node.kind) {
    case 'conditional':
      return ownPath(node, at, 'if');
    case 'focus':
      return ownPath(node, at, 'focus');
    default:
      return firstPath(node, at);
  }
}

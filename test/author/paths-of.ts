import { stepsOf } from '../../src/core/nodes/kinds.js';
import type { Node } from '../../src/core/nodes/node.js';
import { join } from '../../src/core/path.js';

/** The paths of the steps in a tree; `[]` and `#` stand for any item and any loop. */
export function pathsOf(root: Node): readonly string[] {
  return [...stepsOf(root)].map(({ node, at }) => join(at, node.name));
}

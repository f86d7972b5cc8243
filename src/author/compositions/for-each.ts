import { type ForEachNode, type ForEachOptions, forEachNode } from '../../core/nodes/for-each.js';
import { checkOptions } from '../known-options.js';
import { type Steppable, toNode } from './steppable.js';

const OPTIONS: readonly string[] = [
  'name',
  'as',
  'keyAs',
  'concurrency',
  'failFast',
  'collect',
  'merge',
] satisfies (keyof ForEachOptions)[];

/**
 * Performs a node once for each item: of a list, `Ports[3]/Enable`, or of an object, `Ports[eth0]/Enable`.
 *
 * What an item's steps change stays with the item; `collect` and `merge` say what goes on.
 * @param items the state key that holds the items, or a pure function of the state that gives them; what it gives is recorded
 * @throws StepwrightError `definition` for what is neither, a reserved key, or a concurrency below 1
 * @example `forEach('ports', this.enablePort, { name: 'Ports', as: 'port', concurrency: 4, collect: 'enabled' })`
 */
export function forEach(items: ForEachNode['items'], node: Steppable, options: ForEachOptions = {}): ForEachNode {
  checkOptions(options, OPTIONS, 'A forEach');
  return forEachNode(items, toNode(node), options);
}

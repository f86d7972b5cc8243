import { StepwrightError } from '../error.js';
import { isObject, type Json, toJsonText } from '../json.js';
import { isDone } from '../outcome.js';
import { checkName, itemPath, join } from '../path.js';
import { type Changes, RESERVED_KEYS, type State, StateLayer } from '../state.js';
import { branchScope, ended, endedThen, finish, inSlots, type Merge, mergeValues, ownFailure, worstOf } from './branches.js';
import type { Node, NodeBase, NodeKind, Walk, Walked } from './node.js';
import { refusePromise } from './predicate.js';
import { branchWords, expressionOf } from './words.js';
import { checkWorkers } from './workers.js';

/** The items of a forEach: a list, or a map from keys to items. */
export type Items = readonly Json[] | { readonly [key: string]: Json };

/** A node once for each item. What an item's steps change stays with the item, but for what is collected or merged. */
export interface ForEachNode extends NodeBase {
  readonly kind: 'forEach';
  readonly name: string;
  /** The state key that holds the items, or a pure function that gives them; what it gives is recorded. */
  readonly items: string | ((state: State) => Items);
  readonly node: Node;
  readonly as: string;
  readonly keyAs: string | undefined;
  readonly concurrency: number;
  readonly failFast: boolean;
  readonly collect: string | undefined;
  readonly merge: Merge | undefined;
}

/** How items are gone through. */
export interface ForEachOptions {
  /** What it is called in paths. @default 'forEach' */
  readonly name?: string;
  /** The state key under which the steps find the item. @default 'item' */
  readonly as?: string;
  /** The state key under which the steps find the item's place in the list, from 0, or its key in the map. @default none */
  readonly keyAs?: string;
  /** How many items are in progress at once: begun, and not ended, whether they are worked on or wait. @default 1 */
  readonly concurrency?: number;
  /** Whether the first failure stops the other items. @default true */
  readonly failFast?: boolean;
  /** A state key: it gets the list of what each item left under this key, in the order of the items; null where it left nothing. */
  readonly collect?: string;
  /** Merges every other key that items changed: it gets each item's value, of those that changed it, in order. @default they are dropped */
  readonly merge?: Merge;
}

/** @throws StepwrightError `definition` for items that are no key and no function, a reserved key, or a concurrency below 1 */
export function forEachNode(items: ForEachNode['items'], node: Node, options: ForEachOptions = {}): ForEachNode {
  const { name = 'forEach', as = 'item', keyAs, concurrency = 1, failFast = true, collect, merge } = options;
  checkName(name, 'A forEach');
  const what = `The forEach "${name}"`;
  if (typeof items !== 'function' && (typeof items !== 'string' || items === ''))
    throw new StepwrightError('definition', `${what} takes the state key of its items, or a function of the state that gives them.`);
  checkWorkers(concurrency, what, 'concurrency');
  for (const [option, key] of Object.entries({ as, keyAs, collect })) {
    if (key !== undefined && (key === '' || key === '__proto__' || RESERVED_KEYS.includes(key)))
      throw new StepwrightError('definition', `${what} has ${option} "${key}", which no state key can be; write another.`);
  }
  return Object.freeze({ kind: 'forEach', name, mark: name, items, node, as, keyAs, concurrency, failFast, collect, merge });
}

export const forEach: NodeKind<ForEachNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const end = ended(walk, path, state);
    if (end) return end;
    let items: readonly Item[];
    try {
      items = itemsOf(node, path, state, walk);
    } catch (error) {
      return walk.fail(path, ownFailure(error, `The items of "${path}"`));
    }
    const { scope, fail } = branchScope(walk, path, node.failFast);
    const layers: StateLayer[] = [];
    const begun = (index: number) => walk.journal.begun(places[index] as string);
    const places = items.map(({ key }) => itemPath(path, key));
    const run = async (index: number): Promise<Walked> => {
      const { cancel } = scope;
      const isBegun = begun(index);
      if (!isBegun) await scope.ready;
      if (cancel?.aborted && !isBegun) return { kind: 'cancelled', by: String(cancel.reason) };
      const layer = new StateLayer(withItem(node, state, items[index] as Item));
      layers[index] = layer;
      const one = await walk.into(node.node, places[index] as string, layer, scope);
      if (one.kind === 'failed') fail(places[index] as string);
      return one;
    };
    // A cancelled one makes no room: another has failed fast, and that may be met only after this.
    const frees = (one: Walked) => isDone(one) || one.kind === 'failed';
    const walked = await inSlots(items.length, node.concurrency, run, { begun, frees });
    const gave = walked.flatMap((one) => one ?? []);
    if (gave.length < items.length || !gave.every(isDone)) return worstOf(gave);
    const then = endedThen(walk, path, state);
    if (then) return then;
    try {
      const changes = gather(node, layers, state);
      return finish(walk, path, worstOf(gave), changes, state, `${path}#items`);
    } catch (error) {
      return walk.fail(path, ownFailure(error, `The merge function of "${path}"`));
    }
  },
  children: (node, at) => [
    { node: node.node, at: `${join(at, node.name)}[]`, keys: [node.as, ...(node.keyAs === undefined ? [] : [node.keyAs])] },
  ],
  leaves: (node) => (node.merge ? undefined : node.collect === undefined ? [] : [node.collect]),
  describe: ({ items, as, keyAs, concurrency, failFast, collect, merge }) => ({
    words: [
      `forEach ${typeof items === 'string' ? items : (expressionOf(items) ?? 'item')} as ${keyAs === undefined ? '' : `${keyAs}: `}${as}`,
      ...(concurrency === 1 ? [] : [Number.isFinite(concurrency) ? `${concurrency} at once` : 'all at once']),
      ...(collect === undefined ? [] : [`collects ${collect}`]),
      ...branchWords(Number.POSITIVE_INFINITY, false, merge !== undefined),
      ...(failFast ? [] : ['goes on after a failure']),
    ],
  }),
};

/** One item, and its place in the list or its key in the map. */
interface Item {
  readonly key: string | number;
  readonly value: Json;
}

/** The items: from a state key, or as they were recorded when a function gave them. */
function itemsOf(node: ForEachNode, path: string, state: StateLayer, walk: Walk): readonly Item[] {
  if (typeof node.items === 'string') {
    const value = state.get(node.items);
    return entries(value, () => `The items of "${path}" are the state key "${node.items}", which ${has(value)}`);
  }
  const recorded = walk.journal.get(`${path}#items`)?.decision;
  if (recorded !== undefined && recorded !== null) return entries(recorded, () => `The recorded items of "${path}"`);
  const given: unknown = node.items(state.toObject());
  refusePromise(given, 'a list, or an object');
  const text = toJsonText(given, `The items of "${path}" were given as what`);
  const items = text === undefined ? undefined : (JSON.parse(text) as Json);
  const found = entries(items, () => `The items of "${path}" come from a function, which ${has(items, 'gave')}`);
  walk.decide(`${path}#items`, items as Json);
  return found;
}

function entries(items: Json | undefined, what: () => string): readonly Item[] {
  if (Array.isArray(items)) return items.map((value, key) => ({ key, value }));
  if (isObject(items)) return Object.entries(items).map(([key, value]) => ({ key: checkKey(key, what), value: value as Json }));
  throw new StepwrightError('bad_items', `${what()}; it must be a list, or an object of items by key.`);
}

/** Half a surrogate pair can't stand in a path. */
function checkKey(key: string, what: () => string): string {
  if (!/\p{Cs}/u.test(key)) return key;
  throw new StepwrightError(
    'bad_items',
    `${what()} a key with half a surrogate pair, ${JSON.stringify(key)}, which can't stand in a path.`,
  );
}

function has(value: Json | undefined, verb = 'holds'): string {
  return value === undefined ? `${verb} nothing` : `${verb} ${JSON.stringify(value).slice(0, 80)}`;
}

/** The state at entry of an item: that of the whole, and the item. */
function withItem({ as, keyAs }: ForEachNode, state: StateLayer, { key, value }: Item): StateLayer {
  const layer = new StateLayer(state);
  layer.merge({ set: { [as]: value, ...(keyAs === undefined ? {} : { [keyAs]: key }) }, unset: [] });
  return layer;
}

/** What of the items' changes goes on: what is collected, and what is merged. */
function gather({ collect, merge }: ForEachNode, layers: readonly StateLayer[], state: StateLayer): Changes {
  const set: Record<string, Json> = {};
  const unset: string[] = [];
  const changed = merge ? layers.map((layer) => layer.changes()) : [];
  const keys = new Set(changed.flatMap((one) => [...Object.keys(one.set), ...one.unset]));
  for (const key of [...keys].sort()) {
    if (!merge || key === collect) continue;
    const values = changed.filter((one) => Object.hasOwn(one.set, key) || one.unset.includes(key)).map((one) => leftUnder(one, key));
    const value = mergeValues(merge, key, values, state.get(key));
    if (value === undefined) unset.push(key);
    else set[key] = value;
  }
  if (collect !== undefined) set[collect] = layers.map((layer) => leftUnder(layer.changes(), collect) ?? null);
  return { set, unset };
}

function leftUnder({ set }: Changes, key: string): Json | undefined {
  return Object.hasOwn(set, key) ? set[key] : undefined;
}

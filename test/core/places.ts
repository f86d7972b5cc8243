import { kindOf } from '../../src/core/nodes/kinds.js';
import type { Node } from '../../src/core/nodes/node.js';
import { isDone } from '../../src/core/outcome.js';
import { join } from '../../src/core/path.js';
import type { Records } from '../support/journal-runner.js';

/** A composition around a record. */
interface Around {
  readonly node: Node;
  /** Where it is recorded. */
  readonly path: string;
  /** Which of its branches the record lies in. */
  readonly branch: string;
}

interface Place {
  readonly kind: Node['kind'];
  /** Its compositions, the outermost first; each with how many tokens its path has, and a label of the branch where there is one. */
  readonly around: readonly { readonly node: Node; readonly length: number; readonly label: string | undefined }[];
}

interface Trie {
  place?: Place;
  readonly next: Map<string, Trie>;
}

/** Where a tree can record anything. */
export class Places {
  /** The paths at which more than one thing would be recorded. */
  readonly twice: string[] = [];
  readonly #root: Trie = { next: new Map() };

  constructor(root: Node) {
    this.#visit(root, '', []);
  }

  /** What records at a path. */
  at(path: string): Place | undefined {
    let trie: Trie | undefined = this.#root;
    for (const token of tokens(path))
      trie = trie?.next.get(token) ?? trie?.next.get(token.startsWith('[') ? '[]' : token.replace(/^#\d+$/, '#'));
    return trie?.place;
  }

  /** Whether an edit at a path, of a process in which nothing could go on by itself, can let a step be performed. */
  canFree(edit: string, path: string, before: Records): boolean {
    if (edit === path) return true;
    const { shared, apart } = this.#shared(edit, path);
    // While a branch goes on, it is open again whether it has failed as a whole.
    if ([...shared, ...(apart ? [apart.one] : [])].some(({ node }) => 'failFast' in node && node.failFast)) return true;
    if (!apart) return true;
    const { node } = apart.one;
    switch (node.kind) {
      case 'parallel':
        return false;
      case 'forEach':
        return ![...before.keys()].some((key) => key.startsWith(`${apart.one.path}${apart.other.branch}`));
      case 'graph':
        return isAfter(node, apart.other.branch, apart.one.branch);
      default:
        return true;
    }
  }

  /** Whether a step may not start while a failure stands: they are in two branches of something that fails fast. */
  stops(failure: string, path: string): boolean {
    const { apart } = this.#shared(failure, path);
    if (!apart || !('failFast' in apart.one.node) || !apart.one.node.failFast) return false;
    const inside = this.#around(failure);
    return inside
      .slice(inside.findIndex((one) => one.path === apart.one.path) + 1)
      .every(
        ({ node, branch }) => ['until', 'choose', 'withLock'].includes(node.kind) || (node.kind === 'recover' && branch === 'on failure'),
      );
  }

  /** Whether functions that run side by side are in more branches of something than it has workers. */
  exceeds(paths: readonly string[]): boolean {
    const branches = new Map<string, Set<string>>();
    for (const { node, path, branch } of paths.flatMap((one) => this.#around(one))) {
      if (!('maxWorkers' in node)) continue;
      const known = branches.get(path) ?? new Set();
      branches.set(path, known.add(branch));
      if (known.size > node.maxWorkers) return true;
    }
    return false;
  }

  /** Whether something around a record has ended, or needs it no more. */
  isCovered(path: string, records: Records): boolean {
    return this.#around(path).some(({ node, path: at, branch }) => {
      const { outcome, decision } = records.get(at) ?? {};
      if (node.kind === 'until') return Number(branch.slice(1)) <= ((decision as { readonly loop: number } | undefined)?.loop ?? 0);
      if (node.kind === 'recover') return branch === 'try' && Boolean(decision);
      return node.kind !== 'choose' && outcome !== null && outcome !== undefined && isDone(outcome);
    });
  }

  /** The compositions around both of two records, and the innermost where they lie in two branches. */
  #shared(one: string, other: string) {
    const [left, right] = [this.#around(one), this.#around(other)];
    const shared: Around[] = [];
    for (const [index, mine] of left.entries()) {
      const theirs = right[index];
      if (theirs?.path !== mine.path || theirs.node !== mine.node) return { shared };
      if (theirs.branch !== mine.branch) return { shared, apart: { one: mine, other: theirs } };
      shared.push(mine);
    }
    return { shared };
  }

  #around(path: string): readonly Around[] {
    const parts = tokens(path.replace(/(?:#[a-z]+)+$/, ''));
    return (this.at(path)?.around ?? []).map(({ node, length, label }) => ({
      node,
      path: parts.slice(0, length).join(''),
      branch: label ?? parts[length] ?? '',
    }));
  }

  #visit(node: Node, at: string, around: Place['around']): void {
    const inside = node.name === undefined ? at : join(at, node.name);
    const isAround = node.name !== undefined && !['step', 'list', 'conditional', 'focus'].includes(node.kind);
    const own = isAround ? [...around, { node, length: tokens(inside).length, label: undefined }] : around;
    for (const path of ownPaths(node, at)) this.#put(path, { kind: node.kind, around: path === inside ? around : own });
    for (const child of kindOf(node).children(node, at)) {
      if (node.kind === 'graph') this.#put(`${child.at}#rule`, { kind: 'graph', around: own });
      const label = node.kind === 'forEach' || node.kind === 'until' ? undefined : (child.label ?? '');
      this.#visit(child.node, child.at, isAround ? [...own.slice(0, -1), { node, length: tokens(inside).length, label }] : around);
    }
  }

  #put(path: string, place: Place): void {
    let trie = this.#root;
    for (const token of tokens(path)) {
      const next = trie.next.get(token) ?? { next: new Map() };
      trie.next.set(token, next);
      trie = next;
    }
    if (trie.place) this.twice.push(path);
    trie.place = place;
  }
}

/** Where a node itself records something. */
function ownPaths(node: Node, at: string): readonly string[] {
  const mark = join(at, node.mark);
  switch (node.kind) {
    case 'list':
      return [];
    case 'withLock':
      return node.name === undefined ? [mark] : [mark, join(at, node.name)];
    case 'forEach':
      return [mark, `${mark}#items`];
    default:
      return [mark];
  }
}

function isAfter(node: Extract<Node, { kind: 'graph' }>, task: string, other: string): boolean {
  const { after } = node.tasks.find(({ name }) => name === task)!;
  return after.includes(other) || after.some((one) => isAfter(node, one, other));
}

/** The names, items and loops of a path, and what stands between them. */
function tokens(path: string): readonly string[] {
  return path.split(/(\[[^\]]*\]|#\d*(?=\/|$)|\/)/).filter((token) => token !== '');
}

import { kindOf } from './nodes/kinds.js';
import { namedNodes } from './nodes/names.js';
import type { Node, Placed } from './nodes/node.js';
import { join } from './path.js';
import type { Workflow } from './workflow.js';

/** A tree of steps as it is shown to people: what it is, what it says of itself, and what follows what. Plain JSON. */
export interface Outline {
  readonly kind: Node['kind'] | 'workflow';
  /** What it is called in paths; absent for what is transparent there. */
  readonly name?: string;
  /** What leads to it: a branch, a case, a task. */
  readonly label?: string;
  /** Where it stands; one stands for all items of a forEach, `Ports[]/Enable`, and for all loops, `Probe#/Ping`. */
  readonly path: string;
  /** What it is, and its options, in a few words each; of a step only what is special about it. */
  readonly words: readonly string[];
  /** What is asked at its entry, where the answer decides which of its children are walked. */
  readonly asks?: string;
  readonly children: readonly Outline[];
  /** Which of its children follow which, by place; those that nothing leads to begin at its entry. */
  readonly edges: readonly OutlineEdge[];
}

/** That a child follows another, or, without `from`, the answer to what is asked at the entry. */
export interface OutlineEdge {
  readonly from?: number;
  readonly to: number;
  readonly label?: string;
}

/** The outline of a workflow; lists that only group are left out. */
export function outlineOf(workflow: Workflow): Outline {
  const { name, target, product, initialForm, onFailure, body } = workflow;
  const words = [
    target,
    ...(product === undefined ? [] : [`product ${product}`]),
    ...(initialForm ? ['asks at the start'] : []),
    ...(onFailure === 'undo' ? ['is taken back when it fails'] : []),
  ];
  return { kind: 'workflow', name, path: '', words, ...inside([outlineNode({ node: body, at: '' })], []) };
}

/** Every node of an outline, those above before those inside. */
export function* everyOutline(outline: Outline): Generator<Outline> {
  yield outline;
  for (const child of outline.children) yield* everyOutline(child);
}

function outlineNode({ node, at, label, words: placed = [] }: Placed): Outline {
  const { name, kind } = node;
  const path = name === undefined ? at : join(at, name);
  const { words, asks } = kindOf(node).describe(node);
  const placedChildren = kindOf(node).children(node, at);
  const children = placedChildren.map((child) => outlineNode(isNamedTwice(child, path) ? { node: child.node, at: child.at } : child));
  const body = inside(children, edgesOf(placedChildren, asks));
  const head = { kind, ...(name === undefined ? {} : { name }), ...(label === undefined ? {} : { label }), path };
  return { ...head, words: [...words, ...placed], ...(asks === undefined ? {} : { asks }), ...body };
}

/** Whether the label of a child only repeats its own name, for it stands among its neighbours. */
function isNamedTwice({ node, at, label }: Placed, path: string): boolean {
  return at === path && label !== undefined && (namedNodes(node)[0]?.name ?? node.kind) === label;
}

/** A child follows those whose changes it sees; where that is not said, the one before it. */
function edgesOf(children: readonly Placed[], asks: string | undefined): readonly OutlineEdge[] {
  return children.flatMap(({ sees, label }, to): readonly OutlineEdge[] => {
    const froms = sees ?? (to === 0 ? [] : [to - 1]);
    if (froms.length > 0) return froms.map((from) => ({ from, to, ...(sees === undefined && label !== undefined ? { label } : {}) }));
    return asks === undefined ? [] : [{ to, label: label ?? 'yes' }];
  });
}

/** Children and edges, with the only child's own in its place where that is a list which only groups. */
function inside(children: readonly Outline[], edges: readonly OutlineEdge[]): Pick<Outline, 'children' | 'edges'> {
  const spliced: Outline[] = [];
  const inner: OutlineEdge[] = [];
  const first: number[] = [];
  const last: number[] = [];
  for (const child of children) {
    const start = spliced.length;
    first.push(start);
    if (isGroup(child) && (children.length === 1 || edges.some((edge) => edge.from !== undefined))) {
      spliced.push(...child.children);
      inner.push(
        ...child.edges.map((edge) => ({ ...edge, ...(edge.from === undefined ? {} : { from: edge.from + start }), to: edge.to + start })),
      );
    } else spliced.push(child);
    last.push(spliced.length - 1);
  }
  const outer = edges.map(({ from, to, ...edge }) => ({
    ...edge,
    ...(from === undefined ? {} : { from: last[from] as number }),
    to: first[to] as number,
  }));
  return { children: spliced, edges: [...inner, ...outer].sort((a, b) => a.to - b.to) };
}

/** A list without a name that nothing but its place leads to. */
function isGroup({ kind, name, label }: Outline): boolean {
  return kind === 'list' && name === undefined && label === undefined;
}

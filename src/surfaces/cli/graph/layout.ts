import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Outline, OutlineEdge } from '../../../core/outline.js';
import { routed } from './routed.js';
import { titleOf } from './title.js';

/** A box of a drawing, with its place inside the box around it; lengths are pixels. */
export interface Box {
  /** Undefined for what is asked at the entry of the box around it. */
  readonly outline: Outline | undefined;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** A line between two boxes, by its corners inside the box around them. */
export interface Arrow {
  readonly points: readonly (readonly [number, number])[];
  readonly label?: { readonly text: string; readonly x: number; readonly y: number };
}

export const LINE_HEIGHT = 16;
export const MARGIN = 10;
const GAP = 24;
/** From so many boxes on, lines may cross where that saves much time. */
const MANY = 300;

/** What the boxes are, by the names that the layout knows them by. */
type Known = Map<string, Pick<Box, 'outline' | 'lines'>>;

/** Gives every node of a workflow its place. The layout program is loaded only here, for it is large. */
export async function layOut(workflow: Outline): Promise<Box> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const boxes: Known = new Map();
  const graph = toElk(workflow, 'n', boxes);
  const thoroughness = boxes.size > MANY ? '1' : '7';
  const elk = new Elk.default();
  const placed = await elk.layout(graph, {
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.spacing.nodeNode': String(GAP),
      'elk.layered.spacing.nodeNodeBetweenLayers': String(GAP * 1.5),
      'elk.edgeLabels.inline': 'false',
      'elk.layered.thoroughness': thoroughness,
    },
  });
  return toBox(placed, 'n', boxes);
}

function toElk(outline: Outline, id: string, boxes: Known): ElkNode {
  const { title, notes } = titleOf(outline);
  const lines = [title, ...notes];
  boxes.set(id, { outline, lines });
  const width = Math.max(...lines.map(textWidth)) + 2 * MARGIN;
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  if (outline.children.length === 0) return { id, width, height };
  const { asks } = outline;
  const children = outline.children.map((child, place) => toElk(child, `${id}.${place}`, boxes));
  const question = asks === undefined ? [] : [toQuestion(asks, `${id}.if`, boxes)];
  return {
    id,
    children: [...question, ...children],
    edges: [...routed(outline.edges, children.length)].map((edge, number) => toElkEdge(edge, id, number)),
    layoutOptions: {
      'elk.padding': `[top=${height + MARGIN},left=${GAP},bottom=${GAP},right=${GAP}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  };
}

function toQuestion(asks: string, id: string, boxes: Known): ElkNode {
  boxes.set(id, { outline: undefined, lines: [asks] });
  return { id, width: textWidth(asks) + 6 * MARGIN, height: LINE_HEIGHT + 3 * MARGIN };
}

function toElkEdge({ from, to, label }: OutlineEdge, id: string, number: number): ElkExtendedEdge {
  return {
    id: `${id}-${number}`,
    sources: [`${id}.${from ?? 'if'}`],
    targets: [`${id}.${to}`],
    ...(label === undefined ? {} : { labels: [{ text: label, width: textWidth(label), height: LINE_HEIGHT }] }),
  };
}

function toBox(placed: ElkNode, id: string, known: Known): Box {
  const { x = 0, y = 0, width = 0, height = 0, edges = [] } = placed;
  const { outline, lines = [] } = known.get(id) ?? {};
  const boxes = (placed.children ?? []).map((child) => toBox(child, child.id, known));
  return { outline, lines, x, y, width, height, boxes, arrows: [...edges.flatMap(toArrow), ...straight(outline, boxes)] };
}

/** The lines that were not laid out, from the bottom of one box to the top of the other. */
function straight(outline: Outline | undefined, boxes: readonly Box[]): readonly Arrow[] {
  if (!outline) return [];
  const { children, edges } = outline;
  const placed = boxes.filter((box) => box.outline !== undefined);
  const taken = routed(edges, children.length);
  return edges.flatMap((edge) => {
    const [from, to] = [placed[edge.from ?? -1], placed[edge.to]];
    if (taken.has(edge) || !from || !to) return [];
    return [
      {
        points: [
          [from.x + from.width / 2, from.y + from.height],
          [to.x + to.width / 2, to.y],
        ],
      },
    ];
  });
}

function toArrow({ sections = [], labels = [] }: ElkExtendedEdge): readonly Arrow[] {
  const [label] = labels;
  return sections.map(({ startPoint, bendPoints = [], endPoint }) => ({
    points: [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y] as const),
    ...(label?.text === undefined ? {} : { label: { text: label.text, x: label.x ?? 0, y: label.y ?? 0 } }),
  }));
}

/** About how wide a text is in a common font of 13 pixels; wide signs, such as Chinese ones and emoji, take a square. */
function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += /[\u1100-\uffff\u{10000}-\u{10ffff}]/u.test(sign) ? 14 : /[A-ZMW@%mw]/.test(sign) ? 9.5 : 7.2;
  return Math.ceil(width);
}

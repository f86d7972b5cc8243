import type { OutlineEdge } from '../../../core/outline.js';

/** The layout takes a corner for each row that a line crosses; from so many corners on it would take minutes. */
const MANY = 3000;
const SHORT = 4;

/**
 * The lines that are laid out, so that they go around boxes; the others are drawn straight.
 *
 * Every box keeps one line from the row above it, so that it stands in its row all the same.
 * @param count how many boxes there are
 */
export function routed(edges: readonly OutlineEdge[], count: number): ReadonlySet<OutlineEdge> {
  const rows = rowsOf(edges, count);
  const span = ({ from, to }: OutlineEdge) => (from === undefined ? 1 : (rows[to] as number) - (rows[from] as number));
  const corners = (some: readonly OutlineEdge[]) => some.reduce((sum, edge) => sum + span(edge), 0);
  if (corners(edges) <= MANY) return new Set(edges);
  const short = edges.filter((edge) => span(edge) <= SHORT);
  if (corners(short) <= MANY) return new Set(short);
  const first = new Map(edges.flatMap((edge) => (span(edge) === 1 ? [[edge.to, edge]] : [])));
  return new Set(first.values());
}

/** The row of each box: one below the lowest that leads to it. */
function rowsOf(edges: readonly OutlineEdge[], count: number): readonly number[] {
  const after: number[][] = Array.from({ length: count }, () => []);
  const missing = Array<number>(count).fill(0);
  const rows = Array<number>(count).fill(0);
  for (const { from, to } of edges) {
    if (from === undefined) continue;
    after[from]?.push(to);
    missing[to] = (missing[to] as number) + 1;
  }
  const ready = [...missing.keys()].filter((place) => missing[place] === 0);
  for (const place of ready) {
    for (const next of after[place] as readonly number[]) {
      rows[next] = Math.max(rows[next] as number, (rows[place] as number) + 1);
      missing[next] = (missing[next] as number) - 1;
      if (missing[next] === 0) ready.push(next);
    }
  }
  return rows;
}

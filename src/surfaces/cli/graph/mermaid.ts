import type { Outline } from '../../../core/outline.js';
import { titleOf } from './title.js';

/** What Mermaid draws before it asks for a higher limit, see `maxEdges` in its configuration. */
const MAX_EDGES = 500;

/** The signs around a label, which make a box's shape, by what a step does. */
const SHAPES = { step: ['[', ']'], asks: ['{', '}'] } as const;

/**
 * A workflow as a Mermaid flowchart: compositions are subgraphs, and every line joins neighbours in the same one.
 *
 * Mermaid turns a subgraph that a line crosses into the direction of the whole, and draws it worse.
 */
export function mermaidText(workflow: Outline): string {
  const { title } = titleOf(workflow);
  const lines = bodyLines(workflow, 'n', 1);
  const edges = lines.filter((line) => line.includes(' --> ')).length;
  const limit = edges > MAX_EDGES ? [`%% It has ${edges} lines: set maxEdges, and maxTextSize, in the configuration of Mermaid.`] : [];
  return ['---', `title: ${JSON.stringify(title)}`, '---', ...limit, 'flowchart TD', ...lines].join('\n');
}

function bodyLines({ children, edges, asks }: Outline, id: string, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const idOf = (place: number | undefined) => (place === undefined ? `${id}_if` : `${id}_${place + 1}`);
  return [
    ...(asks === undefined ? [] : [`${indent}${idOf(undefined)}${shape(SHAPES.asks, quote(asks))}`]),
    ...children.flatMap((child, place) => nodeLines(child, idOf(place), depth)),
    ...edges.map(({ from, to, label }) => `${indent}${idOf(from)} -->${label === undefined ? '' : `|${quote(label)}|`} ${idOf(to)}`),
  ];
}

function nodeLines(outline: Outline, id: string, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const { title, notes } = titleOf(outline);
  const label = quote([title, ...notes].join('\n'));
  if (outline.kind === 'step') return [`${indent}${id}${shape(SHAPES.step, label)}`];
  return [`${indent}subgraph ${id}[${label}]`, `${indent}  direction TB`, ...bodyLines(outline, id, depth + 1), `${indent}end`];
}

function shape([open, close]: readonly [string, string], label: string): string {
  return `${open}${label}${close}`;
}

/** A text in quotes; whatever means something to Mermaid, or to HTML, stands as a number. */
function quote(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replaceAll(/[^\p{L}\p{M}\p{N} _.,'()[\]=/+!?|*-]/gu, (sign) => `#${sign.codePointAt(0)};`));
  return `"${lines.join('<br/>')}"`;
}

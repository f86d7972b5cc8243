import type { Outline } from '../../../core/outline.js';
import { type Arrow, type Box, LINE_HEIGHT, layOut, MARGIN } from './layout.js';

/** Colours by what they are for, in light and in dark; the drawing needs nothing from outside. */
const STYLE = `
svg { --paper: #ffffff; --ink: #1c2430; --soft: #5a6676; --line: #7a8696; --step: #eef3fb; --group: #f6f7f9; --ask: #fdf3dc; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14181f; --ink: #e8ecf2; --soft: #a3afbf; --line: #77859a; --step: #22304a; --group: #1b212b; --ask: #453a1c; }
}
text { font: 13px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: var(--ink); }
.title { font-weight: 600; }
.note, .label { fill: var(--soft); }
.paper { fill: var(--paper); }
.step > rect { fill: var(--step); stroke: var(--line); }
.group > rect { fill: var(--group); stroke: var(--line); stroke-dasharray: 5 3; }
.ask > polygon { fill: var(--ask); stroke: var(--line); }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.5; marker-end: url(#tip); }
.tip { fill: var(--line); }
.label { paint-order: stroke; stroke: var(--group); stroke-width: 4px; }
`;

/** A workflow as an SVG picture, which can be read in light and in dark. */
export async function svgText(workflow: Outline, description: string | undefined): Promise<string> {
  const root = await layOut(workflow);
  const [width, height] = [Math.ceil(root.width), Math.ceil(root.height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="name">`,
    `<title id="name">${xml(workflow.name ?? '')}</title>`,
    ...(description === undefined ? [] : [`<desc>${xml(description)}</desc>`]),
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...texts(root),
    ...contents(root),
    '</svg>',
  ].join('\n');
}

function contents({ boxes, arrows }: Box): readonly string[] {
  return [...boxes.flatMap(boxLines), ...arrows.flatMap(arrowLines)];
}

function boxLines(box: Box): readonly string[] {
  const { outline, x, y, width, height, lines } = box;
  const open = (name: string) => `<g class="${name}" transform="translate(${x} ${y})">`;
  if (!outline) {
    const corners = `${width / 2},0 ${width},${height / 2} ${width / 2},${height} 0,${height / 2}`;
    return [open('ask'), `<polygon points="${corners}"/>`, textLine(lines[0] ?? '', width / 2, height / 2 + 4, 'note', 'middle'), '</g>'];
  }
  const hint = [outline.path, ...outline.words].filter(Boolean).join('\n');
  const isStep = outline.kind === 'step';
  return [
    open(isStep ? 'step' : 'group'),
    `<title>${xml(hint)}</title>`,
    `<rect width="${width}" height="${height}" rx="${isStep ? 8 : 4}"/>`,
    ...texts(box),
    ...contents(box),
    '</g>',
  ];
}

function texts({ lines }: Box): readonly string[] {
  return lines.map((line, place) => textLine(line, MARGIN, MARGIN + 13 + place * LINE_HEIGHT, place === 0 ? 'title' : 'note'));
}

function arrowLines({ points, label }: Arrow): readonly string[] {
  const line = points.map(([x, y], place) => `${place === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return [`<path class="arrow" d="${line}"/>`, ...(label ? [textLine(label.text, label.x, label.y + 13, 'label')] : [])];
}

function textLine(text: string, x: number, y: number, name: string, anchor?: string): string {
  return `<text class="${name}" x="${x}" y="${y}"${anchor === undefined ? '' : ` text-anchor="${anchor}"`}>${xml(text)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text in XML; what XML can't hold is replaced. */
function xml(text: string): string {
  const sound = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML can't hold
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\p{Cs}\ufffe\uffff]/gu, '\ufffd');
  return sound.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

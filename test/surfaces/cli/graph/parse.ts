/** What a Mermaid flowchart holds, as far as Stepwright writes any. */
export interface Flowchart {
  readonly nodes: readonly string[];
  readonly groups: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

const LABEL = String.raw`"[^"\`;]*(?:#\d+;[^"\`;]*)*"`;
const NODE = new RegExp(String.raw`^(\w+)(?:\[${LABEL}\]|\{${LABEL}\})$`);
const GROUP = new RegExp(String.raw`^subgraph (\w+)\[${LABEL}\]$`);
const EDGE = new RegExp(String.raw`^(\w+) -->(?:\|${LABEL}\|)? (\w+)$`);

/** Reads a flowchart line by line; whatever is no line of the grammar, or joins what is not there, is an error. */
export function parseMermaid(text: string): Flowchart {
  const [front, title, end, ...all] = text.split('\n');
  if (front !== '---' || end !== '---' || !title?.startsWith('title: ')) throw new Error('it has no title');
  const lines = all.filter((line) => !line.startsWith('%%'));
  if (lines.shift() !== 'flowchart TD') throw new Error('it is no flowchart');
  const chart = { nodes: [] as string[], groups: [] as string[], edges: [] as (readonly [string, string])[] };
  let depth = 0;
  for (const line of lines.map((one) => one.trim())) {
    const [, node] = NODE.exec(line) ?? [];
    const [, group] = GROUP.exec(line) ?? [];
    const [, from, to] = EDGE.exec(line) ?? [];
    if (node) chart.nodes.push(node);
    else if (group) {
      chart.groups.push(group);
      depth++;
    } else if (from && to) chart.edges.push([from, to]);
    else if (line === 'end') depth--;
    else if (line !== 'direction TB') throw new Error(`it holds ${line}`);
  }
  const known = new Set([...chart.nodes, ...chart.groups]);
  const lost = chart.edges.flat().find((one) => !known.has(one));
  if (depth !== 0 || lost !== undefined) throw new Error(lost === undefined ? 'a subgraph has no end' : `nothing is called ${lost}`);
  return chart;
}

/** Checks that a text is well-formed XML, as far as elements, attributes and entities go; gives the texts of every `<text>`. */
export function parseXml(text: string): readonly string[] {
  const open: string[] = [];
  const texts: string[] = [];
  for (const [, tag = '', between = ''] of text.matchAll(/(<[^>]*>)([^<]*)/g)) {
    const [, close, name = '', attributes = '', empty] = /^<(\/)?([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/)?>$/i.exec(tag) ?? [];
    if (name === '') throw new Error(`it holds ${tag}`);
    if (close && open.pop() !== name) throw new Error(`</${name}> closes another`);
    if (!close && !empty) open.push(name);
    for (const part of [attributes, between]) if (/&(?!(?:amp|lt|gt|quot);)/.test(part)) throw new Error(`it holds ${part}`);
    if (name === 'text' && !close)
      texts.push(between.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> has no end`);
  return texts;
}

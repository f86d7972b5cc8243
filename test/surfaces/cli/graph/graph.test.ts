import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { everyOutline, outlineOf } from '../../../../src/core/outline.js';
import { defineWorkflow, graph, list, parallel, type Steppable, step } from '../../../../src/index.js';
import { mermaidText } from '../../../../src/surfaces/cli/graph/mermaid.js';
import { svgText } from '../../../../src/surfaces/cli/graph/svg.js';
import { titleOf } from '../../../../src/surfaces/cli/graph/title.js';
import { treeText } from '../../../../src/surfaces/cli/graph/tree-text.js';
import { styleFor } from '../../../../src/surfaces/cli/output/style.js';
import { everything } from '../fixtures/tree.js';
import { fixture, Scratch } from '../harness.js';
import { parseMermaid, parseXml } from './parse.js';

const plain = (name: string) => step(name)(() => undefined);
const outline = (body: Steppable) => outlineOf(defineWorkflow('w', {}, body));

/** Names that mean something to Mermaid, to XML or to HTML. */
const AWKWARD = ['end', 'a "b" `c`', '<b>&amp;<b>', '%%{init}%%', 'style a:b,c', '状態 🚀', '$$x$$', 'a;b|c'];

/** A thousand tasks, each after two before it. */
const big = () => {
  const names = Array.from({ length: 1000 }, (_, place) => `t${place}`);
  const after = (place: number) => [...new Set([place - 1, Math.floor(place / 2)])].filter((one) => one >= 0 && one !== place);
  return outline(
    graph(Object.fromEntries(names.map((name, place) => [name, { run: plain('Run'), after: after(place).map((one) => `t${one}`) }]))),
  );
};

describe('a tree', () => {
  it('says what every kind of node is, and its options', () => {
    expect(treeText(outlineOf(everything), everything.description, styleFor(false))).toBe(`\
everything  modify, product Line, asks at the start, is taken back when it fails
Everything <there> & "is"
└─ with lock line-1
   ├─ Reserve  undo
   ├─ Push  retry every 10m, at most 12 attempts
   ├─ Settle  sleeps
   ├─ if state.approved === true
   │  └─ Activate
   ├─ parallel  at most 2 at once, stops at the first failure
   │  ├─ east: Confirm  asks NOC
   │  └─ west
   │     ├─ Lab  awaits a call for at most 2d
   │     └─ Provision  starts workflow create_port
   ├─ Ports  forEach ports as port, 4 at once, collects enabled
   │  └─ Enable <it>
   ├─ Probe  until state.linkUp === true, at most 20 loops
   │  ├─ Ping
   │  └─ Pause  sleeps
   ├─ Medium  choose by String(state.medium)
   │  ├─ fibre: Splice
   │  ├─ copper
   │  │  ├─ Crimp
   │  │  └─ Test
   │  └─ otherwise: Refuse
   ├─ graph
   │  ├─ check: run
   │  ├─ deploy: run  after check
   │  └─ report: run  after check, deploy, runs on all_done
   ├─ Careful  recover
   │  ├─ try: Cut over
   │  └─ on failure: Fall back
   └─ with lock [String(state.router)]  fails where it is held
      └─ Upgrade
         ├─ Drain
         └─ Flash`);
  });
});

describe('a Mermaid flowchart', () => {
  it('has a subgraph for each composition, and lines between neighbours alone', () => {
    const body = list(plain('First'), parallel({ east: plain('Push'), west: list(plain('Drain'), plain('Push')) }), plain('Last'));
    expect(mermaidText(outline(body))).toBe(`\
---
title: "w"
---
flowchart TD
  n_1["First"]
  subgraph n_2["parallel"]
    direction TB
    n_2_1["east#58; Push"]
    subgraph n_2_2["west"]
      direction TB
      n_2_2_1["Drain"]
      n_2_2_2["Push"]
      n_2_2_1 --> n_2_2_2
    end
  end
  n_3["Last"]
  n_1 --> n_2
  n_2 --> n_3`);
  });

  it('labels cases, and what follows a failure', () => {
    const text = mermaidText(outlineOf(everything));
    expect(text).toContain('{"String(state.medium)"}\n');
    expect(text).toMatch(/_if -->\|"fibre"\| n_1_\d+_1\n.*_if -->\|"copper"\| n_1_\d+_2\n.*_if -->\|"otherwise"\| n_1_\d+_3\n/);
    expect(text).toMatch(/n_1_10_1 -->\|"on failure"\| n_1_10_2\n/);
    expect(text).toContain('["Push<br/>retry every 10m<br/>at most 12 attempts"]');
  });

  it.each([
    ['every kind of node', outlineOf(everything)],
    ['awkward names', outline(list(...AWKWARD.map(plain)))],
    ['a thousand tasks', big()],
  ])('can be read with %s', (_what, drawn) => {
    const { nodes, groups, edges } = parseMermaid(mermaidText(drawn));
    const all = [...everyOutline(drawn)];
    expect(nodes).toHaveLength(all.filter(({ kind, asks }) => kind === 'step' || asks !== undefined).length);
    expect(groups).toHaveLength(all.filter(({ kind }) => kind !== 'step' && kind !== 'workflow').length);
    expect(edges).toHaveLength(all.flatMap((one) => one.edges).length);
  });

  it('says where it is more than Mermaid draws by itself', () => {
    expect(mermaidText(big())).toContain('%% It has 1996 lines: set maxEdges');
  });
});

describe('an SVG picture', () => {
  it.each([
    ['every kind of node', outlineOf(everything)],
    ['awkward names', outline(list(...AWKWARD.map(plain)))],
  ])('is well-formed, and holds each node of %s', async (_what, drawn) => {
    const svg = await svgText(drawn, 'what it is for: <all>');
    const texts = parseXml(svg);
    for (const one of everyOutline(drawn)) expect(texts).toContain(titleOf(one).title);
    expect(svg).toContain('<desc>what it is for: &lt;all&gt;</desc>');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.match(/<path class="arrow"/g)).toHaveLength([...everyOutline(drawn)].flatMap((one) => one.edges).length);
    expect(svg).not.toMatch(/NaN|undefined|(?:href|src)=/);
  });

  it('holds a thousand tasks', async () => {
    const texts = parseXml(await svgText(big(), undefined));
    expect(texts).toHaveLength(1000 + ['w', 'system', 'graph'].length);
  }, 120_000);
});

describe('stepwright graph', () => {
  const TREE = fixture('tree.ts');

  it('draws a workflow by its name, and by its file', async () => {
    const scratch = new Scratch();
    const named = await scratch.run('-w', TREE, 'graph', 'everything');
    expect([named.code, named.out]).toEqual([0, expect.stringContaining('├─ Reserve  undo\n')]);
    expect((await scratch.run('graph', TREE)).out).toBe(named.out);
    expect((await scratch.run('graph', `${TREE}:everything`, '--mermaid')).out).toContain('\nflowchart TD\n');
  });

  it('writes to a file', async () => {
    const scratch = new Scratch();
    const { code, out, err } = await scratch.run('graph', TREE, '--svg', '-o', 'tree.svg');
    expect([code, out, err]).toEqual([0, '', 'Written to tree.svg.\n']);
    expect(parseXml(readFileSync(scratch.path('tree.svg'), 'utf8'))).toContain('Reserve');
  });

  it('gives the outline as JSON', async () => {
    const { records } = await new Scratch().json('tree.ts', 'graph', 'everything');
    expect(records).toMatchObject([{ type: 'graph', kind: 'workflow', name: 'everything', children: [{ kind: 'withLock' }] }]);
  });

  it.each([
    ['an unknown name', ['everythign'], 'There is no workflow "everythign". Did you mean "everything"?'],
    ['two formats', ['everything', '--svg', '--mermaid'], "Option '--mermaid' cannot be used with option '--svg'."],
    ['a file that can not be written', ['everything', '-o', 'no/where.txt'], "no/where.txt can't be written: "],
  ])('refuses %s', async (_what, args, message) => {
    const { code, err } = await new Scratch().run('-w', TREE, 'graph', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

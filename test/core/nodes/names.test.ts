import { describe, expect, it } from 'vitest';
import { conditionalNode } from '../../../src/core/nodes/conditional.js';
import { focusNode } from '../../../src/core/nodes/focus.js';
import { kindOf } from '../../../src/core/nodes/kinds.js';
import { listNode } from '../../../src/core/nodes/list.js';
import { namedNodes, ownPath } from '../../../src/core/nodes/names.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { doing as step } from '../../support/doing.js';

const when = (node: Node, name?: string) => conditionalNode(() => true, node, name);
const into = (node: Node, name?: string) => focusNode('order', node, name);

describe('namedNodes', () => {
  it('takes a transparent node for its children, at any depth', () => {
    const tree = listNode([step('A'), when(into(listNode([step('B'), step('C')]))), listNode([step('D')], 'E'), when(step('F'), 'G')]);
    expect(namedNodes(tree).map(({ name }) => name)).toEqual(['A', 'B', 'C', 'E', 'G']);
  });
});

describe('siblings of one name', () => {
  it.each<[string, () => Node]>([
    ['two steps', () => listNode([step('A'), step('A')])],
    ['a step and a list', () => listNode([step('A'), listNode([step('B')], 'A')])],
    ['a step inside a transparent list', () => listNode([step('A'), listNode([step('B'), step('A')])])],
    ['a step inside a transparent conditional', () => listNode([step('A'), when(step('A'))])],
    ['a step inside a transparent focus', () => listNode([into(step('A')), step('A')])],
    ['steps inside two transparent nodes, deeply', () => listNode([when(into(listNode([step('A')]))), into(when(step('A')))])],
    ['a named conditional and a named focus', () => listNode([when(step('B'), 'A'), into(step('B'), 'A')])],
    ['two inside a list of one conditional', () => listNode([when(listNode([step('A'), step('A')]))])],
  ])('are refused: %s', (_, build) => {
    expect(build).toThrow(
      expect.objectContaining({
        code: 'definition',
        message: 'Two steps are named "A"; the journal knows steps by their names, so give one of them another.',
      }),
    );
  });

  it('are told with the places where they are written', () => {
    expect(() => listNode([step('A', { source: 'order.ts:3' }), step('A', { source: 'order.ts:9' })])).toThrow(
      '(order.ts:3 and order.ts:9)',
    );
    expect(() => listNode([step('A'), when(step('A', { source: 'order.ts:9' }))])).toThrow('named "A" (order.ts:9);');
  });

  it.each<[string, () => Node]>([
    ['in another named list', () => listNode([step('A'), listNode([step('A')], 'B')])],
    ['in a named conditional and a named focus', () => listNode([step('A'), when(step('A'), 'B'), into(step('A'), 'C')])],
    ['as the name of what they stand in', () => listNode([listNode([step('A')], 'A')], 'A')],
    ['in another case', () => listNode([step('A'), step('a')])],
  ])('may have one name %s', (_, build) => {
    expect(build).not.toThrow();
  });
});

describe('ownPath', () => {
  it.each<[string, Node, string, string]>([
    ['a named conditional', when(step('A'), 'B'), '', 'B#if'],
    ['a named focus inside something', into(step('A'), 'B'), 'Deploy', 'Deploy/B#focus'],
    ['a transparent conditional', when(step('A')), 'Deploy', 'Deploy/A#if'],
    ['a transparent focus', into(step('A')), '', 'A#focus'],
    ['a conditional around a named list', when(listNode([step('A')], 'B')), '', 'B#if'],
    ['a conditional around a transparent list', when(listNode([step('A'), step('B')])), '', 'A#if'],
    ['a conditional around a named conditional', when(when(step('A'), 'B')), '', 'B#if#if'],
    ['three conditionals around one another', when(when(when(step('A')))), '', 'A#if#if#if'],
    ['a conditional around a focus', when(into(step('A'))), '', 'A#focus#if'],
    ['a focus around a conditional', into(when(step('A'))), '', 'A#if#focus'],
    ['a conditional around a list that begins with one', when(listNode([when(step('A')), step('B')])), '', 'A#if#if'],
    ['a conditional around lists that begin with a focus', when(listNode([listNode([into(step('A'))]), step('B')])), 'C', 'C/A#focus#if'],
  ])('of %s', (_, node, at, path) => {
    expect(ownPath(node, at, node.kind === 'focus' ? 'focus' : 'if')).toBe(path);
  });

  it('is another one for each of the transparent nodes around one another, in every arrangement', () => {
    const wraps: readonly ((node: Node) => Node)[] = [
      (node) => when(node),
      (node) => into(node),
      (node) => listNode([node]),
      (node) => listNode([node, step('last')]),
      (node) => when(node, 'named'),
      (node) => listNode([node], 'named'),
    ];
    let trees: readonly Node[] = [step('first')];
    for (let depth = 1; depth <= 4; depth++) {
      trees = trees.flatMap((tree) => wraps.map((wrap) => buildable(() => wrap(tree))).filter((node) => node !== undefined));
      for (const tree of trees) {
        const paths = ownPaths(tree, '');
        expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
      }
    }
    expect(trees.length).toBeGreaterThan(500);
  });
});

function buildable(build: () => Node): Node | undefined {
  try {
    return build();
  } catch {
    return undefined;
  }
}

function ownPaths(node: Node, at: string): readonly string[] {
  const own = node.kind === 'conditional' ? [ownPath(node, at, 'if')] : node.kind === 'focus' ? [ownPath(node, at, 'focus')] : [];
  const children = kindOf(node).children(node, at);
  return [...own, ...children.flatMap((child) => ownPaths(child.node, child.at))];
}

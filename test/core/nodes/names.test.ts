import { describe, expect, it } from 'vitest';
import { conditionalNode } from '../../../src/core/nodes/conditional.js';
import { focusNode } from '../../../src/core/nodes/focus.js';
import { listNode } from '../../../src/core/nodes/list.js';
import { namedNodes } from '../../../src/core/nodes/names.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { parallelNode } from '../../../src/core/nodes/parallel.js';
import { withLockNode } from '../../../src/core/nodes/with-lock.js';
import { doing as step } from '../../support/doing.js';

const when = (node: Node, name?: string) => conditionalNode(() => true, node, name);
const into = (node: Node, name?: string) => focusNode('order', node, name);
const lock = (node: Node, name?: string) => withLockNode(['router-7'], node, 'wait', name);
const many = () => parallelNode([{ name: undefined, node: step('A') }]);

describe('namedNodes', () => {
  it('takes a transparent node for its children, at any depth', () => {
    const tree = listNode([step('A'), when(into(listNode([step('B'), step('C')]))), listNode([step('D')], 'E'), when(step('F'), 'G')]);
    expect(namedNodes(tree).map(({ name }) => name)).toEqual(['A', 'B', 'C', 'E', 'G']);
  });
});

describe('siblings of one name', () => {
  const two = 'Two steps are';
  const other = (before: string, after: string) => `Two neighbours, a ${before} and a ${after}, are`;

  it.each<[string, () => Node, string]>([
    ['two steps', () => listNode([step('A'), step('A')]), two],
    ['a step and a list', () => listNode([step('A'), listNode([step('B')], 'A')]), other('step', 'list')],
    ['a step inside a transparent list', () => listNode([step('A'), listNode([step('B'), step('A')])]), two],
    ['a step inside a transparent conditional', () => listNode([step('A'), when(step('A'))]), two],
    ['a step inside a transparent focus', () => listNode([into(step('A')), step('A')]), two],
    ['a step inside transparent locks', () => listNode([lock(step('A')), step('A')]), two],
    ['steps inside two transparent nodes, deeply', () => listNode([when(into(listNode([step('A')]))), into(when(step('A')))]), two],
    ['a named conditional and a named focus', () => listNode([when(step('B'), 'A'), into(step('B'), 'A')]), other('conditional', 'focus')],
    ['two inside a list of one conditional', () => listNode([when(listNode([step('A'), step('A')]))]), two],
    ['two parallels without a name of their own', () => listNode([many(), many()]).nodes[0] as Node, other('parallel', 'parallel')],
  ])('are refused: %s', (_, build, who) => {
    const message = `${who} named "${who.includes('parallel') ? 'parallel' : 'A'}"; the journal knows steps by their names, so give one of them another.`;
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message }));
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

describe('the mark of a node', () => {
  it.each<[string, Node, string]>([
    ['a step', step('A'), 'A'],
    ['a named list', listNode([step('A')], 'B'), 'B'],
    ['a transparent list', listNode([step('A'), step('B')]), 'A'],
    ['a parallel', many(), 'parallel'],
    ['a named conditional', when(step('A'), 'B'), 'B#if'],
    ['a named focus', into(step('A'), 'B'), 'B#focus'],
    ['named locks', lock(step('A'), 'B'), 'B#lock'],
    ['a transparent conditional', when(step('A')), 'A#if'],
    ['a transparent focus', into(step('A')), 'A#focus'],
    ['transparent locks', lock(step('A')), 'A#lock'],
    ['a conditional around a named list', when(listNode([step('A')], 'B')), 'B#if'],
    ['a conditional around a transparent list', when(listNode([step('A'), step('B')])), 'A#if'],
    ['a conditional around a named conditional', when(when(step('A'), 'B')), 'B#if#if'],
    ['three conditionals around one another', when(when(when(step('A')))), 'A#if#if#if'],
    ['a conditional around a focus', when(into(step('A'))), 'A#focus#if'],
    ['a focus around locks', into(lock(step('A'))), 'A#lock#focus'],
    ['a conditional around a list that begins with one', when(listNode([when(step('A')), step('B')])), 'A#if#if'],
  ])('of %s', (_, node, mark) => {
    expect(node.mark).toBe(mark);
  });
});

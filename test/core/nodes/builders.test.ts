import { describe, expect, it } from 'vitest';
import { conditionalNode } from '../../../src/core/nodes/conditional.js';
import { focusNode } from '../../../src/core/nodes/focus.js';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import type { Predicate } from '../../../src/core/nodes/predicate.js';
import { stepNode } from '../../../src/core/nodes/step.js';
import { join } from '../../../src/core/path.js';
import { doing as step } from '../../support/doing.js';

const always: Predicate = () => true;

describe('the builders of nodes', () => {
  it.each<[string, () => Node, string]>([
    ['a step without a name', () => step(''), 'A step has no name'],
    ['a step with a bad name', () => step('a/b'), 'A step "a/b" contains "/"'],
    ['a list without nodes', () => listNode([]), 'A list has no steps; give it at least one.'],
    ['a named list without nodes', () => listNode([], 'Deploy'), 'The list "Deploy" has no steps; give it at least one.'],
    ['a list with a bad name', () => listNode([step('A')], 'a#1'), 'A list "a#1" contains "#"'],
    ['a list with an empty name', () => listNode([step('A')], ''), 'A list has no name'],
    ['a conditional with a bad name', () => conditionalNode(always, step('A'), 'a[0]'), 'A conditional "a[0]" contains "["'],
    ['a conditional with an empty name', () => conditionalNode(always, step('A'), ' '), 'A conditional has no name'],
    [
      'a conditional on a value',
      () => conditionalNode(true as unknown as Predicate, step('A')),
      'conditional() takes a function of the state',
    ],
    ['a conditional on nothing', () => conditionalNode(undefined as unknown as Predicate, step('A')), 'conditional() takes a function'],
    ['a focus with a bad name', () => focusNode('order', step('A'), 'a]'), 'A focus "a]" contains "]"'],
    ['a focus without a key', () => focusNode('', step('A')), 'focus() takes the name of a state key'],
    ['a focus on what is no key', () => focusNode(7 as unknown as string, step('A')), 'focus() takes the name of a state key'],
    ['a focus on a reserved key', () => focusNode('ctx', step('A')), 'focus("ctx") names a key that no step can set'],
    ['a focus on the prototype', () => focusNode('__proto__', step('A')), 'focus("__proto__") names a key that no step can set'],
  ])('refuse %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it('freeze what they build, and take over no list of the caller', () => {
    const nodes = [step('A')];
    const list = listNode(nodes);
    nodes.push(step('B'));
    expect(list.nodes).toHaveLength(1);
    const body = { parameters: [], call: () => undefined };
    const made = stepNode('A', { kind: 'run', body }, { undo: body, source: 'a.ts:1' });
    for (const part of [made, made.action, list, list.nodes, conditionalNode(always, made), focusNode('order', made)]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(made).toMatchObject({ name: 'A', undo: body, source: 'a.ts:1' });
  });
});

describe('stepsOf', () => {
  it('gives every step in declared order, with the path of what it stands in', () => {
    const tree = listNode([
      step('A'),
      listNode([step('A'), conditionalNode(always, step('B'))], 'List'),
      conditionalNode(always, listNode([step('C'), focusNode('order', step('D'))])),
      conditionalNode(always, step('A'), 'If'),
      focusNode('order', listNode([step('A'), listNode([step('A')], 'Inner')]), 'Focus'),
    ]);
    expect([...stepsOf(tree)].map(({ node, at }) => join(at, node.name))).toEqual([
      'A',
      'List/A',
      'List/B',
      'C',
      'D',
      'If/A',
      'Focus/A',
      'Focus/Inner/A',
    ]);
  });

  it('gives a lone step, at the root or where it is said to stand', () => {
    const one = step('A');
    expect([...stepsOf(one)]).toEqual([{ node: one, at: '' }]);
    expect([...stepsOf(one, 'Deploy')]).toEqual([{ node: one, at: 'Deploy' }]);
  });
});

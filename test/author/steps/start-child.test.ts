import 'reflect-metadata';
import { type ChildOptions, defineWorkflow, startChild, step, workflow } from 'stepwright';
import { describe, expect, it } from 'vitest';
import type { Child } from '../../../src/core/nodes/step.js';
import { problemOf } from '../problem-of.js';

@workflow('create_port')
class CreatePort {
  @step('Create') create() {}
}

class NoWorkflow {}

const flow = defineWorkflow(
  'create_vlan',
  {},
  step('Create')(() => {}),
);

function childOf(options: ChildOptions): Child {
  const { action } = startChild('Provision', options);
  if (action.kind !== 'child') throw new TypeError('this starts no child');
  return action.child;
}

const nameOf = (given: ChildOptions['workflow']) => {
  const { workflow: name } = childOf({ workflow: given });
  return typeof name === 'function' ? [name()] : name;
};

describe('startChild', () => {
  it.each<[string, ChildOptions['workflow'], unknown]>([
    ['a name', 'create_port', 'create_port'],
    ['a class', CreatePort, 'create_port'],
    ['a defined workflow', flow, 'create_vlan'],
    ['a name that is looked up later', () => 'create_port', ['create_port']],
    ['a class that is looked up later', () => CreatePort, ['create_port']],
    ['a workflow that is looked up later', () => flow, ['create_vlan']],
  ])('starts a workflow by %s', (_, given, expected) => {
    expect(nameOf(given)).toEqual(expected);
  });

  it('may start the workflow that it stands in', () => {
    const again = (): ReturnType<typeof defineWorkflow> => defineWorkflow('again', {}, startChild('Again', { workflow: again }));
    expect(again().body).toMatchObject({ action: { kind: 'child' } });
  });

  it('waits for the end, and keeps it under "child", unless it is told', () => {
    expect(childOf({ workflow: flow })).toEqual({ workflow: 'create_vlan', wait: true, resultKey: 'child' });
    const input = () => ({ site: 'ams' });
    expect(childOf({ workflow: flow, input, wait: false, resultKey: 'port' })).toMatchObject({ input, wait: false, resultKey: 'port' });
    const node = startChild('Provision', { workflow: flow, resultKey: 'port' });
    expect(node.returns).toEqual(new Set(['port']));
    expect(node.source).toMatch(/^steps\/start-child\.test\.ts:\d+$/);
  });

  const WRITE = "write its name, a class with @workflow('…'), or what defineWorkflow() gave.";
  it.each<[string, () => unknown, string]>([
    [
      'a class that is no workflow',
      () => nameOf(NoWorkflow),
      `starts the class NoWorkflow, on which no @workflow stands, which is no workflow; ${WRITE}`,
    ],
    ['an empty name', () => nameOf(''), `starts "", which is no workflow; ${WRITE}`],
    ['a step', () => nameOf(step('A')(() => {}) as never), `which is no workflow; ${WRITE}`],
    [
      'nothing',
      () => nameOf(undefined as never),
      'starts undefined, which is no workflow; where two files import each other, write () => CreatePort.',
    ],
    ['what is no workflow, when it is looked up', () => nameOf((() => NoWorkflow) as never), 'starts the class NoWorkflow'],
    [
      'a key that no step can set',
      () => childOf({ workflow: flow, resultKey: 'ctx' }),
      'has "resultKey" "ctx", which no state key can be; write another.',
    ],
    [
      'answers that are no function',
      () => childOf({ workflow: flow, input: { site: 1 } as never }),
      'has "input" {"site":1}; write a function of the state: (state) => (…).',
    ],
    ['a name that can not stand in a path', () => startChild('a/b', { workflow: flow }), 'A step "a/b" contains "/"'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

import 'reflect-metadata';
import { defineWorkflow, list, step, type WorkflowLocks, withLock } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});
const keys = () => ['router-7'];

describe('withLock', () => {
  it('holds names, or what a function gives, around a node', () => {
    expect(withLock(['router-7'], does('Push'))).toMatchObject({ name: 'withLock', keys: ['router-7'], policy: 'wait' });
    const node = withLock(keys, list(does('Drain'), does('Upgrade')), { name: 'Router', policy: 'refuse' });
    expect(node).toMatchObject({ keys, policy: 'refuse' });
    expect(pathsOf(node)).toEqual(['Router/Drain', 'Router/Upgrade']);
  });

  it.each<[string, () => unknown, string]>([
    [
      'one name alone',
      () => withLock('router-7' as never, does('A')),
      'The withLock "withLock" got router-7; give the names of locks, such as [',
    ],
    ['no names', () => withLock([], does('A'), { name: 'Router' }), 'The withLock "Router" got []; give the names'],
    ['what is no name', () => withLock([7 as never], does('A')), 'got [7]; give the names of locks'],
    [
      'an unknown policy',
      () => withLock(keys, does('A'), { policy: 'steal' as never }),
      'has the policy "steal"; write one of wait, refuse, supersede.',
    ],
    ['what is no step', () => withLock(keys, undefined as never), 'undefined is no step'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

describe('the locks of a workflow', () => {
  const flow = (locks: WorkflowLocks) => defineWorkflow('order', { locks }, list(does('A'), does('B'))).body;

  it.each<[string, WorkflowLocks, object]>([
    ['names', ['router-7'], { keys: ['router-7'], policy: 'wait' }],
    ['a function', keys, { keys, policy: 'wait' }],
    ['names with a policy', { keys: ['router-7'], policy: 'supersede' }, { keys: ['router-7'], policy: 'supersede' }],
    ['a function without one', { keys }, { keys, policy: 'wait' }],
  ])('are held around its body: %s', (_, locks, expected) => {
    expect(flow(locks)).toMatchObject({ kind: 'withLock', name: undefined, node: { kind: 'list' }, ...expected });
    expect(pathsOf(flow(locks))).toEqual(['A', 'B']);
  });

  it.each<[string, unknown, string]>([
    ['one name alone', 'router-7', 'The option "locks" got router-7; give the names of locks'],
    ['null', null, 'The option "locks" got null; give the names'],
    ['a policy without names', { policy: 'wait' }, 'The option "locks" got undefined; give the names'],
    ['an unknown policy', { keys, policy: 'steal' }, 'The locks has the policy "steal"; write one of wait'],
  ])('refuse %s', (_, locks, message) => {
    const problem = problemOf(() => flow(locks as never));
    expect(problem).toMatch(/^Workflow "order" \(compositions\/with-lock\.test\.ts:\d+\): /);
    expect(problem).toContain(message);
  });
});

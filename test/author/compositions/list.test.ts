import 'reflect-metadata';
import { defineWorkflow, list, named, step } from 'stepwright';
import { testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/core/nodes/node.js';
import { problemOf } from '../problem-of.js';

const does = (name: string, changes: object = {}) => step(name)(() => changes);
const run = (...nodes: Node[]) => testWorkflow(defineWorkflow('flow', {}, list(...nodes))).start();

describe('list', () => {
  it('performs steps one after another, and is no promise', async () => {
    const nodes = list(does('A'), list(does('B'), does('C')));
    expect('then' in nodes).toBe(false);
    expect((await run(nodes, does('D'))).done).toEqual(['A', 'B', 'C', 'D']);
  });

  it('refuses two steps of one name, and shows both places', () => {
    const place = String.raw`compositions/list\.test\.ts:\d+`;
    expect(problemOf(() => list(does('A'), list(does('A'))))).toMatch(new RegExp(`^Two steps are named "A" \\(${place} and ${place}\\); `));
  });

  it('refuses to have no steps', () => {
    expect(problemOf(() => list())).toBe('A list has no steps; give it at least one.');
  });
});

describe('named', () => {
  it('puts steps under a name in paths, so that names may meet', async () => {
    expect((await run(named('East')(does('Push')), named('West')(does('Push')))).done).toEqual(['East/Push', 'West/Push']);
  });

  it('refuses a name that can not stand in a path, and no steps', () => {
    expect(problemOf(() => named('a/b')(does('A')))).toContain('A list "a/b" contains "/"');
    expect(problemOf(() => named('East')())).toBe('The list "East" has no steps; give it at least one.');
  });
});

import 'reflect-metadata';
import { list, named, parallel, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});

describe('parallel', () => {
  it('takes branches by name, which stand inside it', () => {
    const node = parallel({ east: does('Push'), west: list(does('Push'), does('Verify')) });
    expect(pathsOf(node)).toEqual(['parallel/east/Push', 'parallel/west/Push', 'parallel/west/Verify']);
  });

  it('takes a list of branches, whose steps stand inside it themselves', () => {
    const node = parallel([does('Push'), list(does('Mail'), does('Log')), named('West')(does('Push'))], { name: 'Sites' });
    expect(pathsOf(node)).toEqual(['Sites/Push', 'Sites/Mail', 'Sites/Log', 'Sites/West/Push']);
  });

  it('goes on with all at once and to the end, unless it is told', () => {
    expect(parallel([does('A')])).toMatchObject({ maxWorkers: Number.POSITIVE_INFINITY, failFast: false, merge: undefined });
    const options = { maxWorkers: 2, failFast: true, merge: () => null };
    expect(parallel([does('A')], options)).toMatchObject(options);
  });

  it.each<[string, () => unknown, string]>([
    ['no branches', () => parallel({}), 'The parallel "parallel" has no branches; give it at least one.'],
    ['an empty list', () => parallel([], { name: 'Sites' }), 'The parallel "Sites" has no branches'],
    ['a step', () => parallel(does('A') as never), 'parallel() takes its branches by name, parallel({ east: pushEast, west: pushWest })'],
    ['nothing', () => parallel(undefined as never), 'or as a list, parallel([pushEast, pushWest]).'],
    [
      'a branch that is no step',
      () => parallel({ east: (() => {}) as never }),
      'The branch "east" of the parallel "parallel": The function "east"',
    ],
    ['a listed branch that is no step', () => parallel([does('A'), 5 as never]), 'Branch 2 of the parallel "parallel": 5 is no step'],
    ['a name with a slash', () => parallel({ 'a/b': does('A') }), 'A branch of the parallel "parallel" "a/b" contains "/"'],
    ['two steps of one name', () => parallel([does('A'), list(does('B'), does('A'))]), 'Two steps are named "A"'],
    ['no workers', () => parallel([does('A')], { maxWorkers: 0 }), 'has maxWorkers 0; write a whole number from 1.'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

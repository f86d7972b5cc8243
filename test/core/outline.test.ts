import { describe, expect, it } from 'vitest';
import { expressionOf } from '../../src/core/nodes/words.js';
import { everyOutline, outlineOf } from '../../src/core/outline.js';
import {
  conditional,
  defineWorkflow,
  forEach,
  graph,
  list,
  named,
  parallel,
  recover,
  type Steppable,
  startChild,
  step,
  until,
} from '../../src/index.js';

const plain = (name: string) => step(name)(() => undefined);
const outline = (body: Steppable) => outlineOf(defineWorkflow('w', {}, body));
const edges = (body: Steppable) =>
  outline(body).edges.map(({ from, to, label }) => `${from ?? ''}>${to}${label === undefined ? '' : ` ${label}`}`);

describe('an outline', () => {
  it('leaves out lists that only group, wherever they stand in a sequence', () => {
    const body = list(list(plain('a'), list(plain('b'), plain('c'))), plain('d'), list(plain('e')));
    expect(outline(body).children.map((child) => child.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(edges(body)).toEqual(['0>1', '1>2', '2>3', '3>4']);
  });

  it('keeps lists with names, and those that are branches', () => {
    const [deploy, both] = outline(list(named('Deploy')(plain('a')), parallel([list(plain('b'), plain('c')), plain('d')]))).children;
    expect(deploy).toMatchObject({ kind: 'list', name: 'Deploy', path: 'Deploy', children: [{ path: 'Deploy/a' }] });
    expect(both?.children).toMatchObject([
      { kind: 'list', children: [{ name: 'b' }, { name: 'c' }] },
      { kind: 'step', name: 'd' },
    ]);
    expect(both?.children.map((child) => child.label)).toEqual([undefined, undefined]);
  });

  it('gives the order of tasks, and their rules', () => {
    const tasks = { c: { run: plain('C'), after: ['a', 'b'], rule: 'all_done' }, a: plain('A'), b: plain('B') } as const;
    const [node] = outline(graph(tasks)).children;
    expect(node?.edges).toEqual([
      { from: 1, to: 0 },
      { from: 2, to: 0 },
    ]);
    expect(node?.children.map(({ label, words }) => [label, ...words])).toEqual([['c', 'runs on all_done'], ['a'], ['b']]);
  });

  it('tells what is asked at the entry, and what follows a failure', () => {
    const [condition, careful] = outline(
      list(conditional((state) => state.on === true)(plain('a')), recover(plain('b'), plain('c'))),
    ).children;
    expect(condition).toMatchObject({ asks: 'state.on === true', edges: [{ to: 0, label: 'yes' }] });
    expect(careful?.edges).toEqual([{ from: 0, to: 1, label: 'on failure' }]);
  });

  it('has one place for all items, and one for all loops', () => {
    const body = list(
      forEach('ports', plain('Enable'), { name: 'Ports' }),
      until(() => true, plain('Ping'), { name: 'Probe', maxLoops: 1 }),
    );
    expect([...everyOutline(outline(body))].map(({ path }) => path)).toEqual(['', 'Ports', 'Ports[]/Enable', 'Probe', 'Probe#/Ping']);
    expect(outline(body).children.map(({ words }) => words)).toEqual([['forEach ports as item'], ['until true', 'at most 1 loop']]);
  });

  it('says what steps do', () => {
    const later = startChild('Later', {
      workflow: () => {
        throw new Error('not yet');
      },
      wait: false,
    });
    expect(outline(later).children[0]?.words).toEqual(['starts workflow that is not defined yet', 'does not wait for it']);
  });

  it('is JSON', () => {
    const one = outline(list(plain('a'), parallel({ x: plain('b') })));
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });
});

describe('the expression of a function', () => {
  it.each([
    [(state: { readonly [key: string]: unknown }) => state.a === 1, 'state.a === 1'],
    [({ speed }: { readonly [key: string]: unknown }) => speed, 'speed'],
  ])('is what it gives', (fn, expected) => {
    expect(expressionOf(fn)).toBe(expected);
  });

  it('is undefined where it is more than that, or too long', () => {
    expect(expressionOf(function named() {})).toBeUndefined();
    expect(
      expressionOf((state) => {
        return state.a;
      }),
    ).toBeUndefined();
    expect(expressionOf((state) => [state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h])).toBeUndefined();
  });
});

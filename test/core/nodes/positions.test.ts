import { describe, expect, it } from 'vitest';
import { chooseNode } from '../../../src/core/nodes/choose.js';
import { conditionalNode } from '../../../src/core/nodes/conditional.js';
import { focusNode } from '../../../src/core/nodes/focus.js';
import { forEachNode } from '../../../src/core/nodes/for-each.js';
import { graphNode } from '../../../src/core/nodes/graph/graph.js';
import { listNode } from '../../../src/core/nodes/list.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { parallelNode } from '../../../src/core/nodes/parallel.js';
import { recoverNode } from '../../../src/core/nodes/recover.js';
import { untilNode } from '../../../src/core/nodes/until.js';
import { withLockNode } from '../../../src/core/nodes/with-lock.js';
import { isDone, type Outcome } from '../../../src/core/outcome.js';
import { NO_CHANGES } from '../../../src/core/state.js';
import { changing, doing } from '../../support/doing.js';
import type { Given } from '../../support/journal-runner.js';
import { walkOnce } from '../../support/walk-once.js';

/** What a step gives the first time, by the place of its branch; later it succeeds. */
type Gives = (place: number) => Given;

interface Composition {
  readonly name: string;
  readonly build: (gives: Gives) => Node;
  readonly path: (place: number) => string;
  readonly sideBySide: boolean;
}

const NAMES = ['A', 'B', 'C'] as const;
const fine: Given = { kind: 'success', returned: undefined };

const three = (gives: Gives) => NAMES.map((name, place) => doing(name, { gives: (_, attempt) => (attempt === 1 ? gives(place) : fine) }));
const inList = (gives: Gives) => listNode(three(gives));
const within = (path: string) => (place: number) => `${path}/${NAMES[place]}`;
const byKey = (gives: Gives, key: string, from: number) =>
  doing('A', { gives: (state, attempt) => (attempt === 1 ? gives(Number(state[key]) - from) : fine) });

const COMPOSITIONS: readonly Composition[] = [
  { name: 'list', build: (gives) => listNode(three(gives), 'list'), path: within('list'), sideBySide: false },
  { name: 'conditional', build: (gives) => conditionalNode(() => true, inList(gives), 'if'), path: within('if'), sideBySide: false },
  { name: 'focus', build: (gives) => focusNode('order', inList(gives), 'focus'), path: within('focus'), sideBySide: false },
  {
    name: 'choose',
    build: (gives) => chooseNode(() => 1, [{ value: 1, node: inList(gives) }]),
    path: within('choose[1]'),
    sideBySide: false,
  },
  { name: 'withLock', build: (gives) => withLockNode(['r'], inList(gives), 'wait', 'lock'), path: within('lock'), sideBySide: false },
  {
    name: 'the handler of a recover',
    build: (gives) =>
      recoverNode(doing('X', { gives: { kind: 'failed', failure: { code: 'x', message: 'x', retryable: true } } }), inList(gives)),
    path: within('recover[handler]'),
    sideBySide: false,
  },
  {
    name: 'until',
    build: (gives) =>
      untilNode((state) => state.n === 3, listNode([changing('count', ({ n }) => ({ n: Number(n ?? 0) + 1 })), byKey(gives, 'n', 1)])),
    path: (place) => `until#${place + 1}/A`,
    sideBySide: false,
  },
  {
    name: 'forEach, one item at a time',
    build: (gives) => forEachNode(() => [0, 1, 2], byKey(gives, 'item', 0)),
    path: (place) => `forEach[${place}]/A`,
    sideBySide: false,
  },
  {
    name: 'forEach, all items at once',
    build: (gives) => forEachNode(() => [0, 1, 2], byKey(gives, 'item', 0), { concurrency: 3, failFast: false }),
    path: (place) => `forEach[${place}]/A`,
    sideBySide: true,
  },
  {
    name: 'parallel',
    build: (gives) => parallelNode(three(gives).map((node) => ({ name: undefined, node }))),
    path: within('parallel'),
    sideBySide: true,
  },
  {
    name: 'parallel, with one worker',
    build: (gives) =>
      parallelNode(
        three(gives).map((node, place) => ({ name: `b${place}`, node })),
        { maxWorkers: 1 },
      ),
    path: (place) => `parallel/b${place}/${NAMES[place]}`,
    sideBySide: true,
  },
  {
    name: 'graph',
    build: (gives) => graphNode(three(gives).map((node, place) => ({ name: `t${place}`, node, after: [], rule: 'all_success' }))),
    path: (place) => `graph/t${place}/${NAMES[place]}`,
    sideBySide: true,
  },
  {
    name: 'graph, one task after the other',
    build: (gives) =>
      graphNode(
        three(gives).map((node, place) => ({ name: `t${place}`, node, after: place === 0 ? [] : [`t${place - 1}`], rule: 'none_failed' })),
      ),
    path: (place) => `graph/t${place}/${NAMES[place]}`,
    sideBySide: false,
  },
];

const OUTCOMES: readonly Given[] = [
  fine,
  { kind: 'skipped', reason: 'nothing to do' },
  { kind: 'suspended', form: {} },
  { kind: 'waiting', reason: 'later' },
  { kind: 'awaiting_callback', tokenHash: 'x', changes: NO_CHANGES },
  { kind: 'failed', failure: { code: 'step_threw', message: 'no route', retryable: true } },
  { kind: 'cancelled', by: 'X' },
  { kind: 'complete', returned: undefined },
];

const BRANCHING = ['forEach', 'parallel', 'graph'];

const cases = COMPOSITIONS.flatMap((composition) =>
  OUTCOMES.flatMap((given) =>
    ['first', 'middle', 'last'].map((where, place) => ({ composition, given, where, place, name: composition.name, kind: given.kind })),
  ),
);

describe('the walk of a composition', () => {
  it.each(cases)('$name, whose $where step gives $kind, stands there, and goes on from there', async ({ composition, given, place }) => {
    const { build, path, sideBySide } = composition;
    const node = build((one) => (one === place ? given : fine));
    const isBranching = BRANCHING.includes(node.kind);
    const meant = given.kind === 'complete' && isBranching ? 'failed' : given.kind === 'skipped' ? 'success' : given.kind;
    const paths = NAMES.map((_, one) => path(one));
    // Items that go one at a time make room for the next where one has failed; without failing fast it would begin.
    const reached = sideBySide || isDone({ kind: meant }) ? paths : paths.slice(0, place + 1);

    const first = await walkOnce(node);
    expect(first.kind).toBe(meant);
    expect(first.performed.filter((one) => paths.includes(one))).toEqual(reached);

    const again = await walkOnce(node, { text: first.text });
    expect(again).toMatchObject({ performed: [], outcome: first.outcome, state: first.state, text: first.text });
    if (isDone(first.outcome) || meant === 'complete') return;

    const standing = path(place);
    expect(first.runner.standing.map((record) => record.path)).toEqual([standing]);
    const isAsked = meant === 'suspended' || meant === 'awaiting_callback';
    if (isAsked) first.runner.answer(standing, { set: {}, unset: [] });
    else first.runner.clear(standing);
    const after = await walkOnce(node, { text: first.runner.text });
    expect(after.kind).toBe('success');
    const left = [...(isAsked ? [] : [standing]), ...paths.filter((one) => !reached.includes(one))];
    expect(after.performed.filter((one) => paths.includes(one))).toEqual(left);
  });

  it.each(COMPOSITIONS)('$name is skipped where every step was, but an until, and is not walked again', async ({ build }) => {
    const node = build(() => ({ kind: 'skipped', reason: 'nothing to do' }));
    const first = await walkOnce(node);
    expect(first.kind).toBe(node.kind === 'until' ? 'success' : 'skipped');
    const again: Outcome['kind'] | 'halted' = (await walkOnce(node, { text: first.text })).kind;
    expect(again).toBe(first.kind);
  });
});

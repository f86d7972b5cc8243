import { expect, it } from 'vitest';
import {
  ask,
  choose,
  conditional,
  defineWorkflow,
  forEach,
  graph,
  inputStep,
  list,
  named,
  parallel,
  recover,
  type Steppable,
  step,
  until,
  withLock,
} from '../../../../src/index.js';
import { Confirm, STORES } from '../../../engine/support.js';
import { openWorld, type Shown, shown } from './shown.js';

const nothing = () => undefined;
const plain = (name: string) => step(name)(nothing);
const fails = (name: string, message = 'it broke') =>
  step(name)(() => {
    throw new Error(message);
  });
const asks = (name: string) =>
  inputStep(name, { assignee: 'NOC' })(function* () {
    return { ...(yield* ask(Confirm)) };
  });

async function afterRun(body: Steppable, how?: Shown, store = STORES[0]): Promise<string> {
  const engine = (await openWorld(store)).engine([defineWorkflow('w', {}, body)]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  return shown(engine, id, how);
}

it.each(STORES)('shows branches, one step in a line, and the summary of each branch, on %s', async (...store) => {
  const body = parallel({ east: plain('Push'), west: list(plain('Drain'), asks('Confirm'), plain('Push')) }, { name: 'Deploy' });
  expect(await afterRun(body, {}, store)).toBe(`
? Deploy  parallel, suspended
  ✓ east/Push
  ? west  suspended
    ✓ Drain
    ? Confirm  suspended
    · Push  not reached
`);
});

it('shows items, and what is collected where all is wanted', async () => {
  const body = list(
    step('Find')(() => ({ ports: ['a', 'b'] })),
    forEach('ports', list(plain('Enable'), plain('Test')), { name: 'Ports', as: 'port' }),
    forEach((state) => ({ 'ge-0/0': state.ports ?? null }), plain('Count'), { name: 'Cards' }),
  );
  expect(await afterRun(body)).toBe(`
✓ Find
    ports = ["a","b"]
✓ Ports  forEach, 2 items
  ✓ [0]
    ✓ Enable
    ✓ Test
  ✓ [1]
    ✓ Enable
    ✓ Test
✓ Cards  forEach, 1 item
  ✓ [ge-0%2F0]/Count
`);
});

it('folds what is done of many items, and keeps what is not', async () => {
  const body = forEach(
    () => Array.from({ length: 1200 }, (_, place) => place),
    step('Enable')((item: number) => {
      if (item === 700 || item === 900) throw new Error(`port ${item} is dead`);
    }),
    { name: 'Ports', failFast: false },
  );
  expect(await afterRun(body)).toBe(`
✗ Ports  forEach, 1,200 items, failed
  … 700 items before
  ✗ [700]/Enable  failed
      port 700 is dead
  … 199 items before
  ✗ [900]/Enable  failed
      port 900 is dead
  … 296 items before
  ✓ [1197]/Enable
  ✓ [1198]/Enable
  ✓ [1199]/Enable
`);
  expect((await afterRun(body, { full: true })).split('\n').filter((line) => line.includes('Enable'))).toHaveLength(1200);
});

it('folds long loops', async () => {
  const count = step('Ping')((n: number) => ({ n: n + 1 }));
  const body = list(
    step('Begin')(() => ({ n: 0 })),
    until((state) => state.n === 2000, count, { name: 'Probe' }),
  );
  const text = await afterRun(body);
  expect(text).toBe(`
✓ Begin
    n = 0
✓ Probe  until, 2,000 loops
  … 1,997 loops before
  ✓ #1998/Ping
      n = 1998
  ✓ #1999/Ping
      n = 1999
  ✓ #2000/Ping
      n = 2000
`);
});

it('shows which case was chosen, and which were not', async () => {
  const cases = [
    { value: 'fibre', node: plain('Splice') },
    { value: 'copper', node: list(plain('Crimp'), plain('Test')) },
  ];
  const body = list(
    step('Look')(() => ({ medium: 'fibre' })),
    choose((state) => state.medium ?? null, cases, { name: 'Medium' }),
  );
  expect(await afterRun(body)).toBe(`
✓ Look
    medium = "fibre"
✓ Medium  choose
  ✓ [fibre]/Splice
  - [copper]  not chosen: fibre was chosen
`);
});

it('shows tasks that their rules kept from running', async () => {
  const body = graph({
    check: fails('Check'),
    deploy: { run: plain('Push'), after: ['check'] },
    verify: { run: plain('Verify'), after: ['deploy'] },
    repair: { run: plain('Repair'), after: ['check'], rule: 'all_failed' },
    party: { run: plain('Party'), after: ['repair'], rule: 'all_failed' },
  });
  expect(await afterRun(body)).toBe(`
✗ graph  failed
  ✗ check/Check  failed
      it broke
  - deploy/Push  not run: a task before it has failed
  - verify/Verify  not run: a task before it has failed
  ✓ repair/Repair
  - party/Party  skipped: its rule all_failed does not hold
`);
});

it('shows a handler that was needed, and one that was not', async () => {
  const body = list(
    recover(fails('Push'), plain('Fall back'), { name: 'Careful' }),
    recover(plain('Pull'), plain('Fall over'), { name: 'Lucky' }),
  );
  expect(await afterRun(body)).toBe(`
✓ Careful  recover
  ✗ Push  failed
      it broke
  ✓ [handler]/Fall back
✓ Lucky  recover
  ✓ Pull
  - [handler]/Fall over  not needed: nothing failed
`);
});

it('shows conditions with and without a name, and what a composition itself failed of', async () => {
  const body = list(
    conditional(() => false, 'Extra')(plain('Gift'), plain('Card')),
    conditional(() => false)(plain('Letter')),
    parallel({ a: step('A')(() => ({ x: 1 })), b: step('B')(() => ({ x: 2 })) }),
    named('Later')(plain('Never')),
  );
  expect(await afterRun(body)).toBe(`
- Extra  conditional, skipped: its condition does not hold
- Letter  skipped: its condition does not hold
✗ parallel  failed
    Parallel "parallel": the branches "a" and "b" left different values under the state key "x". Let them use different keys, or give a merge function. (state_conflict)
  ✓ a/A
      x = 1
  ✓ b/B
      x = 2
· Later  list, not reached
`);
});

it('shows locks that are held, were held, and are waited for', async () => {
  const { engine } = await openWorld().then((world) => ({
    engine: world.engine([
      defineWorkflow('holder', { locks: ['site'] }, list(withLock(['r1', 'r2'], plain('Drain'), { name: 'Routers' }), asks('Confirm'))),
      defineWorkflow('other', {}, withLock(['site'], plain('Dig'))),
    ]),
  }));
  const { id: holder } = await engine.start('holder');
  await engine.settled(holder);
  const { id: other } = await engine.start('other');
  await engine.settled(other);
  expect(await shown(engine, holder)).toBe(`
✓ locks  holds site
✓ Routers  withLock
  ✓ locks  held r1, r2
  ✓ Drain
? Confirm  suspended
`);
  expect(await shown(engine, other)).toBe(`
↻ withLock  waiting
  ↻ locks  waits for site
  · Dig  not reached
`);
  await engine.resume(holder, { approved: true });
  await engine.settled(holder);
  await engine.settled(other);
  expect(await shown(engine, holder)).toContain('✓ locks  held site\n');
  expect(await shown(engine, other)).toContain('  ✓ locks  held site\n  ✓ Dig');
});

it('draws a tree from the paths alone where the workflow is not loaded', async () => {
  const body = parallel({
    east: plain('Push'),
    west: list(
      plain('Drain'),
      forEach(() => [1, 2], plain('Enable'), { name: 'Ports' }),
    ),
  });
  expect(await afterRun(body, { loaded: false })).toBe(`
✓ parallel
  ✓ east/Push
  ✓ west
    ✓ Drain
    ✓ Ports  2 items
      ✓ [0]/Enable
      ✓ [1]/Enable
`);
});

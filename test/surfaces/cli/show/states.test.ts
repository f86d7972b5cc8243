import { expect, it } from 'vitest';
import {
  ask,
  callbackStep,
  defineWorkflow,
  forEach,
  inputStep,
  list,
  parallel,
  type StepContext,
  startChild,
  step,
} from '../../../../src/index.js';
import { showRecord } from '../../../../src/surfaces/cli/show/show-record.js';
import { stepRows } from '../../../../src/surfaces/cli/show/step-rows.js';
import { Confirm } from '../../../engine/support.js';
import { openWorld, shown, shownAll } from './shown.js';

const plain = (name: string) => step(name)(() => undefined);
const asks = (name: string, assignee = 'NOC') =>
  inputStep(name, { assignee })(function* () {
    return { ...(yield* ask(Confirm)) };
  });

it('offers a command for each open form', async () => {
  const body = parallel({ east: asks('Confirm', 'east desk'), west: asks('Confirm', 'west desk') });
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, body)]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  const text = await shownAll(engine, id);
  expect(text).toContain(`Waiting: parallel/east/Confirm waits for an answer by east desk, since TIME
Waiting: parallel/west/Confirm waits for an answer by west desk, since TIME`);
  const short = id.slice(0, 8);
  expect(text).toContain(`Next:
  answer parallel/east/Confirm: stepwright resume ${short} --form parallel/east/Confirm --input '{"approved":true}'
  answer parallel/west/Confirm: stepwright resume ${short} --form parallel/west/Confirm --input '{"approved":true}'
  end it:                       stepwright abort ${short}`);
});

it('tells of many open forms in short', async () => {
  const items = () => Array.from({ length: 25 }, (_, place) => place);
  const body = forEach(items, asks('Confirm'), { name: 'Sites', concurrency: 25 });
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, body)]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  const text = await shownAll(engine, id);
  expect(text.split('\n').filter((line) => line.startsWith('Waiting:'))).toHaveLength(11);
  expect(text).toContain('Waiting: and 15 more');
  expect(text.split('\n').filter((line) => line.includes('answer '))).toHaveLength(10 + 10);
  expect(text).toContain('  … 15 items before, 15 of them not done\n');
});

it('shows a call that is awaited, how far the other system is, and when it is too late', async () => {
  let token = '';
  const order = callbackStep('Lab', { timeout: '2d', resultKey: 'lab' })((ctx: StepContext) => {
    token = ctx.callbackToken ?? '';
  });
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, list(order, plain('After')))]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  await engine.callbackProgress(token, { percent: 40 });
  expect(await shownAll(engine, id)).toContain(`↻ Lab  awaiting callback
· After  not reached

Waiting: Lab waits, since TIME: another system is to call back; it has told: {"percent":40}; it gives up in 2d, at TIME

Next:
  stay until it is done: stepwright resume ${id.slice(0, 8)} --wait
`);
  await engine.answerCallback(token, { ok: true });
  await engine.settled(id);
  expect(await shown(engine, id)).toContain('✓ Lab\n    lab = {"ok":true}\n✓ After');
});

it('shows child and parent to one another, and where to look', async () => {
  const child = defineWorkflow('child', {}, list(asks('Confirm')));
  const parent = defineWorkflow('parent', {}, list(startChild('Provision', { workflow: child })));
  const engine = (await openWorld()).engine([child, parent]);
  const { id } = await engine.start('parent');
  const { waits } = await engine.settled(id);
  const childId = waits[0]?.child ?? '';
  const short = childId.slice(0, 8);
  const text = await shownAll(engine, id);
  expect(text).toContain(`↻ Provision  waiting, process ${short}\n`);
  expect(text).toContain(`Waiting: Provision waits, since TIME: the child process ${short} (child) is to end`);
  expect(text).toContain(`look at what Provision waits for: stepwright show ${short}`);
  expect(await shownAll(engine, childId)).toContain(`parent   ${id.slice(0, 8)}, its step Provision`);
  await engine.resume(childId, { approved: true });
  await engine.settled(id);
  expect(await shown(engine, id)).toContain(`✓ Provision  process ${short}\n`);
  const details = await engine.get(id);
  expect(showRecord(details, stepRows(details, parent), ['stepwright'], parent)).toMatchObject({
    steps: [{ path: 'Provision', kind: 'step', status: 'success', child: childId }],
  });
});

it('shows what was undone, what could not be, and what is left to do by hand', async () => {
  let isBroken = true;
  const undo = () => {
    if (isBroken) throw new Error('the router is gone');
  };
  const fails = step('Activate')(() => {
    throw new Error('no licence');
  });
  const body = list(
    step('Reserve', { undo: () => undefined })(() => undefined),
    step('Push', { undo })(() => undefined),
    plain('Note'),
    fails,
  );
  const workflow = defineWorkflow('w', {}, body);
  const engine = (await openWorld()).engine([workflow]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  expect(await shownAll(engine, id)).toContain(`take it back: stepwright abort ${id.slice(0, 8)} --undo\n`);
  await engine.abort(id, { undo: true, reason: 'sold out', by: 'ann' });
  await engine.settled(id);
  const text = await shownAll(engine, id);
  expect(text).toContain('w  failed\n');
  expect(text).toContain('  undo     since TIME by ann: sold out\n');
  expect(text).toContain(`↶ Reserve  undone
✗ Push  undo failed
    the router is gone
✓ Note
✗ Activate  failed
    no licence

These could not be taken back, and are left to be undone by hand:
  Push  the router is gone

Next:
  try again what could not be undone: stepwright retry ${id.slice(0, 8)}
`);
  expect(text).not.toContain('--undo');
  const details = await engine.get(id);
  expect(showRecord(details, stepRows(details, workflow), ['stepwright'], workflow)).toMatchObject({
    failure: { undo: [{ path: 'Push' }] },
    steps: [
      { path: 'Reserve', status: 'success', undo: { status: 'success', attempt: 1 } },
      { path: 'Push', status: 'success', undo: { status: 'failed', failure: { message: 'the router is gone' } } },
      { path: 'Note', status: 'success' },
      { path: 'Activate', status: 'failed' },
    ],
  });
  isBroken = false;
  await engine.retry(id);
  await engine.settled(id);
  expect(await shownAll(engine, id)).toMatch(/^w {2}undone\n[\s\S]*↶ Push {2}undone after 2 attempts\n/);
});

it('shows an undo that is to be tried again', async () => {
  const run = () => {
    throw new Error('busy');
  };
  const body = list(
    step('Push', { undo: { run, retry: { every: '1h' } } })(() => undefined),
    asks('Confirm'),
  );
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, body)]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  await engine.abort(id, { undo: true });
  await engine.settled(id);
  const text = await shownAll(engine, id);
  expect(text).toContain('↻ Push  undo waiting\n    busy\n');
  expect(text).toContain('Waiting: undo of Push waits, since TIME: attempt 1 failed: busy; goes on in 1h, at TIME');
  expect(text).not.toContain('It was interrupted');
  expect(text).toContain('try at once:');
  expect(text).not.toContain('end it:');
});

it('shows what was skipped, and edited, by hand', async () => {
  const body = list(
    step('Push')(() => {
      throw new Error('no route');
    }),
    asks('Confirm'),
    plain('After'),
  );
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, body)]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  await engine.skip(id, 'Push', { by: 'ann', reason: 'done by phone' });
  await engine.settled(id);
  await engine.editState(id, { changes: { route: 7 }, by: 'bob', reason: 'typed wrong' });
  expect(await shown(engine, id)).toBe(`
- Push  skipped: done by phone, by ann
    no route
✎ state  edited by bob: typed wrong
    route = 7
? Confirm  suspended
· After  not reached
`);
  const details = await engine.get(id);
  expect(showRecord(details, stepRows(details, engine.workflows[0]), ['stepwright'], undefined)).toMatchObject({
    steps: [
      { path: 'Push', status: 'skipped', reason: 'done by phone', by: 'ann' },
      { path: '#edit-1', kind: 'edit', by: 'bob', reason: 'typed wrong', changes: { set: { route: 7 } } },
      { path: 'Confirm' },
      { path: 'After', status: 'not_reached' },
    ],
  });
  expect(await shown(engine, id, { loaded: false })).toContain('✎ state  edited by bob: typed wrong');
});

it('shows what a fork was taken from', async () => {
  const engine = (await openWorld()).engine([defineWorkflow('w', {}, list(plain('Reserve'), asks('Confirm')))]);
  const { id } = await engine.start('w');
  await engine.settled(id);
  const fork = await engine.fork(id, { from: 'Confirm' });
  await engine.settled(fork);
  const text = await shownAll(engine, fork);
  expect(text).toContain(`fork of  ${id.slice(0, 8)}\n`);
  expect(text).toContain(`✓ Reserve  done by process ${id.slice(0, 8)}\n? Confirm  suspended`);
});

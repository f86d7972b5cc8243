import { expect, it } from 'vitest';
import type { Workflow } from '../../../../src/core/workflow.js';
import type { Engine } from '../../../../src/engine/engine.js';
import { ask, callbackStep, defineWorkflow, inputStep, list, type StepContext, startChild, step, withLock } from '../../../../src/index.js';
import { moveLine } from '../../../../src/surfaces/cli/output/progress.js';
import { shownPath } from '../../../../src/surfaces/cli/output/shown-path.js';
import { styleFor } from '../../../../src/surfaces/cli/output/style.js';
import { watchSteps } from '../../../../src/surfaces/cli/run/step-moves.js';
import { Confirm } from '../../../engine/support.js';
import { openWorld } from '../show/shown.js';

const asks = (name: string) =>
  inputStep(name)(function* () {
    return { ...(yield* ask(Confirm)) };
  });

/** The lines of all moves, but for those of steps that only begin. */
async function linesOf(workflows: readonly Workflow[], work: (engine: Engine) => Promise<void>): Promise<readonly string[]> {
  const world = await openWorld();
  const engine = world.engine(workflows);
  const lines: string[] = [];
  const end = watchSteps(engine, (move) => {
    if (move.status !== 'running') lines.push(moveLine(move, { style: styleFor(false), manyProcesses: false }, world.clock.now()));
  });
  await work(engine);
  await end();
  return lines.map((line) => line.replaceAll(/ +0ms$/g, '').replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID'));
}

it('tells of undos', async () => {
  const run = () => {
    throw new Error('gone');
  };
  const body = list(
    step('Reserve', { undo: () => undefined })(() => undefined),
    step('Push', { undo: run })(() => undefined),
    asks('Confirm'),
  );
  const lines = await linesOf([defineWorkflow('w', {}, body)], async (engine) => {
    const { id } = await engine.start('w');
    await engine.settled(id);
    await engine.abort(id, { undo: true });
    await engine.settled(id);
  });
  expect(lines).toEqual(['✓ Reserve', '✓ Push', '? Confirm  waits for an answer', '✗ undo of Push  failed: gone', '✓ undo of Reserve']);
});

it('tells of calls, and of what was skipped by hand', async () => {
  let token = '';
  const lab = callbackStep('Lab', { timeout: '2d' })((ctx: StepContext) => {
    token = ctx.callbackToken ?? '';
  });
  const lines = await linesOf([defineWorkflow('w', {}, list(lab, asks('Confirm')))], async (engine) => {
    const { id } = await engine.start('w');
    await engine.settled(id);
    await engine.callbackProgress(token, { percent: 40 });
    await engine.answerCallback(token, {});
    await engine.settled(id);
    await engine.skip(id, 'Confirm', { by: 'ann', reason: 'by phone' });
    await engine.settled(id);
  });
  expect(lines).toEqual([
    '↻ Lab  awaits a call; gives up in 2d',
    '↻ Lab  awaits a call; {"percent":40}; gives up in 2d',
    '✓ Lab  answered by a call',
    '? Confirm  waits for an answer',
    '- Confirm  by phone, by ann',
  ]);
});

it('tells of locks and child processes that are waited for', async () => {
  const holder = defineWorkflow('holder', { locks: ['site'] }, list(asks('Confirm')));
  const other = defineWorkflow('other', {}, withLock(['site'], startChild('Dig', { workflow: 'digger' })));
  const digger = defineWorkflow('digger', {}, list(step('Spade')(() => undefined)));
  const lines = await linesOf([holder, other, digger], async (engine) => {
    const { id } = await engine.start('holder');
    await engine.settled(id);
    const waiting = await engine.start('other');
    await engine.settled(waiting.id);
    await engine.resume(id, { approved: true });
    await engine.settled(id);
    await engine.settled(waiting.id);
  });
  expect(lines).toEqual([
    '? Confirm  waits for an answer',
    '↻ locks of withLock  the lock "site" is held by process ID (holder)',
    '✓ Confirm  answered',
    '✓ locks of withLock',
    '↻ withLock/Dig  the child process ID (digger) is to end',
    '✓ Spade',
    '✓ withLock/Dig',
  ]);
});

it.each([
  ['Deploy/eu/Push', 'Deploy/eu/Push'],
  ['Probe#3/Ping', 'Probe#3/Ping'],
  ['Probe#3', 'Probe#3'],
  ['Probe#3/Ping#undo', 'undo of Probe#3/Ping'],
  ['Routers#lock#lock', 'locks of Routers'],
  ['Gift#if', 'condition of Gift'],
  ['#if', 'condition'],
  ['Cards#items', 'Cards#items'],
])('shows the path %s as %s', (path, expected) => {
  expect(shownPath(path)).toBe(expected);
});

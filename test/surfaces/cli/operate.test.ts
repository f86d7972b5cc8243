import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, type RunOptions, Scratch } from './harness.js';

const URL_GIVEN = { env: { STEPWRIGHT_PUBLIC_URL: 'https://flows.test' } };

/** Runs a command on the workflows of calls.ts, with JSON output. */
function calls(scratch: Scratch, args: readonly string[], options: RunOptions = {}) {
  return scratch.start(['-w', fixture('calls.ts'), '--json', '--by', 'ann', ...args], { ...URL_GIVEN, ...options });
}

/** Starts a workflow of calls.ts, and gives the process's id. */
async function started(scratch: Scratch, ...args: readonly string[]): Promise<string> {
  const { records, err } = await calls(scratch, ['start', ...args]).ran;
  const { id } = records.at(-1) ?? {};
  if (typeof id !== 'string') throw new Error(`nothing was started: ${err}`);
  return id;
}

/** A trip that waits for the bank. */
async function trip(scratch: Scratch) {
  const gate = scratch.path('gate');
  return { gate, id: await started(scratch, 'trip', '--input', JSON.stringify({ gate })) };
}

async function shown(scratch: Scratch, id: string, ...args: readonly string[]) {
  return (await calls(scratch, ['show', id, ...args]).ran).records[0] ?? {};
}

describe('skip', () => {
  it('goes on without a step, and records who and why', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, records } = await calls(scratch, ['skip', id.slice(0, 6), 'Pay', '--reason', 'paid in cash']).ran;
    expect([code, records.at(-1)?.status]).toEqual([0, 'completed']);
    const { steps } = (await shown(scratch, id)) as { steps: readonly { path: string }[] };
    expect(steps.find(({ path }) => path === 'Pay')).toMatchObject({ status: 'skipped', by: 'ann' });
    expect((await scratch.start(['-w', fixture('calls.ts'), 'show', id], URL_GIVEN).ran).out).toContain('paid in cash');
  });

  it.each([
    ['no reason', ['Pay'], "--reason <text>' not specified"],
    ['a step that is done', ['Book train', '--reason', 'x'], '"Book train" is done already'],
    ['a step that there is not', ['Pya', '--reason', 'x'], 'no step at "Pya"'],
  ])('refuses %s', async (_what, args, message) => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, err } = await calls(scratch, ['skip', id, ...args]).ran;
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('edit-state', () => {
  it('changes the state before the open step, and leaves the process where it is', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const set = ['--set', '{"hotel": "H-2"}', '--unset', 'train', '--before', 'Pay', '--reason', 'it is full'];
    const { code, records } = await calls(scratch, ['edit-state', id, ...set]).ran;
    expect([code, records.length, records[0]?.status]).toEqual([0, 1, 'waiting']);
    const state = await shown(scratch, id, '--state');
    expect(state).toMatchObject({ hotel: 'H-2' });
    expect(state).not.toHaveProperty('train');
    const again = await calls(scratch, ['retry', id]).ran;
    expect([again.code, await shown(scratch, id, '--state')]).toEqual([0, expect.objectContaining({ paid: 'H-2' })]);
  });

  it('reads the values from a file', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    writeFileSync(scratch.path('changes.json'), '{"hotel": "H-2"}');
    expect((await calls(scratch, ['edit-state', id, '--set', '@changes.json', '--reason', 'x']).ran).code).toBe(0);
    expect(await shown(scratch, id, '--state')).toMatchObject({ hotel: 'H-2', train: 'T-1' });
  });

  it.each([
    ['nothing to change', ['--reason', 'x'], 'Say what to change'],
    ['what is no object', ['--set', '[1]', '--reason', 'x'], '--set is a list; write an object'],
    ['a key both ways', ['--set', '{"a": 1}', '--unset', 'a', '--reason', 'x'], '"a" stands in --set and in --unset'],
    ['a step that is not open', ['--set', '{"a": 1}', '--before', 'Thank', '--reason', 'x'], '"Thank" is no open step'],
    ['no reason', ['--set', '{"a": 1}'], "--reason <text>' not specified"],
  ])('refuses %s', async (_what, args, message) => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, err } = await calls(scratch, ['edit-state', id, ...args]).ran;
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('fork', () => {
  it('starts a process that continues an older one, with another state', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, records, err } = await calls(scratch, ['fork', id, '--from', 'Pay', '--state', '{"hotel": "H-2"}']).ran;
    const last = records.at(-1) as { id: string };
    expect([code, last]).toEqual([0, expect.objectContaining({ status: 'completed', forkedFrom: id, createdBy: 'ann' })]);
    expect(err).toContain(`Process ${last.id} continues ${id} from "Pay".`);
    expect(records.filter(({ type }) => type === 'step').map(({ path }) => path)).toEqual(['Pay', 'Pay', 'Thank', 'Thank']);
    expect(await shown(scratch, id)).toMatchObject({ status: 'waiting' });
  });

  it('refuses a step to which the older one never came', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, err } = await calls(scratch, ['fork', id, '--from', 'Thank']).ran;
    expect([code, err]).toEqual([2, expect.stringContaining('never came to a step at "Thank"')]);
  });
});

describe('abort --undo', () => {
  it('takes a process back, and shows the undos', async () => {
    const scratch = new Scratch();
    const { id, gate } = await trip(scratch);
    writeFileSync(gate, '');
    const { code, records } = await calls(scratch, ['abort', id, '--undo', '--reason', 'ordered twice']).ran;
    expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'undone' })]);
    const ended = records.filter(({ status }) => status === 'success');
    expect(ended.map(({ path }) => path)).toEqual([expect.stringContaining('Book hotel'), expect.stringContaining('Book train')]);
  });

  it('says what is left to do by hand, and retries that', async () => {
    const scratch = new Scratch();
    const { id, gate } = await trip(scratch);
    const { code, records } = await calls(scratch, ['abort', id, '--undo']).ran;
    expect([code, records.at(-1)]).toEqual([
      1,
      expect.objectContaining({
        status: 'failed',
        failure: expect.objectContaining({
          code: 'aborted',
          undo: [{ path: 'Book hotel', failure: expect.objectContaining({ message: 'the hotel does not answer' }) }],
        }),
      }),
    ]);
    writeFileSync(gate, '');
    const again = await calls(scratch, ['retry', id]).ran;
    expect([again.code, again.records.at(-1)?.status]).toEqual([0, 'undone']);
  });

  it('leaves an undo that waits to be tried again, and stays for it with --wait', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const id = await started(scratch, 'slow_trip', '--input', JSON.stringify({ gate }));
    expect((await calls(scratch, ['abort', id, '--undo']).ran).code).toBe(3);
    expect(await shown(scratch, id)).toMatchObject({ status: 'undoing' });
    const resumed = calls(scratch, ['resume', id, '--wait']);
    await resumed.until('"status":"waiting"');
    writeFileSync(gate, '');
    const { code, records } = await resumed.ran;
    expect([code, records.at(-1)?.status]).toEqual([0, 'undone']);
  });

  it.each([
    ['--wait without --undo', ['--wait'], '--wait goes with --undo'],
    ['a process that was taken back', ['--undo'], 'there is nothing to take back'],
  ])('refuses %s', async (_what, args, message) => {
    const scratch = new Scratch();
    const { id, gate } = await trip(scratch);
    writeFileSync(gate, '');
    await calls(scratch, ['abort', id, '--undo']).ran;
    const { code, err } = await calls(scratch, ['abort', id, ...args]).ran;
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('callback', () => {
  async function awaited(scratch: Scratch) {
    const gate = scratch.path('token');
    const id = await started(scratch, 'lab', '--input', JSON.stringify({ gate }));
    return { id, token: readFileSync(gate, 'utf8') };
  }

  it('answers the call that a step awaits, and moves the process on', async () => {
    const scratch = new Scratch();
    const { id, token } = await awaited(scratch);
    const { code, records } = await calls(scratch, ['callback', token, '--input', '{"passed": true}']).ran;
    expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ id, status: 'completed' })]);
    expect(await shown(scratch, id, '--state')).toMatchObject({ lab: { passed: true }, used: true });
    const again = await calls(scratch, ['callback', token, '--input', '{"passed": true}']).ran;
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('Nothing is awaited under this token')]);
  });

  it.each([
    ['the token', (token: string) => `${token}\n`],
    ['the URL', (token: string) => `https://flows.test/callbacks/${token}\n`],
  ])('reads %s from standard input', async (_what, text) => {
    const scratch = new Scratch();
    const { token } = await awaited(scratch);
    const { code } = await calls(scratch, ['callback', '-', '--input', '{"passed": true}'], { stdin: text(token) }).ran;
    expect(code).toBe(0);
  });

  it('tells how far the other system is', async () => {
    const scratch = new Scratch();
    const { id, token } = await awaited(scratch);
    const { code, records } = await calls(scratch, ['callback', token, '--progress', '--input', '{"percent": 40}']).ran;
    expect([code, records]).toEqual([0, [expect.objectContaining({ id, status: 'awaiting_callback' })]]);
    expect(records[0]).toMatchObject({ waits: [{ kind: 'callback', progress: { percent: 40 } }] });
  });

  it.each([
    ['a wrong body', ['--input', '{"passed": 1}'], 'passed: passed must be a boolean'],
    ['progress without any', ['--progress'], '--progress needs --input'],
    ['bad JSON', ['--input', '{'], '--input is no JSON'],
  ])('refuses %s, and the call is still awaited', async (_what, args, message) => {
    const scratch = new Scratch();
    const { id, token } = await awaited(scratch);
    const { code, err } = await calls(scratch, ['callback', token, ...args]).ran;
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(await shown(scratch, id)).toMatchObject({ status: 'awaiting_callback' });
  });

  it('refuses no token, and two things from standard input', async () => {
    const scratch = new Scratch();
    const none = await calls(scratch, ['callback', '-', '--input', '1'], { stdin: ' \n' }).ran;
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('Standard input has no token in it.')]);
    const both = await calls(scratch, ['callback', '-', '--input', '-'], { stdin: 'x' }).ran;
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('both to be read from standard input')]);
  });
});

describe('watch', () => {
  it('shows what another program does, until the process stops', async () => {
    const scratch = new Scratch();
    const gate = scratch.path('gate');
    const mover = calls(scratch, ['start', 'gates', '--wait', '--input', JSON.stringify({ gate })]);
    await mover.until('"path":"Two"');
    const { records } = await calls(scratch, ['processes']).ran;
    const id = String(records[0]?.id);
    const watching = calls(scratch, ['watch', id]);
    const staying = calls(scratch, ['watch', id.slice(0, 8), '--wait']);
    await watching.until('"path":"Two"');
    writeFileSync(gate, '');
    const [seen, all] = [await watching.ran, await staying.ran];
    await mover.ran;
    const path = ({ path, status }: Record<string, unknown>) => `${path} ${status}`;
    const steps = all.records.filter(({ type }) => type === 'step').map(path);
    expect(steps).toEqual([
      'One running',
      'One success',
      'Two running',
      'Two success',
      'Three running',
      'Three waiting',
      'Three running',
      'Three success',
    ]);
    expect([all.code, all.records.at(-1)]).toEqual([0, expect.objectContaining({ type: 'process', id, status: 'completed' })]);
    expect([0, 3]).toContain(seen.code);
    expect(seen.records.slice(0, 4).map(path)).toEqual(steps.slice(0, 4));
  });

  it('shows at once how a process stands that has stopped', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const { code, out } = await scratch.start(['-w', fixture('calls.ts'), 'watch', id], URL_GIVEN).ran;
    expect(code).toBe(3);
    expect(out).toContain('✓ Book train');
    expect(out).toContain('trip  waiting');
  });

  it('ends at Ctrl-C, and the process goes on', async () => {
    const scratch = new Scratch();
    const { id } = await trip(scratch);
    const watching = calls(scratch, ['watch', id, '--wait']);
    await watching.until('"path":"Pay"');
    watching.interrupt();
    expect((await watching.ran).code).toBe(130);
    expect(await shown(scratch, id)).toMatchObject({ status: 'waiting' });
  });
});

import { IsString } from 'class-validator';
import { ask, defineWorkflow, forEach, inputStep, list, parallel, recover, type State, step, until } from 'stepwright';
import { expect, it } from 'vitest';
import { Deeds, form } from '../compositions/deeds.js';
import { onEachStore } from '../support.js';
import { stopped } from './stopped.js';

class Port {
  @IsString()
  port!: string;
}

/** A step that fails where the state says so, and tells what it saw. */
const picky = step('Picky')((state: State) => {
  if (state.bad === true) throw new Error('that is bad');
  return { saw: { ...state } };
});

onEachStore('An edit of the state', (world) => {
  it('before the step that failed is what a retry of it sees, and what was done before stays as it was', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stopped(world(), deeds.step('Begin', { bad: true, gone: 1, kept: 1 }), picky);
    await engine.editState(id, { changes: { bad: undefined, gone: undefined, more: { x: [1] } }, by: 'ann', reason: 'typo' });
    const edited = await engine.get(id);
    expect(edited).toMatchObject({ status: 'failed', state: { kept: 1, more: { x: [1] } } });
    expect(edited.state).not.toHaveProperty('gone');
    expect(edited.records.at(-1)).toMatchObject({
      path: '#edit-1',
      outcome: { kind: 'success', changes: { set: { more: { x: [1] } }, unset: ['bad', 'gone'] } },
      decision: { before: 'Picky', reason: 'typo' },
      by: 'ann',
    });
    const fact = (await engine.facts(id)).find(({ type }) => type === 'state_edited');
    expect(fact).toMatchObject({ path: 'Picky', data: { keys: ['more', 'bad', 'gone'], reason: 'typo', by: 'ann' } });
    await engine.retry(id);
    const state = { kept: 1, more: { x: [1] } };
    const done = await engine.settled(id);
    expect([done.status, done.state]).toEqual(['completed', { ...state, saw: state }]);
    expect(deeds.performed).toEqual(['Begin']);
  });

  it('may be made again and again, also before later steps, each with its number', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stopped(world(), deeds.step('Begin', { n: 0 }), form('First', 'first'), form('Second', 'second'));
    await engine.editState(id, { changes: { n: 1 } });
    await engine.editState(id, { changes: { n: 2 }, before: 'First' });
    await engine.resume(id, { approved: true });
    await engine.settled(id);
    await engine.editState(id, { changes: { n: 3 } });
    await engine.resume(id, { approved: true });
    const done = await engine.settled(id);
    expect(done).toMatchObject({ status: 'completed', state: { n: 3, first: true, second: true } });
    const edits = done.records.filter(({ path }) => path.startsWith('#edit-'));
    expect(edits.map(({ path, decision }) => [path, decision])).toEqual([
      ['#edit-1', { before: 'First', reason: 'edited by hand' }],
      ['#edit-2', { before: 'First', reason: 'edited by hand' }],
      ['#edit-3', { before: 'Second', reason: 'edited by hand' }],
    ]);
  });

  it('before an open form is what the form sees, and asks', async () => {
    const deeds = new Deeds();
    const choice = inputStep('Choose')(function* (ports: string[]) {
      return { ...(yield* ask(Port, { choices: { port: ports } })) };
    });
    const { engine, id, details } = await stopped(world(), deeds.step('Begin', { ports: ['a', 'b'] }), choice);
    expect(JSON.stringify(details.waits[0]?.form)).toContain('["a","b"]');
    await engine.editState(id, { changes: { ports: ['x'] } });
    const [wait] = (await engine.get(id)).waits;
    expect(wait).toMatchObject({ path: 'Choose', kind: 'form', attempt: 1 });
    expect(JSON.stringify(wait?.form)).not.toContain('["a","b"]');
    await expect(engine.resume(id, { port: 'a' })).rejects.toMatchObject({ code: 'input_refused' });
    await engine.resume(id, { port: 'x' }, { form: 'Choose@1' });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { port: 'x' } });
  });

  it('must name its step where several are open, and counts in that branch only', async () => {
    const seen: unknown[] = [];
    const look = (name: string) =>
      step(name)((state: State) => {
        seen.push([name, state.n]);
      });
    const deeds = new Deeds();
    const body = parallel({ a: list(form('Ask', 'a'), look('A')), b: list(form('Ask', 'b'), look('B')) });
    const { engine, id } = await stopped(world(), deeds.step('Begin', { n: 0 }), body, look('C'));
    await expect(engine.editState(id, { changes: { n: 1 } })).rejects.toMatchObject({
      code: 'wrong_use',
      message: expect.stringContaining('They are: parallel/a/Ask, parallel/b/Ask.'),
    });
    await expect(engine.editState(id, { changes: { n: 1 }, before: 'C' })).rejects.toMatchObject({
      code: 'wrong_use',
      message: `"C" is no open step of process ${id}; open are: parallel/a/Ask, parallel/b/Ask.`,
    });
    await engine.editState(id, { changes: { n: 1 }, before: 'parallel/b/Ask' });
    for (const path of ['parallel/a/Ask', 'parallel/b/Ask']) {
      await engine.resume(id, { approved: true }, { form: path });
      await engine.settled(id);
    }
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { n: 1 } });
    expect(seen).toEqual([
      ['A', 0],
      ['B', 1],
      ['C', 1],
    ]);
  });

  it('counts where the step lies in items, loops and handlers', async () => {
    const deeds = new Deeds();
    const items = forEach(
      () => ['a', 'b'],
      list(
        form('Ask'),
        deeds.step('Take', (state) => ({ took: (state as State).item! })),
      ),
      { name: 'Items', concurrency: 2, collect: 'took' },
    );
    const loops = until(
      (state) => state.n === 2,
      list(
        deeds.step('Count', (state) => ({ n: Number((state as State).n ?? 0) + 1 })),
        form('Ask'),
      ),
      { name: 'Loop' },
    );
    const { engine, id } = await stopped(world(), items, loops, recover(deeds.failing('Fail', 9), form('Handle', 'handled')));
    await engine.editState(id, { changes: { item: 'z' }, before: 'Items[1]/Ask' });
    for (const path of ['Items[0]/Ask', 'Items[1]/Ask', 'Loop#1/Ask']) {
      await engine.resume(id, { approved: true }, { form: path });
      await engine.settled(id);
    }
    expect(await engine.get(id)).toMatchObject({ state: { took: ['a', 'z'], n: 2 } });
    await engine.editState(id, { changes: { n: 0 }, before: 'Loop#2/Ask' });
    for (const path of ['Loop#2/Ask', 'Loop#3/Ask', 'Loop#4/Ask']) {
      await engine.resume(id, { approved: true }, { form: path });
      await engine.settled(id);
    }
    await engine.editState(id, { changes: { note: 'by hand' }, before: 'recover[handler]/Handle' });
    await engine.resume(id, { approved: true });
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { n: 2, note: 'by hand', handled: true } });
  });

  it('that gives what is there already changes nothing', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stopped(world(), deeds.step('Begin', { n: { x: 1 } }), form('Ask'));
    await engine.editState(id, { changes: { n: { x: 1 }, none: undefined } });
    const { records, state } = await engine.get(id);
    expect(records.at(-1)).toMatchObject({ path: '#edit-1', outcome: { changes: { set: {}, unset: [] } } });
    expect(state).toEqual({ n: { x: 1 } });
  });

  it.each([
    ['that is no JSON', { n: Number.NaN }, 'not_json'],
    ['of a function', { n: () => 1 }, 'not_json'],
    ['of a key that no step can set', { ctx: 1 }, 'bad_result'],
  ])('%s is refused', async (_what, changes, code) => {
    const { engine, id } = await stopped(world(), form('Ask'));
    const before = await world().everything();
    await expect(engine.editState(id, { changes })).rejects.toMatchObject({ code });
    expect(await world().everything()).toEqual(before);
  });

  it('is refused while the process runs, and once it has ended', async () => {
    const deeds = new Deeds();
    const engine = world().engine([defineWorkflow('ops', {}, list(deeds.hold('Long'), form('Ask')))]);
    const { id } = await engine.start('ops');
    await deeds.at('Long').begun.given;
    await expect(engine.editState(id, { changes: {}, before: 'Long' })).rejects.toMatchObject({ code: 'wrong_status' });
    deeds.at('Long').end.give();
    await engine.settled(id);
    await engine.abort(id);
    await expect(engine.editState(id, { changes: {} })).rejects.toMatchObject({ code: 'wrong_status' });
    await expect(engine.editState('p-9', { changes: {} })).rejects.toMatchObject({ code: 'unknown_process' });
  });

  it('of two at once counts after the other', async () => {
    const deeds = new Deeds();
    const { engine, id } = await stopped(world(), deeds.step('Begin', { a: 0, b: 0 }), form('Ask'));
    const other = world().engine(engine.workflows);
    await Promise.all([engine.editState(id, { changes: { a: 1 } }), other.editState(id, { changes: { b: 1 } })]);
    expect(await engine.get(id)).toMatchObject({ state: { a: 1, b: 1 } });
    expect((await engine.get(id)).records.map(({ path }) => path).slice(-2)).toEqual(['#edit-1', '#edit-2']);
  });
});

import {
  choose,
  conditional,
  focus,
  forEach,
  graph,
  list,
  named,
  parallel,
  recover,
  skip,
  step,
  until,
  type Workflow,
  withLock,
} from 'stepwright';
import { expect, it } from 'vitest';
import { signal } from '../signal.js';
import { onEachStore, type World } from '../support.js';
import { broken, gives, Notes, undoing } from './notes.js';

/** Runs a workflow to where it stops. */
async function end(world: World, workflow: Workflow) {
  const engine = world.engine([workflow]);
  return engine.settled((await engine.start(workflow.name)).id);
}

onEachStore('The steps of a process that is taken back', (world) => {
  it('are undone in reverse order, each with the state as it stood when it ended', async () => {
    const notes = new Notes();
    const details = await end(world(), undoing(notes.step('A'), notes.step('B'), notes.step('C', gives({ A: 2 })), broken));
    expect(details).toMatchObject({ status: 'undone', failure: { message: 'broken' }, state: { A: 2, B: true } });
    expect(details.failure).not.toHaveProperty('undo');
    expect(notes.undone).toEqual(['C', 'B', 'A']);
    expect(notes.states.get('C')).toEqual({ A: 2, B: true });
    expect(notes.states.get('B')).toEqual({ A: true, B: true });
    expect(notes.states.get('A')).toEqual({ A: true });
    expect(await world().facts(details.id)).toEqual([
      'process_created',
      ...['A', 'B', 'C'].flatMap((name) => [`step_started ${name}`, `step_ended ${name} success`]),
      'step_started Break',
      'step_ended Break failed',
      'process_status undoing',
      ...['C', 'B', 'A'].flatMap((name) => [`step_started ${name}#undo`, `step_ended ${name}#undo success`]),
      'process_status undone',
    ]);
  });

  it('begin with the one that failed, with the state at its entry', async () => {
    const notes = new Notes();
    const fails = notes.step('Fail', () => {
      throw new Error('half done');
    });
    expect(await end(world(), undoing(notes.step('A'), fails))).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['Fail', 'A']);
    expect(notes.states.get('Fail')).toEqual({ A: true });
  });

  it('are left alone where they had nothing to do, or no undo', async () => {
    const notes = new Notes();
    const nothing = notes.step('Nothing', () => skip());
    const never = conditional(() => false)(notes.step('Never'));
    const plain = step('Plain')(() => ({ plain: true }));
    expect(await end(world(), undoing(notes.step('A'), nothing, never, plain, broken))).toMatchObject({ status: 'undone' });
    expect(notes.undone).toEqual(['A']);
  });

  it('are undone in the reverse of the order in which branches really ended', async () => {
    const notes = new Notes();
    const { clock } = world();
    const turn = [signal(), signal(), signal(), signal()];
    const slow = (name: string, place: number) =>
      notes.step(name, async () => {
        await turn[place]!.given;
        return { [name]: true };
      });
    const body = parallel({ east: list(slow('A', 0), slow('B', 3)), west: list(slow('C', 1), slow('D', 2)) });
    const workflow = undoing(body, notes.step('Last'), broken);
    const engine = world().engine([workflow]);
    const { id } = await engine.start('undoing');
    for (const { give } of turn) {
      await clock.advance('1s');
      give();
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'undone' });
    const [a, b, c, d] = ['parallel/east/A', 'parallel/east/B', 'parallel/west/C', 'parallel/west/D'];
    expect(notes.undone).toEqual(['Last', b, d, c, a]);
    expect(notes.states.get(b!)).toEqual({ A: true, B: true });
    expect(notes.states.get(d!)).toEqual({ C: true, D: true });
  });

  it('are undone for every item, with the item', async () => {
    const notes = new Notes();
    const items = forEach(
      () => ['x', 'y'],
      list(
        notes.step('Open'),
        notes.step('Set', ({ item }) => ({ value: `${item}!` })),
      ),
      {
        collect: 'value',
      },
    );
    await end(world(), undoing(notes.step('Before'), items, notes.step('After'), broken));
    expect(notes.undone).toEqual(['After', 'forEach[1]/Set', 'forEach[1]/Open', 'forEach[0]/Set', 'forEach[0]/Open', 'Before']);
    expect(notes.states.get('forEach[0]/Open')).toEqual({ Before: true, item: 'x', Open: true });
    expect(notes.states.get('forEach[1]/Set')).toEqual({ Before: true, item: 'y', Open: true, value: 'y!' });
    expect(notes.states.get('After')).toEqual({ Before: true, value: ['x!', 'y!'], After: true });
  });

  it('are undone for every loop, with the state of that loop', async () => {
    const notes = new Notes();
    const count = notes.step('Count', ({ n = 0 }) => ({ n: Number(n) + 1 }));
    await end(
      world(),
      undoing(
        until(({ n }) => n === 3, count),
        broken,
      ),
    );
    expect(notes.undone).toEqual(['until#3/Count', 'until#2/Count', 'until#1/Count']);
    expect(notes.undone.map((path) => notes.states.get(path))).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
  });

  it('are undone where a loop breaks off in the middle', async () => {
    const notes = new Notes();
    const count = notes.step('Count', ({ n = 0 }) => ({ n: Number(n) + 1 }));
    const fail = conditional(({ n }) => n === 2)(broken);
    await end(
      world(),
      undoing(
        until(({ n }) => n === 3, list(count, fail)),
        notes.step('After'),
      ),
    );
    expect(notes.undone).toEqual(['until#2/Count', 'until#1/Count']);
  });

  it('are undone at any depth, inside everything', async () => {
    const notes = new Notes();
    const deep = named('Group')(
      focus('part', 'Part')(notes.step('In focus', gives({ x: 1 }))),
      choose(() => 'a', [{ value: 'a', node: notes.step('Chosen') }]),
    );
    const tasks = graph({ first: { run: notes.step('One') }, second: { run: notes.step('Two'), after: ['first'] } });
    const locked = withLock(
      ['router'],
      forEach(() => [1], notes.step('Locked')),
    );
    await end(world(), undoing(deep, tasks, parallel({ only: locked }), broken));
    expect(notes.undone).toEqual([
      'parallel/only/withLock/forEach[0]/Locked',
      'graph/second/Two',
      'graph/first/One',
      'Group/choose[a]/Chosen',
      'Group/Part/In focus',
    ]);
    expect(notes.states.get('Group/Part/In focus')).toEqual({ x: 1 });
  });

  it('are undone too where their failure was handled, and the process fails later', async () => {
    const notes = new Notes();
    const fails = notes.step('Fail', () => {
      throw new Error('handled');
    });
    const handled = recover(
      list(notes.step('Try'), fails),
      notes.step('Handle', ({ failure }) => ({ why: (failure as { message: string }).message })),
    );
    await end(world(), undoing(notes.step('Before'), handled, notes.step('After'), broken));
    expect(notes.undone).toEqual(['After', 'recover[handler]/Handle', 'recover/Fail', 'recover/Try', 'Before']);
    expect(notes.states.get('recover/Try')).toEqual({ Before: true, Try: true });
    expect(notes.states.get('recover[handler]/Handle')).toMatchObject({ why: 'handled', failure: { message: 'handled' } });
  });

  it('have the idempotency key of the step itself in their undos', async () => {
    const notes = new Notes();
    await end(
      world(),
      undoing(
        forEach(() => [1], notes.step('A')),
        broken,
      ),
    );
    expect(notes.keys.get('undo forEach[0]/A')).toBe(notes.keys.get('forEach[0]/A'));
  });
});

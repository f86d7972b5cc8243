import { skip } from 'stepwright';
import { expect, it } from 'vitest';
import { HmacTokens } from '../../../src/adapters/tokens/hmac-tokens.js';
import { createDataSource } from '../../../src/adapters/typeorm/data-source.js';
import { SqliteGate } from '../../../src/adapters/typeorm/sqlite-gate.js';
import { SqliteProcessStore } from '../../../src/adapters/typeorm/sqlite-process-store.js';
import { TypeOrmModelStore } from '../../../src/adapters/typeorm/typeorm-model-store.js';
import { onEachStore, World } from '../support.js';
import { calling, UNKNOWN } from './calling.js';

onEachStore('The token of a step that is called back', (world) => {
  it('works once: what comes is merged with what the step itself changed, and the process goes on', async () => {
    const { workflow, tokens, performed } = calling();
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    expect(await engine.settled(id)).toMatchObject({
      status: 'awaiting_callback',
      waits: [{ path: 'Order', kind: 'callback', attempt: 1, reason: 'another system is to call back' }],
    });
    expect(await engine.answerCallback(tokens[0]!, { ok: true })).toBe(id);
    const done = await engine.settled(id);
    const state = { own: 1, answer: { ok: true } };
    expect(done).toMatchObject({ status: 'completed', waits: [], state: { ...state, seen: state } });
    expect(performed).toEqual(['Order', 'After']);
    expect(await world().facts(id)).toEqual([
      'process_created',
      'step_started Order',
      'step_ended Order awaiting_callback',
      'process_status awaiting_callback',
      'callback_answered Order',
      'process_status running',
      'step_started After',
      'step_ended After success',
      'process_status completed',
    ]);
    const before = await world().everything();
    await expect(engine.answerCallback(tokens[0]!, { ok: false })).rejects.toMatchObject(UNKNOWN);
    expect(await world().everything()).toEqual(before);
  });

  it('is refused where it was never given out, and nothing changes', async () => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    await engine.settled((await engine.start('calling')).id);
    const before = await world().everything();
    for (const wrong of ['', 'nothing', `${tokens[0]}x`, `hash of ${tokens[0]}`]) {
      await expect(engine.answerCallback(wrong, 1)).rejects.toMatchObject(UNKNOWN);
      await expect(engine.callbackProgress(wrong, 1)).rejects.toMatchObject(UNKNOWN);
    }
    expect(await world().everything()).toEqual(before);
  });

  it('is another one for each process', async () => {
    const { workflow, tokens } = calling();
    const engine = world().engine([workflow]);
    const [a, b] = [await engine.start('calling'), await engine.start('calling')];
    await Promise.all([engine.settled(a.id), engine.settled(b.id)]);
    expect(new Set(tokens).size).toBe(2);
    await engine.answerCallback(tokens[0]!, 1);
    expect(await engine.settled(b.id)).toMatchObject({ status: 'awaiting_callback' });
  });

  it('is the same after a crash, wherever that comes, and one call is enough', async () => {
    for (let at = 1; at < 40; at++) {
      for (const stored of [true, false]) {
        const { workflow, tokens, performed } = calling();
        const { engine, died } = world().mortal([workflow], { at, stored });
        const key = `${at} ${stored}`;
        const live = async (one: typeof engine) => {
          await one.tick();
          const { id } = await one.start('calling', undefined, { idempotencyKey: key });
          const stopped = await one.settled(id);
          if (stopped.status === 'awaiting_callback') await one.answerCallback(tokens[0]!, 'done');
          return one.settled(id);
        };
        const whole = await Promise.race([live(engine), died]);
        const done = whole ?? (await live(world().engine([workflow])));
        expect(done).toMatchObject({ status: 'completed', waits: [], state: { own: 1, answer: 'done' } });
        expect(new Set(tokens).size, `cut ${key}`).toBe(1);
        expect(performed.filter((one) => one === 'Order').length).toBeLessThanOrEqual(2);
        if (whole) return;
      }
    }
    throw new Error('there is always another write');
  });

  it('is a new one when a person asks again after a time-out, and the old one is refused', async () => {
    const { workflow, tokens } = calling({ timeout: '1h' });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await world().clock.advance('1h');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'failed', failure: { code: 'callback_timeout', retryable: true }, waits: [] });
    await engine.retry(id);
    expect(await engine.settled(id)).toMatchObject({ status: 'awaiting_callback', waits: [{ attempt: 2 }] });
    expect(new Set(tokens).size).toBe(2);
    await expect(engine.answerCallback(tokens[0]!, 1)).rejects.toMatchObject(UNKNOWN);
    await engine.answerCallback(tokens[1]!, 2);
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', state: { answer: 2 } });
  });

  it.each([
    ['is the same when the function is tried again by its policy', false],
    ['is good while the function waits to be tried again', true],
  ])('%s', async (_what, early) => {
    const { workflow, tokens } = calling({ retry: { every: '1m' } }, (ctx) => {
      if (ctx.attempt < 3) throw new Error('busy');
    });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ kind: 'timer' }] });
    if (early) {
      await engine.answerCallback(tokens[0]!, 1);
      expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ kind: 'timer' }] });
      await expect(engine.answerCallback(tokens[0]!, 2)).rejects.toMatchObject(UNKNOWN);
    }
    for (let turn = 0; turn < 2; turn++) {
      await world().clock.advance('1m');
      await engine.tick();
    }
    if (!early) {
      expect(await engine.get(id)).toMatchObject({ status: 'awaiting_callback', waits: [{ kind: 'callback' }] });
      await engine.answerCallback(tokens[0]!, 1);
    }
    expect(await engine.settled(id)).toMatchObject({ status: 'completed', waits: [], state: { answer: 1 } });
    expect([tokens.length, new Set(tokens).size]).toEqual([3, 1]);
  });
});

onEachStore('What is told of a step that is called back', (world) => {
  it.each(['fails', 'is tried again', 'had nothing to do'])('does not hold its token, where it %s', async (how) => {
    const { workflow, tokens } = calling(how === 'is tried again' ? { retry: { every: '1m' } } : {}, (ctx) => {
      const url = `https://lab/?back=${ctx.callbackUrl}`;
      if (how === 'had nothing to do') return skip(url);
      throw new Error(`POST ${url} failed`, { cause: new Error(ctx.callbackToken) });
    });
    const engine = world().engine([workflow], {}, { publicUrl: 'https://flows.example.org', lease: '30d' });
    await engine.settled((await engine.start('calling')).id);
    const stored = JSON.stringify(await world().everything());
    expect(stored).toContain('https://lab/?back=https://flows.example.org/callbacks/(token)');
    expect(stored.replaceAll(`hash of ${tokens[0]}`, '')).not.toContain(tokens[0]);
  });
});

onEachStore('A call that comes between two attempts of its step', (world) => {
  it('is kept, and is the end of the step when an attempt succeeds', async () => {
    const { workflow, tokens } = calling({ retry: { every: '1m' } }, (ctx) => {
      if (ctx.attempt < 3) throw new Error('busy');
    });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await engine.answerCallback(tokens[0]!, 'early');
    await expect(engine.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    expect(await engine.settled(id)).toMatchObject({ status: 'waiting', waits: [{ kind: 'timer' }] });
    for (let turn = 0; turn < 2; turn++) {
      await world().clock.advance('1m');
      await engine.tick();
      await expect(engine.answerCallback(tokens[0]!, 'again')).rejects.toMatchObject(UNKNOWN);
    }
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { answer: 'early' }, waits: [] });
  });

  it('is taken although its time-out is shorter than the wait for the next attempt', async () => {
    const { workflow, tokens } = calling({ timeout: '1s', retry: { every: '1h' } }, (ctx) => {
      if (ctx.attempt < 2) throw new Error('busy');
    });
    const engine = world().engine([workflow]);
    const { id } = await engine.start('calling');
    await engine.settled(id);
    await world().clock.advance('30m');
    await engine.answerCallback(tokens[0]!, 'early');
    await world().clock.advance('30m');
    await engine.tick();
    expect(await engine.get(id)).toMatchObject({ status: 'completed', state: { answer: 'early' } });
  });
});

it('The token of a call back stands in no table of a database, and in no log', async () => {
  const dataSource = createDataSource({ database: ':memory:' });
  await dataSource.initialize();
  await dataSource.synchronize();
  const runner = dataSource.createQueryRunner();
  const store = new SqliteProcessStore(dataSource, new SqliteGate(runner));
  const world = new World({ store, models: new TypeOrmModelStore(dataSource), close: () => dataSource.destroy() });
  const { workflow, tokens } = calling({ timeout: '1m' });
  const engine = world.engine([workflow], { tokens: new HmacTokens(() => 'a secret that is long enough to be one') });
  const dump = async () => {
    const tables = (await runner.query(`SELECT name FROM sqlite_master WHERE type = 'table'`)) as { name: string }[];
    const rows = await Promise.all(tables.map(({ name }) => runner.query(`SELECT * FROM "${name}"`)));
    return JSON.stringify([rows, world.logger.lines]);
  };
  const { id } = await engine.start('calling');
  await engine.settled(id);
  const texts = [await dump()];
  await engine.callbackProgress(tokens[0]!, 'half');
  await world.clock.advance('1m');
  await engine.tick();
  texts.push(await dump());
  await engine.retry(id);
  await engine.settled(id);
  await engine.answerCallback(tokens[1]!, 'done');
  expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
  texts.push(await dump());
  expect(tokens).toHaveLength(2);
  for (const text of texts) {
    expect(text).toContain('Order');
    for (const token of tokens) expect(text).not.toContain(token);
  }
  expect(texts[0]).toContain(new HmacTokens(() => '').hash(tokens[0]!));
  await world.close();
});

import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { onEachStore, type World } from '../support.js';
import { asking, childrenOf, fragile, parent } from './family.js';

const TIMEOUT = 60_000;

/** Moves a parent to its end, whatever state it finds: answers its child, and retries what failed. */
async function travel(world: World, engine: Engine, key: string): Promise<string> {
  await engine.tick();
  const { id } = await engine.start('parent', undefined, { idempotencyKey: key });
  for (let turns = 0; turns < 20; turns++) {
    const { status } = await engine.settled(id);
    if (status === 'completed') return id;
    const children = await childrenOf(world, id);
    const open = children.find((child) => child.status === 'suspended');
    if (open) await engine.resume(open.id, { approved: true });
    else if (status === 'failed') await engine.retry(id);
    else await engine.tick();
  }
  throw new Error('the parent does not end');
}

onEachStore('A parent whose engine dies', (world) => {
  it.each([
    ['before it was stored', false],
    ['right after it was stored', true],
  ])(
    'at any of its writes, %s, has started one child, and no other',
    async (_when, stored) => {
      let at = 1;
      for (; at < 60; at++) {
        const key = `${at} ${stored}`;
        const family = [parent('asking'), asking];
        const { engine, died } = world().mortal(family, { at, stored });
        const whole = await Promise.race([travel(world(), engine, key), died]);
        const next = world().engine(family);
        const id = await travel(world(), next, key);
        expect(
          (await childrenOf(world(), id)).map(({ status }) => status),
          `cut ${at}`,
        ).toEqual(['completed']);
        await next.close();
        if (whole) break;
      }
      expect(at).toBeGreaterThan(8);
      expect(at).toBeLessThan(60);
    },
    TIMEOUT,
  );

  it(
    'while a child fails and is retried, still has that one only',
    async () => {
      let at = 1;
      for (; at < 60; at++) {
        const { state, workflow } = fragile();
        const family = [parent('fragile'), workflow];
        const { engine, died } = world().mortal(family, { at, stored: true });
        const run = async (one: Engine) => {
          await one.tick();
          const { id } = await one.start('parent', undefined, { idempotencyKey: `fails ${at}` });
          if ((await one.settled(id)).status === 'failed') {
            state.broken = false;
            await one.retry(id);
          }
          await one.tick();
          return (await one.settled(id)).status === 'completed' ? id : undefined;
        };
        const whole = await Promise.race([run(engine), died]);
        const next = world().engine(family);
        const id = (await run(next)) ?? (await run(next));
        expect(id, `cut ${at}`).toBeDefined();
        expect(
          (await childrenOf(world(), id!)).map(({ status }) => status),
          `cut ${at}`,
        ).toEqual(['completed']);
        await next.close();
        if (whole) break;
      }
      expect(at).toBeLessThan(60);
    },
    TIMEOUT,
  );
});

import { expect, it } from 'vitest';
import { failingOnce, type Loss } from '../faults.js';
import { faultsOf, journey, travel, Witness } from '../journey.js';
import { onEachStore, type World } from '../support.js';

/** Each of these lives a process some fifty times. */
const TIMEOUT = 60_000;

/** Travels with an engine that dies at a cut, and goes on with another; gives what is wrong then, or undefined where the cut came too late. */
async function cutAt(world: World, at: number, stored: boolean): Promise<readonly unknown[] | undefined> {
  const witness = new Witness(world);
  const key = `${at} ${stored}`;
  const { engine, died } = world.mortal([journey(witness)], { at, stored });
  const whole = await Promise.race([travel(engine, world, key), died]);
  if (whole) return undefined;
  const { id } = await travel(world.engine([journey(witness)]), world, key);
  return faultsOf(world, id, witness);
}

/** Travels on a store that fails at one commit; gives what is wrong then, or undefined where the commit never came. */
async function failAt(world: World, at: number, loss: Loss): Promise<readonly unknown[] | undefined> {
  const witness = new Witness(world);
  const key = `${at} ${loss}`;
  const { store, failed } = failingOnce(world.store, at, loss);
  const engine = world.engine([journey(witness)], { store });
  const first = await travel(engine, world, key).catch((error: Error) => error.message);
  if (!failed()) return undefined;
  const { id } = await travel(engine, world, key);
  await engine.close();
  return [...(first === 'the disk is gone' ? [] : [first]), ...(await faultsOf(world, id, witness))];
}

/** Tries the numbers from 1 until one is too high; gives what is wrong by number. */
async function eachWrite(tryAt: (at: number) => Promise<readonly unknown[] | undefined>) {
  const wrong: Record<number, readonly unknown[]> = {};
  for (let at = 1; at < 200; at++) {
    const faults = await tryAt(at);
    if (!faults) return { writes: at - 1, wrong };
    if (faults.length > 0) wrong[at] = faults;
  }
  throw new Error('there is always another write');
}

onEachStore('A process whose engine dies', (world) => {
  it.each([
    ['before it was stored', false],
    ['right after it was stored', true],
  ])(
    'at any of its writes, %s, ends as if nothing had happened',
    async (_when, stored) => {
      const { writes, wrong } = await eachWrite((at) => cutAt(world(), at, stored));
      expect(wrong).toEqual({});
      expect(writes).toBeGreaterThan(30);
    },
    TIMEOUT,
  );

  it(
    'again and again, at every write that the one before left to do, ends as if nothing had happened',
    async () => {
      const witness = new Witness(world());
      let lives = 0;
      for (; lives < 100; lives++) {
        const { engine, died } = world().mortal([journey(witness)], { at: 6, stored: true });
        const whole = await Promise.race([travel(engine, world(), 'k'), died]);
        if (whole) break;
      }
      const { id } = await travel(world().engine([journey(witness)]), world(), 'k');
      expect(await faultsOf(world(), id, witness)).toEqual([]);
      expect(lives).toBeGreaterThan(5);
      expect(lives).toBeLessThan(100);
    },
    TIMEOUT,
  );
});

onEachStore('A process whose store fails at one commit', (world) => {
  it.each(['refused', 'answer lost'] as const)(
    'whichever it is (%s), is gone on with as if nothing had happened',
    async (loss) => {
      const { writes, wrong } = await eachWrite((at) => failAt(world(), at, loss));
      expect(wrong).toEqual({});
      expect(writes).toBeGreaterThan(20);
    },
    TIMEOUT,
  );
});

import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

const START = 1_000_000;

/** A clock, and what its timers wrote down: `name@time after the start`. */
function clockWithLog() {
  const clock = new VirtualClock(START);
  const log: string[] = [];
  const write = (name: string) => log.push(`${name}@${clock.now() - START}`);
  const set = (name: string, after: number) => clock.at(START + after, () => write(name));
  return { clock, log, write, set };
}

describe('VirtualClock', () => {
  it('stands still at the start of 2026, unless told otherwise', async () => {
    expect(new VirtualClock().now()).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
    const clock = new VirtualClock(5);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(clock.now()).toBe(5);
  });

  it('fires timers in the order of their times, each at its time, those of one time as they were set', async () => {
    const { clock, log, set } = clockWithLog();
    for (const [name, after] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
      ['b2', 20],
      ['late', 41],
    ] as const)
      set(name, after);
    await clock.advance(40);
    expect(log).toEqual(['a@10', 'b@20', 'b2@20', 'c@30']);
    expect([clock.now() - START, clock.pending, clock.next]).toEqual([40, 1, START + 41]);
    await clock.advance(1);
    expect(log.at(-1)).toBe('late@41');
    expect([clock.pending, clock.next]).toEqual([0, undefined]);
  });

  it('fires a timer once', async () => {
    const { clock, log, set } = clockWithLog();
    set('a', 10);
    await clock.advance(10);
    await clock.advance(10);
    expect(log).toEqual(['a@10']);
  });

  it('leaves a timer out that was taken back, by another timer too', async () => {
    const { clock, log, set } = clockWithLog();
    set('a', 1)();
    const cancel = set('c', 3);
    clock.at(START + 2, cancel);
    await clock.advance(10);
    expect(log).toEqual([]);
    cancel();
    expect(clock.pending).toBe(0);
  });

  it('fires timers that are set meanwhile, after promises and turns of the event loop', async () => {
    const { clock, log, write, set } = clockWithLog();
    clock.at(START + 10, async () => {
      write('first');
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      set('second', 20);
    });
    clock.at(START + 30, () => {
      write('third');
      setImmediate(() => set('fourth', 35));
    });
    await clock.advance('1s');
    expect(log).toEqual(['first@10', 'second@20', 'third@30', 'fourth@35']);
  });

  it('lets what was started before it moves set its timers first', async () => {
    const { clock, log, set } = clockWithLog();
    void Promise.resolve().then(async () => {
      await Promise.resolve();
      set('a', 5);
    });
    await clock.advance(10);
    expect(log).toEqual(['a@5']);
  });

  it('fires what was due already at the next move, without going back', async () => {
    const { clock, log, set } = clockWithLog();
    set('past', -50);
    set('now', 0);
    expect(log).toEqual([]);
    await clock.advance(0);
    expect(log).toEqual(['past@0', 'now@0']);
  });

  it('takes durations as text, and times', async () => {
    const clock = new VirtualClock(START);
    await clock.advance('1h');
    await clock.advanceTo(START + 3_600_001);
    expect(clock.now()).toBe(START + 3_600_001);
  });

  it.each([-1, Number.NaN, 'soon'])('refuses to advance by %s', async (duration) => {
    await expect(new VirtualClock().advance(duration)).rejects.toMatchObject({ code: 'definition' });
  });

  it.each([START - 1, Number.NaN])('refuses to go back to %s', async (time) => {
    const clock = new VirtualClock(START);
    await expect(clock.advanceTo(time)).rejects.toMatchObject({ code: 'definition' });
    expect(clock.now()).toBe(START);
  });

  it('moves to the next timer, and says whether there was one', async () => {
    const { clock, log, set } = clockWithLog();
    for (const name of ['a', 'b']) set(name, 60_000);
    set('c', 90_000);
    expect(await clock.tick()).toBe(true);
    expect(log).toEqual(['a@60000', 'b@60000']);
    expect(await clock.tick()).toBe(true);
    expect(await clock.tick()).toBe(false);
    expect(clock.now()).toBe(START + 90_000);
  });

  it('passes on what a timer throws, and stands at its time with the rest still to come', async () => {
    const { clock, log, set } = clockWithLog();
    clock.at(START + 10, () => {
      throw new Error('broken');
    });
    set('b', 20);
    await expect(clock.advance(30)).rejects.toThrow('broken');
    expect([clock.now() - START, clock.pending]).toEqual([10, 1]);
    await clock.advance(10);
    expect(log).toEqual(['b@20']);
  });

  it('ends a loop of timers that set themselves again for the same time', async () => {
    const clock = new VirtualClock(START);
    const again = () => {
      clock.at(clock.now(), again);
    };
    again();
    await expect(clock.advance(1)).rejects.toMatchObject({ code: 'definition', message: expect.stringContaining('same time') });
  });
});

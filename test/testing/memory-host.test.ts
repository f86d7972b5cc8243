import { describe, expect, it } from 'vitest';
import { MemoryHost } from '../../src/testing/memory-host.js';

describe('MemoryHost', () => {
  it('has processes that differ, and that are all there', () => {
    const host = new MemoryHost();
    const second = host.spawn();
    const third = second.spawn();
    expect(new Set([host, second, third].map((each) => each.self().pid)).size).toBe(3);
    expect([host, second, third].some((each) => host.isGone(each.self()))).toBe(false);
  });

  it('says of a process that it is gone, to every process of the machine, once that was declared', () => {
    const host = new MemoryHost();
    const second = host.spawn();
    second.declareGone();
    expect([host, second, host.spawn()].map((each) => each.isGone(second.self()))).toEqual([true, true, true]);
    expect(host.isGone(host.self())).toBe(false);
    expect(host.isGone({ ...second.self(), startedAt: 'later' })).toBe(false);
    host.declareGone(JSON.parse(JSON.stringify(host.self())));
    expect(second.isGone(host.self())).toBe(true);
  });

  it('knows nothing of other machines', () => {
    const [host, other] = [new MemoryHost(), new MemoryHost()];
    other.declareGone();
    expect(host.isGone(other.self())).toBe(false);
  });
});

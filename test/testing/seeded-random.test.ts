import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.js';

const numbers = (random: SeededRandom, count: number) => Array.from({ length: count }, () => random.number());

describe('SeededRandom', () => {
  it('gives the numbers of mulberry32', () => {
    expect(new SeededRandom(1).number()).toBe(0.6270739405881613);
  });

  it('gives the same for the same seed, and other numbers for another', () => {
    expect(numbers(new SeededRandom(7), 20)).toEqual(numbers(new SeededRandom(7), 20));
    expect(new SeededRandom(7).uuid()).toBe(new SeededRandom(7).uuid());
    expect(numbers(new SeededRandom(7), 20)).not.toEqual(numbers(new SeededRandom(8), 20));
    expect(numbers(new SeededRandom(), 20)).toEqual(numbers(new SeededRandom(1), 20));
  });

  it('gives numbers from 0 to below 1, evenly', () => {
    const many = numbers(new SeededRandom(3), 20_000);
    expect(many.every((number) => number >= 0 && number < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, tenth) => many.filter((number) => Math.floor(number * 10) === tenth).length);
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('gives UUIDs of version 4, no two of them equal', () => {
    const uuids = [1, 2, 3].flatMap((seed) => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 5000 }, () => random.uuid());
    });
    for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(uuids).size).toBe(uuids.length);
  });
});

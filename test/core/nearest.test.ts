import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/core/nearest.js';

describe('nearest', () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ['one letter more', 'orderr', ['order', 'customer'], 'order'],
    ['one letter less', 'costomr', ['order', 'customer'], 'customer'],
    ['two neighbours swapped', 'oredr', ['order'], 'order'],
    ['two letters that are no neighbours swapped', 'redro', ['order'], undefined],
    ['two wrong letters of a longer name', 'subskribtion', ['subscription'], 'subscription'],
    ['another case', 'ORDERID', ['orderId'], 'orderId'],
    ['the name itself before a nearer one', 'ports', ['port', 'ports'], 'ports'],
    ['the first of two that are as near', 'cat', ['bat', 'rat'], 'bat'],
    ['one wrong letter of a short name', 'a', ['b'], 'b'],
    ['two wrong letters of a short name', 'ab', ['cd'], undefined],
    ['something else', 'vlan', ['subscription', 'customerId'], undefined],
    ['nothing to choose from', 'vlan', [], undefined],
  ])('takes %s', (_, name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });
});

describe('didYouMean', () => {
  it('asks for the nearest name, or says nothing', () => {
    expect(didYouMean('orderr', new Set(['order']))).toBe(' Did you mean "order"?');
    expect(didYouMean('vlan', ['order'])).toBe('');
  });
});

import 'reflect-metadata';
import { list, recover, step } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../paths-of.js';
import { problemOf } from '../problem-of.js';

const does = (name: string) => step(name)(() => {});

describe('recover', () => {
  it('has a body and a handler, which finds the failure under a key', () => {
    const node = recover(list(does('Push'), does('Verify')), does('Clean up'), { name: 'Try', as: 'problem' });
    expect(node.as).toBe('problem');
    expect(pathsOf(node)).toEqual(['Try/Push', 'Try/Verify', 'Try[handler]/Clean up']);
    expect(recover(does('A'), does('A'))).toMatchObject({ name: 'recover', as: 'failure' });
  });

  it.each<[string, () => unknown, string]>([
    ['no handler', () => recover(does('A'), undefined as never), 'undefined is no step'],
    [
      'a key that no step can set',
      () => recover(does('A'), does('B'), { as: 'state' }),
      'The recover "recover" has "as" "state", which no state key can be',
    ],
    [
      'an empty key',
      () => recover(does('A'), does('B'), { name: 'Try', as: '' }),
      'The recover "Try" has "as" "", which no state key can be',
    ],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

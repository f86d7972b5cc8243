import { describe, expect, it } from 'vitest';
import { keyOf, type Parameter } from '../../src/core/parameter.js';

describe('keyOf', () => {
  it.each<[Parameter, string | undefined]>([
    [{ gets: 'state' }, undefined],
    [{ gets: 'context' }, undefined],
    [{ gets: 'value', key: 'speed', whenMissing: 'refuse', convert: (value) => value }, 'speed'],
    [{ gets: 'model', key: 'subscription', models: [], whenMissing: 'create' }, 'subscription'],
    [{ gets: 'models', key: 'ports', models: [], whenMissing: 'list' }, 'ports'],
  ])('names the state key that %j asks for', (parameter, key) => {
    expect(keyOf(parameter)).toBe(key);
  });
});

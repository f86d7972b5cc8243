import { describe, expect, it } from 'vitest';
import { extractModels } from '../../../src/engine/run/returned-models.js';
import { MemoryModelStore } from '../../../src/testing/memory-model-store.js';
import { testPort } from '../../support/models.js';

const store = new MemoryModelStore();
const port = (id: string) => testPort(id, { subscriptionId: id });
const reference = (id: string) => ({ $model: 'TestPort', id });

describe('extractModels', () => {
  it('finds models at any depth, and puts references in their places', () => {
    const [a, b, c] = [port('a'), port('b'), port('c')];
    const returned = { port: a, list: [1, b, [c]], deep: { map: { c }, text: 'x' }, none: null, gone: undefined };
    const { value, models } = extractModels(returned, store);
    expect(value).toStrictEqual({
      port: reference('a'),
      list: [1, reference('b'), [reference('c')]],
      deep: { map: { c: reference('c') }, text: 'x' },
      none: null,
      gone: undefined,
    });
    expect(models).toEqual([a, b, c]);
    expect(returned.port).toBe(a);
  });

  it('gives each model once, however often it is met', () => {
    const a = port('a');
    expect(extractModels({ x: a, y: [a], z: { a } }, store).models).toEqual([a]);
  });

  it('refuses two instances of one model, naming it', () => {
    expect(() => extractModels({ x: port('a'), y: [port('b'), port('a')] }, store)).toThrow(
      expect.objectContaining({ code: 'bad_result', message: expect.stringContaining('two different instances of TestPort a,') }),
    );
  });

  it('leaves what has no model as it is', () => {
    const plain = { a: [1, { b: 2 }], at: new Date(0), map: new Map([['p', port('p')]]) };
    expect(extractModels(plain, store)).toEqual({ value: plain, models: [] });
    expect(extractModels(plain, store).value).toBe(plain);
    for (const value of [undefined, null, 1, 'text', Number.NaN, 10n]) expect(extractModels(value, store).value).toBe(value);
  });

  it('does not look into what makes its own JSON, except lists', () => {
    const own = { inside: port('a'), toJSON: () => 'own' };
    expect(extractModels({ own }, store)).toEqual({ value: { own }, models: [] });
    const list = Object.assign([port('a')], { toJSON: () => 'list' });
    expect(extractModels({ list }, store).value).toEqual({ list: [reference('a')] });
  });

  it('keeps the places in a list, and leaves out what is no item', () => {
    const list: unknown[] = [];
    list[2] = port('a');
    const { value } = extractModels({ list: Object.assign(list, { note: 'x' }) }, store);
    expect(value).toStrictEqual({ list: [undefined, undefined, reference('a')] });
  });

  it('goes round a cycle once', () => {
    const loop: Record<string, unknown> = { port: port('a') };
    loop.self = loop;
    expect(extractModels(loop, store)).toMatchObject({ value: { port: reference('a') }, models: [{ subscriptionId: 'a' }] });
  });

  it('keeps a key that JavaScript would take for the prototype, for the state to refuse', () => {
    const odd = JSON.parse('{"__proto__": {"x": 1}}') as Record<string, unknown>;
    odd.port = port('a');
    const { value } = extractModels(odd, store);
    expect(Object.keys(value as object)).toEqual(['__proto__', 'port']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

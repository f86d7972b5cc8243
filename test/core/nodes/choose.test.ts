import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.js';
import { chooseNode } from '../../../src/core/nodes/choose.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { doing } from '../../support/doing.js';
import { walkOnce } from '../../support/walk-once.js';

const one = (...values: readonly Json[]) => values.map((value) => ({ value, node: doing('A') }));
const bySpeed = ({ speed }: { readonly speed?: Json }) => speed;

describe('a choose', () => {
  it.each<[string, () => Node, string]>([
    ['a value', () => chooseNode(7 as never, one(1)), 'The choose "choose" takes a function of the state'],
    ['no cases', () => chooseNode(bySpeed, []), 'The choose "choose" has no cases; give it at least one.'],
    ['two cases of one value', () => chooseNode(bySpeed, one(1, 1)), 'has two cases that are called "1" in paths'],
    [
      'cases that look the same',
      () => chooseNode(bySpeed, one(1, '1')),
      'has two cases that are called "1" in paths; give them different values.',
    ],
    ['a case like the other one', () => chooseNode(bySpeed, one('otherwise'), { otherwise: doing('B') }), 'called "otherwise"'],
    ['half a surrogate pair', () => chooseNode(bySpeed, one('\ud83d')), "half a surrogate pair can't stand in a path"],
    ['a bad name', () => chooseNode(bySpeed, one(1), { name: 'a/b' }), 'A choose "a/b" contains "/"'],
  ])('is refused with %s', (_, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: 'definition', message: expect.stringContaining(message) }));
  });

  it.each<[Json | undefined, string]>([
    ['10/G', 'choose[10%2FG]/A'],
    [10, 'choose[10]/A'],
    [true, 'choose[true]/A'],
    [null, 'choose[null]/A'],
    [{ b: 1, a: [2] }, `choose[${encodeURIComponent('{"a":[2],"b":1}')}]/A`],
    ['10', 'choose[otherwise]/B'],
    [undefined, 'choose[otherwise]/B'],
  ])('walks for the value %j what stands at %s', async (speed, path) => {
    const root = chooseNode(bySpeed, one('10/G', 10, true, null, { a: [2], b: 1 }), { otherwise: doing('B') });
    expect((await walkOnce(root, { start: speed === undefined ? {} : { speed } })).performed).toEqual([path]);
  });

  it('records its decision before the first step starts, and does not ask again', async () => {
    const { runner } = await walkOnce(
      chooseNode(() => 1, one(1, 2)),
      { moments: 1 },
    );
    expect([...runner.records.values()]).toMatchObject([{ path: 'choose', decision: '1', outcome: null }, { path: 'choose[1]/A' }]);
    expect(
      (
        await walkOnce(
          chooseNode(() => 2, one(1, 2)),
          { text: runner.text },
        )
      ).performed,
    ).toEqual(['choose[1]/A']);
    const gone = await walkOnce(
      chooseNode(() => 2, one(2)),
      { text: runner.text },
    );
    expect(gone.outcome).toMatchObject({
      failure: { code: 'no_case', message: expect.stringContaining('had chosen "1", which is no case of it any more') },
    });
    gone.runner.clear('choose');
    expect(
      (
        await walkOnce(
          chooseNode(() => 2, one(2, 1)),
          { text: gone.runner.text },
        )
      ).performed,
    ).toEqual(['choose[1]/A']);
  });

  it.each<[string, () => unknown, string, string]>([
    ['gives what is no case', () => 3, 'no_case', '"choose" has no case for 3; its cases are 1, "x". Add one, or "otherwise".'],
    ['gives nothing', () => undefined, 'no_case', '"choose" has no case for a value that is not there; its cases are 1, "x"'],
    [
      'throws',
      () => {
        throw new Error('no speed');
      },
      'function_threw',
      'The value of "choose" failed: no speed',
    ],
    ['is async', async () => 1, 'function_threw', 'it returned a promise; return a value'],
    ['gives a bigint', () => 1n, 'not_json', 'The value of "choose" is a bigint'],
    ['gives a function', () => () => 1, 'not_json', 'is a function'],
  ])('fails at its own path where its function %s, and asks again after a retry', async (_, value, code, message) => {
    const first = await walkOnce(chooseNode(value as never, one(1, 'x')));
    expect(first.outcome).toMatchObject({ failure: { code, message: expect.stringContaining(message) } });
    const mended = chooseNode(() => 1, one(1));
    expect(await walkOnce(mended, { text: first.text })).toMatchObject({ outcome: first.outcome, performed: [] });
    first.runner.clear('choose');
    expect((await walkOnce(mended, { text: first.runner.text })).performed).toEqual(['choose[1]/A']);
  });
});

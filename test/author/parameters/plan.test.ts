import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { describe, expect, it } from 'vitest';
import type { Hint } from '../../../src/author/parameters/hints.js';
import { planParameter } from '../../../src/author/parameters/plan.js';
import type { AnyClass } from '../../../src/author/parameters/types.js';
import { readSignature } from '../../../src/author/source/signature.js';
import type { Json } from '../../../src/core/json.js';
import type { Parameter } from '../../../src/core/parameter.js';
import { TestCircuit, TestPort } from '../../support/models.js';
import { problemOf } from '../problem-of.js';

class Line {
  @IsInt()
  count = 1;
}

const WHERE = 'Step "Ship" (workflows/order.ts:41)';

/** The plan for the only parameter of a function that is written so. */
function plan(parameter: string, { type, ...hint }: Hint & { readonly type?: unknown } = {}): Parameter {
  const [source] = readSignature(new Function(`return (${parameter}) => 1`)());
  return planParameter(source!, type as AnyClass | undefined, hint, WHERE);
}

const value = (key: string, whenMissing: 'refuse' | 'undefined' | 'list') => ({
  gets: 'value',
  key,
  whenMissing,
  convert: expect.any(Function),
});
const model = (key: string, whenMissing: 'refuse' | 'undefined' | 'create', ...models: unknown[]) => ({
  gets: 'model',
  key,
  whenMissing,
  models,
});

const models = (key: string, whenMissing: 'undefined' | 'list') => ({ gets: 'models', key, models: [TestPort], whenMissing });

describe('planParameter', () => {
  it.each<[string, string, (Hint & { type?: unknown }) | undefined, object]>([
    ['the key of its own name', 'speed', undefined, value('speed', 'refuse')],
    ['the key that the author names', 'a', { key: 'speed' }, value('speed', 'refuse')],
    ['a named key where the parameter is taken apart', '{ speed }', { key: 'order' }, value('order', 'refuse')],
    ['its default', 'speed = 1000', undefined, value('speed', 'undefined')],
    ['its default where it is taken apart', '{ speed } = {}', { key: 'order' }, value('order', 'undefined')],
    ['undefined where it is optional', 'speed', { optional: true }, value('speed', 'undefined')],
    ['the state', 'state', undefined, { gets: 'state' }],
    ['the state whatever its type', 'state', { type: Object }, { gets: 'state' }],
    ['the state, which is always there', 'state', { optional: true }, { gets: 'state' }],
    ['the context', 'ctx', undefined, { gets: 'context' }],
    ['a key under a reserved parameter name', 'state', { key: 'address' }, value('address', 'refuse')],
    ['a model, loaded or created', 'port', { type: TestPort }, model('port', 'create', TestPort)],
    ['a model, or undefined', 'port', { type: TestPort, optional: true }, model('port', 'undefined', TestPort)],
    ['a model, or its default', 'port = null', { type: TestPort }, model('port', 'undefined', TestPort)],
    ['one of several models', 'end', { oneOf: [TestPort, TestCircuit] }, model('end', 'refuse', TestPort, TestCircuit)],
    [
      'one of them whatever its type',
      'end',
      { oneOf: [TestPort, TestCircuit], type: Function },
      model('end', 'refuse', TestPort, TestCircuit),
    ],
    [
      'one of them, or undefined',
      'end',
      { oneOf: [TestPort, TestCircuit], optional: true },
      model('end', 'undefined', TestPort, TestCircuit),
    ],
    ['a list of models', 'ports', { listOf: TestPort, type: Array }, models('ports', 'list')],
    ['a list of models, or its default', 'ports = null', { listOf: TestPort }, models('ports', 'undefined')],
    ['a list of models, empty though optional', 'ports', { listOf: TestPort, optional: true }, models('ports', 'list')],
    ['a list of objects', 'lines', { listOf: Line, type: Array }, value('lines', 'list')],
    ['a list of objects, or its default', 'lines = [1]', { listOf: Line }, value('lines', 'undefined')],
    ['a list of objects, empty though optional', 'lines', { listOf: Line, optional: true }, value('lines', 'list')],
  ])('gives a parameter %s', (_, parameter, hint, expected) => {
    expect(plan(parameter, hint)).toEqual(expected);
  });

  it('lets a type that the author names win over the emitted one', () => {
    const [source] = readSignature((port: unknown) => port);
    expect(planParameter(source!, Object, { type: TestPort }, WHERE)).toEqual(model('port', 'create', TestPort));
    expect(planParameter(source!, Function as unknown as AnyClass, { type: TestPort }, WHERE)).toEqual(model('port', 'create', TestPort));
  });

  it.each<[string, Parameter, Json, unknown]>([
    ['undefined where it is optional', plan('x', { type: Number, optional: true }), null, undefined],
    ['undefined, and so its default', plan('x = 5', { type: Number }), null, undefined],
    ['null where anything goes and it is needed', plan('x'), null, null],
    ['an empty list of objects', plan('x', { listOf: Line }), null, []],
    ['undefined, and so its default list', plan('x = [1]', { listOf: Line }), null, undefined],
  ])('makes of null %s', (_, parameter, given, expected) => {
    expect(parameter.gets === 'value' && parameter.convert(given)).toEqual(expected);
  });

  it.each<[string, string, (Hint & { type?: unknown }) | undefined, string]>([
    ['the rest', '...all', undefined, 'parameter 1 "...all" takes all the rest, and injection cannot know how many; name each parameter'],
    ['the rest, whatever key is named', '...all', { key: 'all' }, 'takes all the rest'],
    [
      'what is taken apart without a key',
      '{ speed }',
      undefined,
      `parameter 1 "{ speed }" is taken apart, so it has no name; give it one and take it apart inside, or name its state key: @fromState('order').`,
    ],
    ['a list that is taken apart', '[first] = []', undefined, 'parameter 1 "[first] = []" is taken apart'],
    ['a key that is reserved', 'x', { key: 'ctx' }, 'parameter 1 "x" asks for the state key "ctx", which is reserved; use another name.'],
    ['the other reserved key', 'x', { key: 'state' }, 'which is reserved'],
    ['listOf and oneOf together', 'x', { listOf: TestPort, oneOf: [TestPort, TestCircuit] }, 'has both @listOf and @oneOf; choose one.'],
    [
      'oneOf with what is no model',
      'x',
      { oneOf: [TestPort, Line] },
      'names Line in @oneOf, which is no domain model; it must extend SubscriptionModel.',
    ],
    [
      'a class that was imported as a type',
      'vpn',
      { type: Function },
      'has a type that exists only for the compiler; import its class as a value (not with "import type")',
    ],
  ])('refuses %s', (_, parameter, hint, message) => {
    const problem = problemOf(() => plan(parameter, hint));
    expect(problem).toContain(message);
    expect(problem).toContain(`${WHERE}: parameter 1 `);
  });
});

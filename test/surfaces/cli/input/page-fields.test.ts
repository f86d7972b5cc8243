import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.js';
import { exampleAnswer } from '../../../../src/surfaces/cli/input/example-answer.js';
import { describeFields, pageFields } from '../../../../src/surfaces/cli/input/page-fields.js';

const page = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({ type: 'object', properties, required });

describe('the fields of a page', () => {
  it.each<[JsonObject, string, string]>([
    [{ type: 'string' }, 'text', 'text, optional'],
    [{ type: 'string', format: 'uuid', title: 'Customer' }, 'text', 'text (uuid), optional – Customer'],
    [{ type: 'integer', minimum: 1, maximum: 5 }, 'integer', 'whole number (1 to 5), optional'],
    [{ type: 'number', maximum: 5 }, 'number', 'number (at most 5), optional'],
    [{ type: 'number', minimum: 1, default: 2 }, 'number', 'number (1 or more), optional, 2 unless given'],
    [{ type: 'boolean' }, 'boolean', 'true or false, optional'],
    [{ type: 'string', enum: ['a', 'b'] }, 'choice', 'one of "a", "b", optional'],
    [{ type: 'array', items: { enum: [1, 2] } }, 'choices', 'list of one of 1, 2, optional'],
    [{ type: 'array', items: { type: 'string' } }, 'json', 'list of text, optional'],
    [{ type: 'object' }, 'json', 'object, optional'],
    [{}, 'json', 'any JSON, optional'],
  ])('of %j are asked as %s', (schema, kind, words) => {
    const schemaOfPage = page({ x: schema });
    expect(pageFields(schemaOfPage)[0]).toMatchObject({ name: 'x', kind, required: false });
    expect(describeFields(schemaOfPage)).toBe(`  x: ${words}`);
  });

  it('show labels for the values of a choice', () => {
    const [field] = pageFields(page({ x: { enum: ['p-1', 'p-2'], 'x-labels': { 'p-1': 'Amsterdam' } } }, ['x']));
    expect(field?.choices).toEqual([
      { value: 'p-1', label: 'Amsterdam' },
      { value: 'p-2', label: 'p-2' },
    ]);
  });

  it('are none for what is no page', () => {
    expect(pageFields({})).toEqual([]);
    expect(pageFields(null)).toEqual([]);
  });
});

describe('an example of an answer', () => {
  it('has what is required, by default, example, choice, format and range', () => {
    const schema = page(
      {
        a: { type: 'string', format: 'email' },
        b: { type: 'string', minLength: 6 },
        c: { type: 'integer', minimum: 10 },
        d: { type: 'number', maximum: 0.5 },
        e: { enum: ['x', 'y'] },
        f: { type: 'array', items: { type: 'boolean' } },
        g: { type: 'object', properties: { h: { type: 'string', examples: ['hello'] } } },
        i: { type: 'number', default: 4 },
        j: {},
        k: { type: 'string' },
      },
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'i', 'j'],
    );
    expect(exampleAnswer(schema)).toEqual({
      a: 'someone@example.org',
      b: 'text..',
      c: 10,
      d: 0.5,
      e: 'x',
      f: [true],
      g: { h: 'hello' },
      i: 4,
      j: {},
    });
  });

  it('has all fields where none is required', () => {
    expect(exampleAnswer(page({ a: { type: 'string' }, b: { type: 'boolean' } }))).toEqual({ a: 'text', b: true });
  });
});

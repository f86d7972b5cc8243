import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converter, listConverter } from '../../../src/author/parameters/convert.js';
import { hasCode } from '../../../src/core/error.js';
import type { Json } from '../../../src/core/json.js';

class Line {
  @IsString()
  item!: string;

  @IsInt()
  @Min(1)
  count = 1;
}

class Order {
  @IsString()
  customer!: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines: Line[] = [];
}

class Tags {
  @IsString({ each: true })
  @Transform(({ value }) => value.split(','))
  tags!: string[];
}

/** Decorated with nothing, so there is nothing to check. */
class Plain {
  note = '';
}

/** What a refused value is told; it must be the failure `bad_value`. */
function refusal(convert: (value: Json) => unknown, value: Json): string {
  try {
    convert(value);
  } catch (error) {
    if (hasCode(error, 'bad_value')) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const millennium = new Date('2000-01-01T00:00:00.000Z');

describe('converter', () => {
  it.each<[string, Parameters<typeof converter>[0], Json, unknown]>([
    ['a text as it is', String, 'x', 'x'],
    ['an empty text', String, '', ''],
    ['a number as text', String, 4711, '4711'],
    ['a number as it is', Number, 1.5, 1.5],
    ['a number from text', Number, '1e3', 1000],
    ['a number from text with space around', Number, ' 7 ', 7],
    ['true', Boolean, true, true],
    ['false', Boolean, false, false],
    ['true from text', Boolean, 'true', true],
    ['false from text', Boolean, 'false', false],
    ['a date from the text that JSON makes of it', Date, '2000-01-01T00:00:00.000Z', millennium],
    ['a date from a day', Date, '2000-01-01', millennium],
    ['a date from a time with its zone', Date, '2000-01-01T01:00+01:00', millennium],
    ['a date from milliseconds', Date, 946684800000, millennium],
    ['a list as it is', Array, [1, 'a', null], [1, 'a', null]],
    ['an empty list', Array, [], []],
    ['anything where nothing is declared', undefined, { a: [1] }, { a: [1] }],
    ['anything where Object is declared', Object, [null], [null]],
    ['null where nothing is declared', undefined, null, null],
    ['anything for a class that has no rules', Plain, { any: 1 }, { any: 1 }],
  ])('gives %s', (_, type, value, expected) => {
    expect(converter(type)(value)).toEqual(expected);
  });

  it.each<[string, Parameters<typeof converter>[0], Json, string]>([
    ['true as text', String, true, 'it holds true, which is not a text.'],
    ['null as text', String, null, 'it holds null, which is not a text.'],
    ['an object as text', String, { a: 1 }, 'it holds {"a":1}, which is not a text.'],
    ['words as a number', Number, 'many', 'it holds "many", which is not a number.'],
    ['an empty text as a number', Number, '', 'it holds "", which is not a number.'],
    ['spaces as a number', Number, '  ', 'it holds "  ", which is not a number.'],
    ['infinity as a number', Number, 'Infinity', 'it holds "Infinity", which is not a number.'],
    ['true as a number', Number, true, 'it holds true, which is not a number.'],
    ['null as a number', Number, null, 'it holds null, which is not a number.'],
    ['a list of one as a number', Number, [5], 'it holds [5], which is not a number.'],
    ['1 as true or false', Boolean, 1, 'it holds 1, which is not true or false.'],
    ['yes as true or false', Boolean, 'yes', 'it holds "yes", which is not true or false.'],
    ['null as true or false', Boolean, null, 'it holds null, which is not true or false.'],
    ['an object as a list', Array, { 0: 'a' }, 'it holds {"0":"a"}, which is not a list.'],
    ['a text as a list', Array, 'ab', 'it holds "ab", which is not a list.'],
    ['a list as an order', Order, [], 'it holds [], which is not an object for Order.'],
    ['null as an order', Order, null, 'it holds null, which is not an object for Order.'],
  ])('refuses %s', (_, type, value, message) => {
    expect(refusal(converter(type), value)).toBe(message);
  });

  it.each<[string, Json]>([
    ['a word', 'tomorrow'],
    ['a number in text, which JavaScript takes for a month', '5'],
    ['a time without a zone, which is another moment elsewhere', '2026-01-31T12:00:00'],
    ['a day that the month does not have', '2026-02-30'],
    ['a year that no Date reaches', '+999999-01-01T00:00:00.000Z'],
    ['milliseconds that no Date reaches', 1e17],
    ['true', true],
    ['null', null],
    ['a list with a date', ['2026-01-01']],
    ['an object that can be no text', { toString: 1, valueOf: 1 }],
  ])('refuses %s as a date, and shows how to write one', (_, value) => {
    expect(refusal(converter(Date), value)).toContain('which is not a date such as 2026-03-01');
  });

  it('gives every Date back that a step returned', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(converter(Date)(JSON.parse(JSON.stringify(date)))).toEqual(date);
      }),
    );
  });

  it('shortens a long value in a message', () => {
    const message = refusal(converter(Number), 'x'.repeat(500));
    expect(message.length).toBeLessThan(120);
    expect(message).toMatch(/^it holds "x+\.\.\., which is not a number\.$/);
  });

  it('makes an instance of a class with rules, nested ones and defaults included', () => {
    const order = converter(Order)({ customer: 'acme', lines: [{ item: 'cable' }], more: 'kept' });
    expect(order).toBeInstanceOf(Order);
    expect((order as Order).lines[0]).toBeInstanceOf(Line);
    expect(order).toMatchObject({ customer: 'acme', lines: [{ item: 'cable', count: 1 }], more: 'kept' });
  });

  it('lists the fields of an object that break the rules of its class', () => {
    expect(refusal(converter(Order), { customer: 5, lines: [{ item: 'cable', count: 0.5 }] })).toBe(
      'it holds no valid Order: customer: customer must be a string; ' +
        'lines[0].count: count must not be less than 1; lines[0].count: count must be an integer number.',
    );
  });

  it('refuses what a class can not be made of', () => {
    const convert = converter(Tags);
    expect(convert({ tags: 'a,b' })).toEqual({ tags: ['a', 'b'] });
    expect(refusal(convert, { tags: 5 })).toBe("it holds what can't be made a Tags: value.split is not a function");
  });

  it.each([undefined, Object, Plain])('refuses a reference to a domain model where the type is %s', (type) => {
    const message = refusal(converter(type), { $model: 'L2Vpn', id: 'v-1' });
    expect(message).toContain('it holds a L2Vpn, but the parameter has no type at run time; import L2Vpn as a value');
  });

  it.each([undefined, Array])('refuses a list of references to domain models where the type is %s', (type) => {
    const message = refusal(converter(type), ['port', { $model: 'Port', id: 'p-1' }]);
    expect(message).toBe('it holds a list of Port, but items have no type at run time; name it: @listOf(Port).');
  });
});

describe('listConverter', () => {
  it('gives each item as an instance', () => {
    const lines = listConverter(Line)([{ item: 'a' }, { item: 'b', count: 2 }]) as Line[];
    expect(lines.map((line) => [line instanceof Line, line.item, line.count])).toEqual([
      [true, 'a', 1],
      [true, 'b', 2],
    ]);
  });

  it('converts items of a plain type', () => {
    expect(listConverter(Date)(['2000-01-01'])).toEqual([millennium]);
    expect(listConverter(Number)([])).toEqual([]);
  });

  it('names the item that can not be used', () => {
    expect(refusal(listConverter(Number), [1, 'x'])).toBe('[1]: it holds "x", which is not a number.');
    expect(refusal(listConverter(Line), [{ item: 'a' }, { item: 5 }])).toBe('[1]: it holds no valid Line: item: item must be a string.');
  });

  it('refuses what is no list', () => {
    expect(refusal(listConverter(Line), { item: 'a' })).toBe('it holds {"item":"a"}, which is not a list.');
  });
});

import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  MinLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choices } from '../../../src/author/forms/ask.js';
import { pageSchema } from '../../../src/author/forms/schema.js';
import { validateAnswer } from '../../../src/author/forms/validate.js';
import type { Json } from '../../../src/core/json.js';
import { BasePage, DatesForm, EverythingForm, OrderForm, Point, PointsForm, PortsForm } from './pages.js';

/** `field: message` of each error, or the instance. */
async function check(page: new () => object, answer: unknown, choices: Choices = {}): Promise<unknown> {
  const validated = await validateAnswer(page, answer as Json, { choices });
  return validated.kind === 'valid' ? validated.value : validated.errors.map(({ field, message }) => `${field}: ${message}`);
}

describe('validateAnswer', () => {
  it('makes an instance that keeps the initial values of fields that were left out', async () => {
    const order = await check(OrderForm, { customer: 'Acme' });
    expect(order).toBeInstanceOf(OrderForm);
    expect(order).toMatchObject({ customer: 'Acme', speed: 1000 });
    expect(await check(OrderForm, { customer: 'Acme', speed: undefined })).toMatchObject({ speed: 1000 });
  });

  it('makes instances of nested pages, alone and in lists', async () => {
    const page = (await check(PointsForm, { points: [{ vlan: 1 }, { vlan: 2 }], backup: { vlan: 3 } })) as PointsForm;
    expect(page.points).toHaveLength(2);
    for (const point of [...page.points, page.backup]) expect(point).toBeInstanceOf(Point);
  });

  it('leaves the answer as it was', async () => {
    const answer = Object.freeze({ points: Object.freeze([Object.freeze({ vlan: 1 })]) });
    await check(PointsForm, answer);
    expect(answer).toEqual({ points: [{ vlan: 1 }] });
  });

  it('reports every broken rule with its page, field and a message', async () => {
    expect(await validateAnswer(OrderForm, { customer: 'x', speed: 0.5 }, { index: 2 })).toEqual({
      kind: 'invalid',
      errors: [
        { page: 2, field: 'customer', message: 'customer must be longer than or equal to 2 characters' },
        { page: 2, field: 'speed', message: 'speed must be an integer number' },
        { page: 2, field: 'speed', message: 'speed must not be less than 1' },
      ],
    });
  });

  it('places errors by field path', async () => {
    expect(await check(PointsForm, { points: [{ vlan: 1 }, { vlan: 5000 }, { vlan: 'x', label: 3 }], backup: {} })).toEqual([
      'points[1].vlan: vlan must not be greater than 4094',
      'points[2].vlan: vlan must be an integer number',
      'points[2].vlan: vlan must not be less than 1',
      'points[2].vlan: vlan must not be greater than 4094',
      'points[2].label: label must be a string',
      'backup.vlan: vlan is required',
    ]);
  });

  it('says once that a field is required, unless the author chose the words', async () => {
    class Page {
      @MinLength(2)
      @IsString()
      plain!: string;

      @IsNotEmpty({ message: 'Choose a customer.' })
      @IsString()
      customer!: string;
    }
    expect(await check(Page, {})).toEqual(['plain: plain is required', 'customer: Choose a customer.']);
  });

  it('applies the rules of base classes', async () => {
    class Sub extends BasePage {}
    expect(await check(Sub, { customer: 'x' })).toEqual(['customer: customer must be longer than or equal to 2 characters']);
    expect(await check(Sub, { customer: 'Acme' })).toBeInstanceOf(Sub);
  });

  it('refuses an answer that is not an object', async () => {
    for (const answer of [null, 1, 'x', true, [], [{}]]) {
      expect(await check(OrderForm, answer)).toEqual([': the answer must be an object with the fields customer, speed, notes']);
    }
  });

  it('refuses unknown fields at any depth and suggests the nearest', async () => {
    expect(await check(OrderForm, { customer: 'Acme', sped: 1 })).toEqual(['sped: sped is not a field here. Did you mean "speed"?']);
    expect(await check(PointsForm, { points: [{ vlan: 1, labell: 'x' }], zzz: 1 })).toEqual([
      'zzz: zzz is not a field here.',
      'points[0].labell: labell is not a field here. Did you mean "label"?',
    ]);
  });

  it('refuses keys that JavaScript treats specially, in the page and inside any value', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
      const answer = JSON.parse(`{ "customer": "Acme", "${key}": { "polluted": true } }`);
      expect(await check(OrderForm, answer)).toEqual([expect.stringMatching(new RegExp(`^${key}: ${key} is not a field here`))]);
    }
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const answer = JSON.parse(`{ "customer": "Acme", "extra": { "deep": [{ "${key}": {} }] } }`);
      expect(await check(EverythingForm, answer)).toEqual([
        `extra.deep[0].${key}: ${key} is a name that JavaScript keeps for itself; use another`,
      ]);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses a method of the page as a field', async () => {
    class Page {
      @IsString()
      name!: string;

      greet() {
        return this.name;
      }
    }
    expect(await check(Page, { name: 'x', greet: 'y' })).toEqual(['greet: greet is not a field here.']);
  });

  it.each([
    [{ points: {} }, ['points: points must be a list']],
    [{ points: 'x' }, ['points: points must be a list']],
    [{ points: [null] }, ['points[0]: points must be an object']],
    [{ points: [1, { vlan: 0 }] }, ['points[0]: points must be an object', 'points[1].vlan: vlan must not be less than 1']],
    [{ points: [[{ vlan: 1 }]] }, ['points[0]: points must be an object']],
    [{ points: [{ vlan: 1 }], backup: [{ vlan: 1 }] }, ['backup: backup must be an object']],
    [{ points: [{ vlan: 1 }], backup: 'x' }, ['backup: backup must be an object']],
    [
      { points: [{ vlan: { toString: 1 } }] },
      ['points[0].vlan.toString: toString is a name that JavaScript keeps for itself; use another'],
    ],
    [{ points: null }, [expect.stringMatching(/^points: /), expect.stringMatching(/^points: /)]],
  ])('refuses %j, where pages should be nested', async (answer, errors) => {
    const result = await check(PointsForm, answer);
    expect(result).toEqual(expect.arrayContaining(errors));
  });

  it('refuses one value where a list is wanted, though each is checked', async () => {
    expect(await check(PortsForm, { ids: 'a' })).toEqual(['ids: ids must be a list']);
    for (const item of [1, null, {}]) {
      expect(await check(PortsForm, { ids: ['a', item] })).toEqual(['ids: each value in ids must be a string']);
    }
  });

  it('reads dates from ISO text, and refuses what it can not read', async () => {
    const dates = (await check(DatesForm, { from: '2026-03-01T12:00:00+01:00', others: ['2026-03-01'] })) as DatesForm;
    expect(dates.from).toEqual(new Date('2026-03-01T11:00:00Z'));
    expect(dates.others).toEqual([new Date('2026-03-01')]);
    for (const from of ['soon', '', 5, true, [], {}, '1', '2026-02-30', '2026-13-01', '2026-03-01T12:00:00', '2026-03-01T25:00:00Z']) {
      expect(await check(DatesForm, { from })).toEqual([expect.stringMatching(/^from: from must be a date such as 2026-03-01/)]);
    }
    expect(await check(DatesForm, { from: '2026-03-01', others: ['2026-03-01', 'x'] })).toEqual([
      expect.stringMatching(/^others\[1\]: others must be a date/),
    ]);
    expect(await check(DatesForm, {})).toEqual(['from: from is required']);
    expect(await check(DatesForm, { from: null })).toEqual([expect.stringMatching(/^from: /)]);
    expect(await check(DatesForm, { from: '2026-03-01', others: null })).toMatchObject({ others: null });
  });

  it('converts text and numbers where @Type says so, and nothing that would lose its meaning', async () => {
    class Page {
      @IsOptional()
      @IsInt()
      @Type(() => Number)
      count?: number;

      @IsOptional()
      @IsBoolean()
      @Type(() => Boolean)
      on?: boolean;

      @IsOptional()
      @IsString()
      @Type(() => String)
      text?: string;
    }
    expect(await check(Page, { count: '5', on: false, text: 7 })).toMatchObject({ count: 5, on: false, text: '7' });
    expect(await check(Page, { count: '', on: 'false', text: {} })).toEqual([
      'count: count must be a number',
      'on: on must be true or false',
      'text: text must be text',
    ]);
    expect(await check(Page, { count: 'five' })).toEqual(['count: count must be a number']);
  });

  it('refuses a value of another type than declared, though no rule noticed', async () => {
    class Page {
      @IsNotEmpty()
      name!: string;

      @Allow()
      count!: number;

      @Allow()
      on!: boolean;

      @Length(1, 3)
      code!: string;
    }
    expect(await check(Page, { name: 5, count: 'x', on: 1, code: 5 })).toEqual([
      'name: name must be text',
      'count: count must be a number',
      'on: on must be true or false',
      'code: code must be longer than or equal to 1 and shorter than or equal to 3 characters',
    ]);
  });

  it('leaves the shape of a field to its @Transform, and still refuses what is unknown inside it', async () => {
    class Page {
      @IsOptional()
      @IsString({ each: true })
      @Transform(({ value }) => value.split(','))
      tags?: string[];

      @IsOptional()
      @ValidateNested()
      @Type(() => Point)
      @Transform(({ value }) => value)
      point?: Point;
    }
    expect(await check(Page, { tags: 'a,b' })).toMatchObject({ tags: ['a', 'b'] });
    expect(await check(Page, { tags: 5 })).toEqual([expect.stringMatching(/^: the answer can't be checked: .*split/)]);
    expect(await check(Page, { point: { vlan: 1, colour: 'red' } })).toEqual(['point.colour: property colour should not exist']);
    expect(await check(Page, { point: 5 })).toEqual([expect.stringMatching(/^point: .*must be either object or array/)]);
  });

  it('waits for validators that take time, and reports those that throw', async () => {
    const later = (validate: (value: unknown) => Promise<boolean>) => ValidateBy({ name: 'later', validator: { validate } });
    class Slow {
      @later(async (value) => value === 'ok')
      name!: string;
    }
    expect(await check(Slow, { name: 'ok' })).toMatchObject({ name: 'ok' });
    expect(await check(Slow, { name: 'no' })).toEqual(['name: name breaks the rule later']);
    class Broken {
      @later(async () => Promise.reject(new Error('no database')))
      name!: string;
    }
    expect(await check(Broken, { name: 'x' })).toEqual([": the answer can't be checked: no database"]);
    class Odd {
      @IsObject()
      @ValidateBy({
        name: 'odd',
        validator: {
          validate: () => {
            throw 'thrown text';
          },
        },
      })
      value!: object;
    }
    expect(await check(Odd, { value: {} })).toEqual([": the answer can't be checked: thrown text"]);
    expect(await check(Odd, { value: {}, more: 1 })).toEqual(['more: more is not a field here.']);
  });

  it('refuses numbers that JSON can not keep, and nesting without end', async () => {
    expect(await check(EverythingForm, { customer: 'Acme', extra: JSON.parse('{ "big": 1e999 }') })).toEqual([
      'extra.big: Infinity is not a number that can be kept',
    ]);
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(await check(EverythingForm, { customer: 'Acme', anything: deep })).toEqual([expect.stringContaining('nested more than 200')]);
    class Branch {
      @IsOptional()
      @ValidateNested()
      @Type(() => Branch)
      next?: object;
    }
    const chain = JSON.parse(`${'{"next":'.repeat(10_000)}{}${'}'.repeat(10_000)}`);
    expect(await check(Branch, chain)).toEqual([expect.stringContaining('nested more than 200')]);
  });

  it('refuses values outside the choices, in lists for each item', async () => {
    const choices = { ids: ['a', 'b'], mtu: { 1500: 'normal', 9000: 'jumbo' } };
    expect(await check(PortsForm, { ids: ['a'], mtu: 9000 }, choices)).toMatchObject({ ids: ['a'], mtu: 9000 });
    expect(await check(PortsForm, { ids: ['a'], mtu: null }, choices)).toMatchObject({ ids: ['a'] });
    expect(await check(PortsForm, { ids: ['a', 'c'], mtu: 2000 }, choices)).toEqual([
      'ids[1]: ids must be one of a, b',
      'mtu: mtu must be one of 1500 (normal), 9000 (jumbo)',
    ]);
    expect(await check(PortsForm, { ids: ['a'] }, { ids: [] })).toEqual(['ids[0]: ids must be left out: there is nothing to choose from']);
  });

  it('refuses a default outside the choices, and shows no more of them than a person reads', async () => {
    expect(await check(OrderForm, { customer: 'Acme' }, { speed: [1, 2] })).toEqual(['speed: speed must be one of 1, 2']);
    const speeds = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(await check(OrderForm, { customer: 'Acme' }, { speed: speeds })).toEqual([expect.stringMatching(/19, 20, or another of 100$/)]);
  });

  it('takes labelled choices as text unless the field holds numbers', async () => {
    class Page {
      @MaxLength(4)
      code!: string;

      @IsOptional()
      @IsInt({ each: true })
      counts?: number[];
    }
    const choices = { code: { 10: 'ten' }, counts: { 1: 'one', 2: 'two' } };
    expect(await check(Page, { code: '10', counts: [1, 2] }, choices)).toMatchObject({ code: '10', counts: [1, 2] });
    expect(await check(Page, { code: '10', counts: [3] }, choices)).toEqual(['counts[0]: counts must be one of 1 (one), 2 (two)']);
  });

  it('refuses a page without rules as wrongly defined', async () => {
    class Empty {
      name = 'x';
    }
    await expect(validateAnswer(Empty, { name: 'y' })).rejects.toMatchObject({
      code: 'definition',
      message: expect.stringContaining('Add decorators'),
    });
  });

  it('gives an instance or errors for any JSON, and never throws', async () => {
    const names = [...Object.keys(new EverythingForm()), 'vlan', 'label', 'ids', '__proto__', 'constructor', 'toString', 'then', 'length'];
    const leaf = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('2026-03-01', 'a,b', 5, '5', 'copper', {}, []));
    const { answer } = fc.letrec((tie) => ({
      answer: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('answer'), { maxLength: 3 }), tie('object')),
      object: fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), tie('answer')), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries)),
    }));
    const page = fc.constantFrom<new () => object>(OrderForm, PointsForm, PortsForm, DatesForm, EverythingForm);
    await fc.assert(
      fc.asyncProperty(page, answer, async (type, json) => {
        const validated = await validateAnswer(type, json as Json);
        if (validated.kind === 'valid') expect(validated.value).toBeInstanceOf(type);
        else expect(validated.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a nested page', () => {
  class Contact {
    @IsString()
    name!: string;
  }
  class WithContact {
    @ValidateNested()
    @Type(() => Contact)
    contact!: Contact;

    @IsOptional()
    @ValidateNested()
    @Type(() => Contact)
    deputy?: Contact;
  }

  it('that is neither optional nor initial is required', async () => {
    const { kind, ...rest } = await validateAnswer(WithContact, {});
    expect(kind).toBe('invalid');
    expect(rest).toEqual({ errors: [{ page: 0, field: 'contact', message: 'contact is required' }] });
    expect((await validateAnswer(WithContact, { contact: { name: 'Ann' } })).kind).toBe('valid');
    expect((await pageSchema(WithContact)).required).toEqual(['contact']);
  });
});

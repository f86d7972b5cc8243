import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Allow,
  Contains,
  IsBoolean,
  IsDate,
  IsDivisibleBy,
  IsEnum,
  IsIn,
  IsInt,
  IsIP,
  IsLatitude,
  IsNegative,
  IsNotEmpty,
  IsNotIn,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  Min,
  MinDate,
  NotContains,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { describe, expect, it } from 'vitest';
import { field } from '../../../src/author/forms/field.js';
import { pageSchema } from '../../../src/author/forms/schema.js';
import { BasePage, DatesForm, OrderForm, Point, PointsForm, PortsForm } from './pages.js';

const POINT = {
  type: 'object',
  properties: { vlan: { type: 'integer', minimum: 1, maximum: 4094 }, label: { type: 'string' } },
  required: ['vlan'],
  additionalProperties: false,
};
const DATE = {
  anyOf: [
    { type: 'string', format: 'date' },
    { type: 'string', format: 'date-time' },
  ],
};

async function properties(page: new () => object, choices = {}): Promise<Record<string, unknown>> {
  return (await pageSchema(page, choices)).properties as Record<string, unknown>;
}

describe('pageSchema', () => {
  it('says all of a page: rules, screen, defaults, and the fields of its base class', async () => {
    expect(await pageSchema(OrderForm)).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        customer: { type: 'string', minLength: 2, maxLength: 10, title: 'Customer', 'x-widget': 'customer-picker', 'x-order': 1 },
        speed: { type: 'integer', minimum: 1, default: 1000, title: 'Speed', description: 'In Mbit/s.', 'x-placeholder': '1000' },
        notes: { type: 'string' },
      },
      required: ['customer'],
      additionalProperties: false,
    });
  });

  it('gives a subclass without decorators of its own the fields of its base class', async () => {
    class Sub extends BasePage {}
    expect(await pageSchema(Sub)).toEqual(await pageSchema(BasePage));
  });

  it('tells classes of the same name apart', async () => {
    function inner() {
      class Same {
        @IsString()
        a!: string;
      }
      return Same;
    }
    const first = inner();
    class Same {
      @IsInt()
      b!: number;

      @ValidateNested()
      @Type(() => first)
      inner!: object;
    }
    expect(await properties(Same)).toMatchObject({ b: { type: 'integer' }, inner: { properties: { a: { type: 'string' } } } });
    expect(Object.keys(await properties(first))).toEqual(['a']);
  });

  it('puts nested pages where they are used, as lists where the field is one', async () => {
    expect(await pageSchema(PointsForm)).toMatchObject({
      properties: { points: { type: 'array', minItems: 1, items: POINT, title: 'End points' }, backup: POINT },
      required: ['points'],
    });
  });

  it('takes a list of nested pages for one, with or without each', async () => {
    class Page {
      @ValidateNested()
      @Type(() => Point)
      points!: Point[];
    }
    expect((await properties(Page)).points).toEqual({ type: 'array', items: POINT });
  });

  it('names only a page that contains itself under definitions', async () => {
    class Branch {
      @IsString()
      name!: string;

      @field({ title: 'Next' })
      @IsOptional()
      @ValidateNested()
      @Type(() => Branch)
      next?: object;
    }
    class Tree {
      @ValidateNested({ each: true })
      @Type(() => Branch)
      branches!: Branch[];
    }
    const branch = {
      type: 'object',
      properties: { name: { type: 'string' }, next: { allOf: [{ $ref: '#/definitions/Branch' }], title: 'Next' } },
      required: ['name'],
      additionalProperties: false,
    };
    expect(await pageSchema(Tree)).toMatchObject({ properties: { branches: { items: branch } }, definitions: { Branch: branch } });
    expect(await pageSchema(Branch)).toMatchObject({ ...branch, definitions: { Branch: branch } });
  });

  it('shows initial values as defaults where they are JSON, and requires only what breaks a rule when it is left out', async () => {
    class Page {
      @IsString()
      required!: string;

      @IsNotEmpty()
      @IsString()
      empty = '';

      @IsBoolean()
      off = false;

      @IsString({ each: true })
      list: string[] = ['a'];

      @IsDate()
      @Type(() => Date)
      since = new Date('2026-01-01T00:00:00Z');

      @Allow()
      anything: unknown;

      @Allow()
      odd: unknown = Number.NaN;

      @ValidateNested()
      @Type(() => Point)
      point = Object.assign(new Point(), { vlan: 7 });

      @ValidateIf((page: Page) => !page.off)
      @IsString()
      sometimes!: string;
    }
    const schema = await pageSchema(Page);
    expect(schema.required).toEqual(['required', 'empty']);
    expect(schema.properties).toMatchObject({
      empty: { default: '' },
      off: { default: false },
      list: { default: ['a'] },
      since: { ...DATE, default: '2026-01-01T00:00:00.000Z' },
      point: { default: { vlan: 7 } },
    });
    for (const name of ['required', 'anything', 'odd', 'sometimes']) {
      expect((schema.properties as Record<string, object>)[name]).not.toHaveProperty('default');
    }
  });

  it('sorts by order, then base class first, then as declared', async () => {
    class Page extends BasePage {
      @IsString()
      b!: string;

      @field({ order: 2 })
      @IsString()
      second!: string;

      @IsString()
      a!: string;

      @field({ order: 0 })
      @IsString()
      first!: string;
    }
    expect(Object.keys(await properties(Page))).toEqual(['first', 'customer', 'second', 'b', 'a']);
    expect(Object.keys(await properties(OrderForm))).toEqual(['customer', 'speed', 'notes']);
  });

  it('describes dates by format', async () => {
    expect(await properties(DatesForm)).toEqual({ from: DATE, others: { type: 'array', items: DATE } });
  });

  it('says the type of a value whatever the order of its rules, and from its declaration where no rule says it', async () => {
    enum Level {
      low,
      high,
    }
    class Page {
      @Min(1)
      @IsPositive()
      @IsInt()
      above!: number;

      @IsInt()
      @IsNumber()
      @Max(9)
      below!: number;

      @Max(9)
      only!: number;

      @IsNotEmpty()
      @IsInt()
      filled!: number;

      @IsNotEmpty()
      name!: string;

      @IsNotEmpty()
      tags!: string[];

      @Allow()
      open!: boolean;

      @IsLatitude()
      latitude!: unknown;

      @IsEnum(Level)
      level!: number;

      @IsIn(['a', 1])
      mixed!: string | number;

      @IsIn(['a', 'b'])
      inferred = 'a';

      @Allow()
      inferredList = [];

      @Min(1, { each: true })
      @IsInt({ each: true })
      numbers!: number[];
    }
    expect(await properties(Page)).toEqual({
      above: { type: 'integer', minimum: 1, exclusiveMinimum: 0 },
      below: { type: 'integer', maximum: 9 },
      only: { type: 'number', maximum: 9 },
      filled: { type: 'integer', minLength: 1 },
      name: { type: 'string', minLength: 1 },
      tags: { type: 'array', minLength: 1, items: {} },
      open: { type: 'boolean' },
      latitude: {},
      level: { type: 'number', enum: [0, 1] },
      mixed: { enum: ['a', 1] },
      inferred: { type: 'string', enum: ['a', 'b'], default: 'a' },
      inferredList: { type: 'array', items: {}, default: [] },
      numbers: { type: 'array', items: { type: 'integer', minimum: 1 } },
    });
  });

  it('says patterns and addresses as they are checked', async () => {
    class Page {
      @Matches(/^[a-z]+$/)
      plain!: string;

      @Matches(/^[a-z]+$/i)
      anyCase!: string;

      @Matches('^x', 'i')
      fromText!: string;

      @Contains('a.b')
      part!: string;

      @IsIP()
      address!: string;

      @IsIP(6)
      v6!: string;

      @IsOptional()
      @MinDate(() => new Date(0))
      @IsDate()
      @Type(() => Date)
      later?: Date;
    }
    expect(await properties(Page)).toEqual({
      plain: { type: 'string', pattern: '^[a-z]+$' },
      anyCase: { type: 'string' },
      fromText: { type: 'string' },
      part: { type: 'string', pattern: 'a\\.b' },
      address: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
      v6: { type: 'string', format: 'ipv6' },
      later: DATE,
    });
  });

  it('says the remaining rules without a type that could be wrong', async () => {
    class Page {
      @IsNegative()
      @IsDivisibleBy(2)
      @IsInt()
      even!: number;

      @IsNotIn(['root'])
      name!: string;

      @NotContains('a/b')
      path!: string;

      @IsBoolean()
      @Type(() => Boolean)
      on!: boolean;
    }
    expect(await properties(Page)).toEqual({
      even: { type: 'integer', exclusiveMaximum: 0, multipleOf: 2 },
      name: { type: 'string', not: { enum: ['root'] } },
      path: { type: 'string', not: { pattern: 'a\\/b' } },
      on: { type: 'boolean' },
    });
  });

  it('keeps what @JSONSchema adds to a page or a field', async () => {
    @JSONSchema({ title: 'The order' })
    class Page {
      @JSONSchema({ readOnly: true })
      @IsString()
      name!: string;
    }
    expect(await pageSchema(Page)).toMatchObject({ title: 'The order', properties: { name: { type: 'string', readOnly: true } } });
  });

  it('narrows fields to their choices, with labels, in lists for each item', async () => {
    class Page extends PortsForm {
      @IsInt()
      speed = 1000;

      @IsIn(['copper', 'fibre'])
      medium!: string;
    }
    const choices = { ids: ['a', 'b', 'a'], speed: { 1000: '1 Gbit/s', 2000: '2 Gbit/s' }, medium: ['fibre', 'radio'] };
    expect(await properties(Page, choices)).toEqual({
      ids: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } },
      mtu: { type: 'integer' },
      speed: { type: 'integer', default: 1000, enum: [1000, 2000], 'x-labels': { 1000: '1 Gbit/s', 2000: '2 Gbit/s' } },
      medium: { type: 'string', enum: ['fibre'] },
    });
  });

  it('requires a field whose default is not among its choices', async () => {
    const schema = await pageSchema(OrderForm, { speed: [2000], notes: ['x'] });
    expect(schema.required).toEqual(['customer', 'speed']);
    expect((schema.properties as Record<string, object>).speed).not.toHaveProperty('default');
  });

  it('refuses a page without rules, and one whose validators throw before anything is filled in', async () => {
    class Empty {}
    await expect(pageSchema(Empty)).rejects.toMatchObject({ code: 'definition' });
    class Throwing {
      @ValidateBy({ name: 'upper', validator: { validate: (value) => value.toUpperCase() === value } })
      name!: string;
    }
    await expect(pageSchema(Throwing)).rejects.toMatchObject({ code: 'form_failed', message: expect.stringContaining('Throwing') });
  });
});

import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { Allow, IsDate, IsDefined, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { checkPage } from '../../../src/author/forms/check-page.js';
import { field } from '../../../src/author/forms/field.js';
import { EverythingForm, OrderForm, Point } from './pages.js';

function refusal(page: new () => object): string {
  try {
    checkPage(page);
  } catch (error) {
    expect(error).toMatchObject({ code: 'definition' });
    return (error as Error).message;
  }
  return 'accepted';
}

class NoRules {
  name = 'x';
}

class NeedsArguments {
  @IsString()
  name: string;

  constructor(options: { name: string }) {
    this.name = options.name;
  }
}

class Undecorated {
  @IsString()
  name!: string;

  note = '';
}

class OnlyDescribed {
  @IsString()
  name!: string;

  @field({ title: 'Note' })
  declare note: string;
}

class NestedWithoutType {
  @ValidateNested({ each: true })
  points!: Point[];
}

class NestedWithoutValidate {
  @IsDefined()
  @Type(() => Point)
  point!: Point;
}

class NestedListWithoutValidate {
  @IsDefined()
  @Type(() => Point)
  points!: Point[];
}

class NestedWithoutBoth {
  @IsDefined()
  point!: Point;
}

class DateWithoutType {
  @IsDate()
  when!: Date;
}

class Renamed {
  @Expose({ name: 'customer_id' })
  @IsString()
  customerId!: string;
}

class Excluded {
  @Exclude()
  @IsString()
  name!: string;
}

class Dependent {
  @ValidateNested()
  @Type((help) => (help?.object.kind ? Point : OrderForm))
  point!: object;
}

class Discriminated {
  @ValidateNested()
  @Type(() => Point, { discriminator: { property: 'kind', subTypes: [{ name: 'point', value: Point }] } })
  point!: object;
}

class Mapped {
  @Allow()
  map!: Map<string, string>;
}

class NestedNoRules {
  @ValidateNested()
  @Type(() => NoRules)
  inner!: NoRules;
}

describe('checkPage', () => {
  it('accepts pages whose fields all have rules, nested and inherited ones too', () => {
    expect(refusal(EverythingForm)).toBe('accepted');
    class Sub extends OrderForm {}
    expect(refusal(Sub)).toBe('accepted');
  });

  it.each([
    [NoRules, /NoRules has no field with a class-validator decorator.*Add decorators/],
    [NeedsArguments as never, /NeedsArguments can't be made by new NeedsArguments\(\) without arguments/],
    [Undecorated, /"note" of form page Undecorated has no class-validator decorator.*add one/],
    [OnlyDescribed, /"note" of form page OnlyDescribed has no class-validator decorator/],
    [NestedWithoutType, /"points".*add @Type\(\(\) => ItsClass\)/],
    [NestedWithoutValidate, /"point".*add @ValidateNested\(\)\./],
    [NestedListWithoutValidate, /"points".*add @ValidateNested\(\{ each: true \}\)/],
    [NestedWithoutBoth, /"point".*add @ValidateNested\(\) and @Type\(\(\) => Point\)/],
    [DateWithoutType, /"when".*add @Type\(\(\) => Date\)/],
    [Renamed, /"customerId".*@Expose/],
    [Excluded, /"name".*@Exclude/],
    [Dependent, /"point".*depends on the answer/],
    [Discriminated, /"point".*depends on the answer/],
    [Mapped, /"map".*is a Map; use a list/],
    [NestedNoRules, /NoRules has no field/],
  ])('refuses %s and says what to write', (page, message) => {
    expect(refusal(page)).toMatch(message);
  });

  it('leaves a field that @Transform reads to its author', () => {
    class Page {
      @IsDate()
      @Transform(({ value }) => new Date(value))
      when!: Date;
    }
    expect(refusal(Page)).toBe('accepted');
  });

  it('accepts a page that contains itself', () => {
    class Branch {
      @IsString()
      name!: string;

      @IsOptional()
      @ValidateNested({ each: true })
      @Type(() => Branch)
      branches?: Branch[];
    }
    expect(refusal(Branch)).toBe('accepted');
  });
});

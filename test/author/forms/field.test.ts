import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { field, fieldKeywords, fieldType, recordedFields } from '../../../src/author/forms/field.js';
import { OrderForm, PortsForm } from './pages.js';

describe('@field', () => {
  it('records what it is given, also for fields of a base class', () => {
    expect(recordedFields(OrderForm)).toEqual({
      customer: { title: 'Customer', widget: 'customer-picker', order: 1 },
      speed: { title: 'Speed', description: 'In Mbit/s.', placeholder: '1000' },
    });
  });

  it('is replaced where a subclass describes the field anew, and leaves the base class alone', () => {
    class Base {
      @field({ title: 'Old' })
      @IsString()
      name!: string;
    }
    class Sub extends Base {
      @field({ title: 'New' })
      @IsString()
      declare name: string;
    }
    expect(recordedFields(Sub).name).toEqual({ title: 'New' });
    expect(recordedFields(Base).name).toEqual({ title: 'Old' });
  });

  it('makes the TypeScript type known', () => {
    class Page {
      @field()
      @IsInt()
      speed!: number;
    }
    expect(fieldType(Page, 'speed')).toBe(Number);
    expect(fieldType(OrderForm, 'customer')).toBe(String);
    expect(fieldType(PortsForm, 'ids')).toBe(Array);
    expect(fieldType(Page, 'nothing')).toBeUndefined();
  });

  it('keeps the standard keywords, and gives the others an x- in front', () => {
    expect(fieldKeywords({ title: 'T', examples: ['a'], widget: 'w', placeholder: 'p', group: 'g', order: 2 })).toEqual({
      title: 'T',
      description: undefined,
      examples: ['a'],
      'x-widget': 'w',
      'x-placeholder': 'p',
      'x-group': 'g',
      'x-order': 2,
    });
  });

  it('refuses a static field and a symbol', () => {
    class Page {}
    expect(() => field()(Page, 'title')).toThrow('class Page stands on title');
    expect(() => field()(Page.prototype, Symbol('hidden'))).toThrow(expect.objectContaining({ code: 'definition' }));
  });
});

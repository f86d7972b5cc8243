import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsBoolean, IsDate } from 'class-validator';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ask, type FormGenerator, isPageRequest } from '../../../src/author/forms/ask.js';
import { OrderForm, PointsForm, PortsForm } from './pages.js';

interface Order {
  customer: string;
  ids: string[];
}

describe('ask', () => {
  it('gives the answer the type of the page', () => {
    class Workflow {
      *form(): FormGenerator<Order> {
        const order = yield* ask(OrderForm);
        expectTypeOf(order).toEqualTypeOf<OrderForm>();
        const ports = yield* ask(PortsForm, { choices: { ids: ['a'] } });
        return { ...order, ids: ports.ids };
      }
      *page(): FormGenerator<{ customer: string }> {
        return yield* ask(OrderForm);
      }
      *wrong() {
        // @ts-expect-error a field that the page does not have
        yield* ask(PortsForm, { choices: { id: ['a'] } });
      }
    }
    expect(new Workflow().form().next().done).toBe(false);
  });

  it('yields a request for the page with its choices, and returns what it is given', () => {
    const asking = ask(PortsForm, { choices: { ids: ['a', 'b'] } });
    const request = asking.next().value;
    expect(request).toMatchObject({ page: PortsForm, choices: { ids: ['a', 'b'] } });
    expect(isPageRequest(request)).toBe(true);
    const answer = new PortsForm();
    expect(asking.next(answer)).toEqual({ done: true, value: answer });
  });

  it('is told apart from anything else that a form could yield', () => {
    for (const other of [undefined, null, 'page', PortsForm, { page: PortsForm, choices: {} }]) expect(isPageRequest(other)).toBe(false);
  });

  it('refuses choices for a field that the page does not have, and says which one may be meant', () => {
    const choices = { id: ['a'] } as never;
    expect(() => ask(PortsForm, { choices }).next()).toThrow(
      expect.objectContaining({ code: 'definition', message: expect.stringMatching(/PortsForm.*ids, mtu.*Did you mean "ids"/) }),
    );
  });

  it('refuses choices that are not values, and for fields that hold neither text nor numbers', () => {
    class Page {
      @IsBoolean()
      agreed!: boolean;

      @IsDate()
      @Type(() => Date)
      when!: Date;
    }
    for (const choices of [{ agreed: [1] }, { when: ['2026-01-01'] }]) {
      expect(() => ask(Page, { choices }).next()).toThrow('neither text nor a number');
    }
    expect(() => ask(PointsForm, { choices: { points: ['a'] } }).next()).toThrow('neither text nor a number');
    expect(() => ask(PortsForm, { choices: { ids: 'a' as never } }).next()).toThrow('a list of values');
  });

  it('refuses what is not a class', () => {
    for (const page of [undefined, 'OrderForm', {}, () => ({})]) {
      expect(() => ask(page as never).next()).toThrow(expect.objectContaining({ code: 'definition' }));
    }
  });
});

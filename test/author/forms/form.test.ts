import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { ask, type FormGenerator } from '../../../src/author/forms/ask.js';
import { compileForm, type FormFunction, refuse } from '../../../src/author/forms/form.js';
import { pageSchema } from '../../../src/author/forms/schema.js';
import { OrderForm, PortsForm } from './pages.js';

interface Order {
  customer: string;
  ports: string[];
}

const closed: string[] = [];

class CreateOrder {
  constructor(private readonly ports = ['a', 'b']) {}

  *order(prefix = ''): FormGenerator<Order> {
    try {
      const order = yield* ask(OrderForm);
      if (order.customer === 'nobody') refuse('Choose a customer who exists.', 'customer');
      const ports = yield* ask(PortsForm, { choices: { ids: this.ports } });
      if (ports.ids.length * 1000 < order.speed) refuse('Choose more ports for this speed.', 'ids');
      return { customer: prefix + order.customer, ports: ports.ids };
    } finally {
      closed.push('closed');
    }
  }
}

const form = compileForm(CreateOrder.prototype.order);
const self = new CreateOrder();

describe('compileForm', () => {
  it('asks for the page after the last answer', async () => {
    expect(await form(self, [], [])).toEqual({ kind: 'page', page: { index: 0, schema: await pageSchema(OrderForm) } });
    const second = { index: 1, schema: await pageSchema(PortsForm, { ids: ['a', 'b'] }) };
    expect(await form(self, [], [{ customer: 'Acme' }])).toEqual({ kind: 'page', page: second });
  });

  it('ends with what the generator returns, called on the instance with the arguments', async () => {
    const reply = await form(self, ['the '], [{ customer: 'Acme' }, { ids: ['a'] }]);
    expect(reply).toEqual({ kind: 'done', value: { customer: 'the Acme', ports: ['a'] } });
    expect(await form(new CreateOrder(['c']), [], [{ customer: 'Acme' }, { ids: ['c'] }])).toMatchObject({ kind: 'done' });
  });

  it('returns the instance of a page as it is', async () => {
    const page = compileForm(function* (): FormGenerator<OrderForm> {
      return yield* ask(OrderForm);
    });
    const reply = await page(undefined, [], [{ customer: 'Acme' }]);
    expect(reply.kind === 'done' && reply.value).toBeInstanceOf(OrderForm);
  });

  it('refuses the first wrong page with all that is wrong with it', async () => {
    const reply = await form(self, [], [{ customer: 'Acme' }, { ids: ['z'], mtu: 'x' }, 'nonsense']);
    expect(reply).toMatchObject({
      kind: 'refused',
      errors: [
        { page: 1, field: 'ids[0]', message: 'ids must be one of a, b' },
        { page: 1, field: 'mtu', message: 'mtu must be an integer number' },
      ],
    });
  });

  it('refuses answers beyond its last page, and says how many it has', async () => {
    expect(await form(self, [], [{ customer: 'Acme' }, { ids: ['a'] }, {}])).toEqual({
      kind: 'refused',
      errors: [{ page: 2, field: '', message: 'the form has 2 pages, but 3 answers came' }],
    });
    // biome-ignore lint/correctness/useYield: a form may ask for nothing
    const empty = compileForm(function* (): FormGenerator<null> {
      return null;
    });
    expect(await empty(undefined, [], [])).toEqual({ kind: 'done', value: null });
    expect(await empty(undefined, [], [{}])).toMatchObject({ errors: [{ page: 0, message: 'the form has 0 pages, but 1 answer came' }] });
  });

  it('refuses at the latest page what the author refuses', async () => {
    expect(await form(self, [], [{ customer: 'nobody' }])).toEqual({
      kind: 'refused',
      errors: [{ page: 0, field: 'customer', message: 'Choose a customer who exists.' }],
    });
    expect(await form(self, [], [{ customer: 'Acme', speed: 9000 }, { ids: ['a'] }])).toEqual({
      kind: 'refused',
      errors: [{ page: 1, field: 'ids', message: 'Choose more ports for this speed.' }],
    });
    const early = compileForm(function* (): FormGenerator<null> {
      refuse('There is nothing to order.');
      yield* ask(OrderForm);
      return null;
    });
    expect(await early(undefined, [], [])).toEqual({
      kind: 'refused',
      errors: [{ page: 0, field: '', message: 'There is nothing to order.' }],
    });
  });

  it('closes the generator wherever a replay stops', async () => {
    const answers = [[], [{ customer: 1 }], [{ customer: 'Acme' }], [{ customer: 'Acme' }, { ids: ['a'] }], [{ customer: 'nobody' }]];
    for (const given of answers) {
      closed.length = 0;
      await form(self, [], given);
      expect(closed).toEqual(['closed']);
    }
  });

  it('wraps what the generator throws, at its start and at its end too', async () => {
    const cause = new TypeError('no such thing');
    const throwing = compileForm(function* order(): FormGenerator<null> {
      yield* ask(OrderForm);
      throw cause;
    });
    await expect(throwing(undefined, [], [{ customer: 'Acme' }])).rejects.toMatchObject({
      code: 'form_failed',
      message: 'Form order threw no such thing',
      cause,
    });
    const parameter = compileForm(function* ({ name }: { name: string }): FormGenerator<string> {
      yield* ask(OrderForm);
      return name;
    });
    await expect(parameter(undefined, [], [])).rejects.toMatchObject({ code: 'form_failed' });
    const last = compileForm(function* (): FormGenerator<null> {
      try {
        yield* ask(OrderForm);
        return null;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what happens then is the point
        throw 'text';
      }
    });
    await expect(last(undefined, [], [])).rejects.toMatchObject({ code: 'form_failed', message: 'Form without a name threw text' });
  });

  it('passes wrong definitions on as they are', async () => {
    class Page {}
    const empty = compileForm(function* (): FormGenerator<object> {
      return yield* ask(Page);
    });
    await expect(empty(undefined, [], [])).rejects.toMatchObject({ code: 'definition', message: expect.stringContaining('Page') });
    const choices = { nope: ['x'] } as never;
    const narrowed = compileForm(function* (): FormGenerator<object> {
      return yield* ask(OrderForm, { choices });
    });
    await expect(narrowed(undefined, [], [])).rejects.toMatchObject({ code: 'definition', message: expect.stringContaining('nope') });
  });

  it.each<[string, FormFunction, RegExp]>([
    [
      'ask() without the star',
      function* () {
        yield ask(OrderForm);
      },
      /a generator.*yield\* ask\(Page\), with the star/,
    ],
    [
      'a page class',
      function* () {
        yield OrderForm;
      },
      /OrderForm.*yield\* ask\(Page\)/,
    ],
    [
      'a promise',
      function* () {
        yield Promise.resolve(1);
      },
      /a promise.*load data in a step/,
    ],
    [
      'anything else',
      function* () {
        yield 5;
      },
      /yields what ask\(\) did not make/,
    ],
  ])('refuses a generator that yields %s', async (_what, generator, message) => {
    await expect(compileForm(generator)(undefined, [], [])).rejects.toMatchObject({
      code: 'definition',
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['an async generator', async function* order() {}, /Form order is an async generator.*load data in a step.*write \*order\(\)/],
    ['an async function', async function order() {}, /Form order is not a generator function; write \*order\(\): FormGenerator/],
    ['an arrow function', () => undefined, /not a generator function; write \*form\(\)/],
    ['a class', OrderForm, /not a generator function/],
    ['nothing', undefined, /Form is undefined, not a function/],
  ])('refuses %s when it is compiled', (_what, generator, message) => {
    expect(() => compileForm(generator as FormFunction)).toThrow(
      expect.objectContaining({ code: 'definition', message: expect.stringMatching(message) }),
    );
  });
});

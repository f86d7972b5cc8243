import 'reflect-metadata';
import { conditional, initialForm, inputStep, retryStep, step, undo } from 'stepwright';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../src/author/method-records.js';
import { problemOf } from './problem-of.js';

const KEY = Symbol('push');

// The compiler refuses some of these places too; a transpiler that strips types does not.
type Anywhere = (target: object, member: string | symbol, descriptor?: PropertyDescriptor) => void;
const anywhere = (decorator: unknown) => decorator as Anywhere;

const DECORATORS: readonly [string, Anywhere][] = [
  ['@step', anywhere(step('Push'))],
  ['@retryStep', anywhere(retryStep('Push'))],
  ['@inputStep', anywhere(inputStep('Push'))],
  ['@conditional', anywhere(conditional(() => true))],
  ['@undo', anywhere(undo('Push'))],
  ['@initialForm', anywhere(initialForm())],
];

describe.each(DECORATORS)('%s', (name, decorator) => {
  it.each<[string, string, () => unknown]>([
    [
      'a static method',
      'Order.push',
      () => {
        class Order {
          readonly number = 1;
          @decorator static push() {}
        }
        return Order;
      },
    ],
    [
      'a field or an accessor',
      'Order.push',
      () => {
        class Order {
          @decorator get push() {
            return 1;
          }
        }
        return Order;
      },
    ],
    [
      'a field or an accessor',
      'Order.push',
      () => {
        class Order {
          @decorator push = () => 1;
        }
        return Order;
      },
    ],
    [
      'a method named by a symbol',
      'Order.Symbol(push)',
      () => {
        class Order {
          @decorator [KEY]() {}
        }
        return Order;
      },
    ],
  ])('is refused on %s', (what, member, define) => {
    expect(problemOf(define)).toBe(`${name} stands on ${what}, "${member}"; put it on an ordinary method.`);
  });
});

describe('recordsOf', () => {
  const always = () => true;
  const sometimes = () => false;

  class Base {
    @undo('Push')
    @undo('Pull')
    remove() {}

    @conditional(always)
    @step('Push')
    @conditional(sometimes)
    push() {}
  }

  class Special extends Base {
    @retryStep('Pull')
    pull() {}
  }

  it('gives what decorators said of each method', () => {
    const records = recordsOf(Base.prototype);
    expect([...records.keys()]).toEqual(['remove', 'push']);
    expect(records.get('push')).toMatchObject({
      fn: Base.prototype.push,
      step: { name: 'Push', kind: 'step' },
      conditions: [always, sometimes],
    });
    expect(records.get('remove')?.undoes.map((undone) => undone.step)).toEqual(['Pull', 'Push']);
  });

  it('gives those of the class itself, without its bases', () => {
    expect([...recordsOf(Special.prototype).keys()]).toEqual(['pull']);
    expect(recordsOf(class {}.prototype).size).toBe(0);
  });
});

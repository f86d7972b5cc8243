import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { SubscriptionModel } from '../../../src/author/models/subscription-model.js';
import { isModelClass, isValidatedClass } from '../../../src/author/parameters/types.js';
import { TestCircuit, TestEndpoint } from '../../support/models.js';

class Order {
  @IsInt()
  speed = 1;
}

class RushOrder extends Order {
  late = false;
}

class Plain {}

class SpecialCircuit extends TestCircuit {}

describe('isModelClass', () => {
  it.each([TestCircuit, SpecialCircuit])('takes $name, which extends SubscriptionModel', (type) => {
    expect(isModelClass(type)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['the base class itself, which is no product', SubscriptionModel],
    ['a block, which belongs to a model', TestEndpoint],
    ['a form class', Order],
    ['an instance', new TestCircuit()],
    ['an arrow function, which has no prototype', () => undefined],
    ['a name', 'TestCircuit'],
    ['nothing', undefined],
  ])('does not take %s', (_, value) => {
    expect(isModelClass(value)).toBe(false);
  });
});

describe('isValidatedClass', () => {
  it('takes a class with class-validator decorators, its own or inherited', () => {
    expect(isValidatedClass(Order)).toBe(true);
    expect(isValidatedClass(RushOrder)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a class without any', Plain],
    ['a built-in class', Object],
    ['an instance', new Order()],
    ['null', null],
  ])('does not take %s', (_, value) => {
    expect(isValidatedClass(value)).toBe(false);
  });
});

import 'reflect-metadata';
import { defineWorkflow, focus, list, type State, step } from 'stepwright';
import { testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/core/nodes/node.js';
import { problemOf } from '../problem-of.js';

const does = (name: string, changes: object = {}) => step(name)(() => changes);
const run = (...nodes: Node[]) => testWorkflow(defineWorkflow('flow', {}, list(...nodes))).start();

describe('focus', () => {
  it('gives its steps the object under a key as their state, and merges there', async () => {
    const invoice = step('Invoice')((amount: number) => ({ paid: amount }));
    const seen: State[] = [];
    const look = step('Look')((state: State) => void seen.push(state));
    const { state } = await run(does('Order', { billing: { amount: 5 } }), focus('billing')(invoice, look));
    expect(state).toEqual({ billing: { amount: 5, paid: 5 } });
    expect(seen).toEqual([{ amount: 5, paid: 5 }]);
  });

  it('puts its steps under a name, if it has one', async () => {
    expect((await run(focus('billing', 'Billing')(does('Invoice')))).done).toEqual(['Billing/Invoice']);
  });

  it.each<[string, () => unknown, string]>([
    ['no key', () => focus('')(does('A')), "focus() takes the name of a state key, such as focus('order')."],
    ['a reserved key', () => focus('state')(does('A')), 'focus("state") names a key that no step can set; name another state key.'],
    ['no steps', () => focus('billing')(), 'A list has no steps'],
  ])('refuses %s', (_, define, message) => {
    expect(problemOf(define)).toContain(message);
  });
});

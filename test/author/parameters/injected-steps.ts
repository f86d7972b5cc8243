import 'reflect-metadata';
import { IsIn, IsInt, IsString } from 'class-validator';
import { fromState, listOf, oneOf, optional, type State, type StepContext, step, workflow, workflowOf } from 'stepwright';
import { stepsOf } from '../../../src/core/nodes/kinds.js';
import type { Node } from '../../../src/core/nodes/node.js';
import { TestCircuit, TestPort } from '../../support/models.js';

// The same steps twice: as methods of a class, whose types are emitted, and as plain functions that name their types in `params`.

export class Order {
  @IsString()
  customer!: string;

  @IsInt()
  @IsIn([100, 1000])
  speed = 100;
}

/** What the last of the steps below was called with. */
export let received: readonly unknown[] | undefined;

function receive(...args: readonly unknown[]): void {
  received = args;
}

export function forget(): void {
  received = undefined;
}

class Anything {
  /** Returns what its source does not tell, so no key is missed when the steps after it are defined. */
  @step('anything')
  anything(state: State) {
    return state;
  }
}

@workflow('methods')
class Methods extends Anything {
  @step('text') text(name: string) {
    receive(name);
  }
  @step('texts by other names') texts(@fromState('name') first: string, @fromState('first-name') second: string) {
    receive(first, second);
  }
  @step('number') number(speed: number) {
    receive(speed);
  }
  @step('boolean') async boolean(fast: boolean) {
    receive(fast);
  }
  @step('date') async date(at: Date) {
    receive(at);
  }
  @step('list') list(names: string[]) {
    receive(names);
  }
  @step('any') any(value: { a: 1 } | null) {
    receive(value);
  }
  @step('default') default(speed = 1000) {
    receive(speed);
  }
  @step('optional') optional(@optional() at?: Date) {
    receive(at);
  }
  @step('state') state(state: State) {
    receive(state);
  }
  @step('context') context(ctx: StepContext, name: string) {
    receive(ctx, name);
  }
  @step('order') order(order: Order) {
    receive(order);
  }
  @step('part of an order') part(@fromState('order') { speed }: Order) {
    receive(speed);
  }
  @step('orders') orders(@listOf(Order) orders: Order[]) {
    receive(orders);
  }
  @step('model') async model(port: TestPort) {
    receive(port);
  }
  @step('optional model') optionalModel(@optional() port?: TestPort) {
    receive(port);
  }
  @step('models') models(@listOf(TestPort) ports: TestPort[]) {
    receive(ports);
  }
  @step('one of two models') either(@oneOf(TestPort, TestCircuit) end: TestPort | TestCircuit) {
    receive(end);
  }
  @step('maybe one of two models') maybe(@optional() @oneOf(TestPort, TestCircuit) end?: TestPort | TestCircuit) {
    receive(end);
  }
  @step('two models') two(port: TestPort, circuit: TestCircuit) {
    receive(port, circuit);
  }
  @step('minified') minified(@fromState('name') a: string, @fromState('at') b: Date, @fromState('port') c: TestPort) {
    receive(a, b, c);
  }
}

const either = oneOf(TestPort, TestCircuit);

const FUNCTIONS: readonly Node[] = [
  step('text', { params: { name: String } })((name: string) => receive(name)),
  step('texts by other names', { params: { first: fromState('name', String), second: fromState('first-name', String) } })(
    (first: string, second: string) => receive(first, second),
  ),
  step('number', { params: { speed: Number } })((speed: number) => receive(speed)),
  step('boolean', { params: { fast: Boolean } })(async (fast: boolean) => receive(fast)),
  step('date', { params: { at: Date } })(async (at: Date) => receive(at)),
  step('list', { params: { names: Array } })((names: string[]) => receive(names)),
  step('any')((value: unknown) => receive(value)),
  step('default', { params: { speed: Number } })((speed = 1000) => receive(speed)),
  step('optional', { params: { at: optional(Date) } })((at?: Date) => receive(at)),
  step('state')((state: State) => receive(state)),
  step('context', { params: { name: String } })((ctx: StepContext, name: string) => receive(ctx, name)),
  step('order', { params: { order: Order } })((order: Order) => receive(order)),
  step('part of an order', { params: { order: Order } })((order: Order) => receive(order.speed)),
  step('orders', { params: { orders: listOf(Order) } })((orders: Order[]) => receive(orders)),
  step('model', { params: { port: TestPort } })(async (port: TestPort) => receive(port)),
  step('optional model', { params: { port: optional(TestPort) } })((port?: TestPort) => receive(port)),
  step('models', { params: { ports: listOf(TestPort) } })((ports: TestPort[]) => receive(ports)),
  step('one of two models', { params: { end: either } })((end: TestPort | TestCircuit) => receive(end)),
  step('maybe one of two models', { params: { end: either } })((end: TestPort | TestCircuit | undefined = undefined) => receive(end)),
  step('two models', { params: { port: TestPort, circuit: TestCircuit } })((port: TestPort, circuit: TestCircuit) =>
    receive(port, circuit),
  ),
  step('minified', { params: { a: fromState('name', String), b: fromState('at', Date), c: fromState('port', TestPort) } })(
    (a: string, b: Date, c: TestPort) => receive(a, b, c),
  ),
];

/** The steps above by name, written in one way. */
export function stepNamed(way: 'a method' | 'a function', name: string): Node {
  const methods = [...stepsOf(workflowOf(Methods)!.body)].map(({ node }) => node);
  return (way === 'a method' ? methods : FUNCTIONS).find((node) => node.name === name)!;
}

import 'reflect-metadata';
import { StepwrightError } from '../core/error.js';
import { didYouMean } from '../core/nearest.js';
import { conditionalNode } from '../core/nodes/conditional.js';
import { stepsOf } from '../core/nodes/kinds.js';
import { listNode } from '../core/nodes/list.js';
import type { Node } from '../core/nodes/node.js';
import { stepNode } from '../core/nodes/step.js';
import type { Workflow } from '../core/workflow.js';
import { type ClassMethods, collectMethods, type PlacedMethod } from './class-methods.js';
import { type Steppable, toNode } from './compositions/steppable.js';
import { assemble, type WorkflowOptions } from './define-workflow.js';
import { Problems, within } from './definition-error.js';
import type { FormFunction } from './forms/form.js';
import { callerLocation } from './location.js';
import type { AnyFunction } from './method-records.js';
import { hintsOf } from './parameters/hints.js';
import type { AnyClass } from './parameters/types.js';
import { readSignature } from './source/signature.js';
import { buildStep, type Declared, describe, returnsOf } from './steps/build-step.js';

const WORKFLOW = Symbol.for('stepwright.workflow');

/** A class whose methods are the steps of a workflow. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor is assignable only where its parameters are any
export type WorkflowClass = new (...args: any[]) => object;

/**
 * Makes a class a workflow: its decorated methods are the steps, in the order in which they are declared, or as its `steps()` says.
 * @throws StepwrightError `definition` for everything that is wrong with it, saying what to write instead
 * @example `@workflow('create_l2vpn', { target: 'create', product: L2Vpn }) export class CreateL2Vpn { … }`
 */
export function workflow(name: string, options: WorkflowOptions = {}): (type: WorkflowClass) => void {
  return workflowClass(name, options, callerLocation());
}

/** The decorator of a class whose workflow always does something more. @param around puts that around its steps */
export function workflowClass(
  name: string,
  options: WorkflowOptions,
  source: string | undefined,
  around?: (body: Node) => Node,
): (type: WorkflowClass) => void {
  return (type) => {
    Reflect.defineMetadata(WORKFLOW, compileClass(type, name, options, source, around), type);
  };
}

/** The workflow that a value is, if it is one: a class decorated with `@workflow`, or what `defineWorkflow` gave. */
export function workflowOf(value: unknown): Workflow | undefined {
  if (typeof value === 'function') return Reflect.getOwnMetadata(WORKFLOW, value) as Workflow | undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, body, instantiate } = value as Partial<Workflow>;
  return typeof name === 'string' && typeof body === 'object' && typeof instantiate === 'function' ? (value as Workflow) : undefined;
}

function compileClass(
  type: WorkflowClass,
  name: string,
  options: WorkflowOptions,
  source: string | undefined,
  around?: (body: Node) => Node,
): Workflow {
  const problems = new Problems();
  const methods = collectMethods(type.prototype, problems);
  const nodes = new Map<string, Node>();
  for (const method of methods.steps) nodes.set(method.record.method, problems.try(() => buildMethod(method, methods)) ?? standIn(method));
  const body = problems.try(() => bodyOf(type, nodes, methods, problems));
  const form = methods.initialForm && (methodOf(methods.initialForm) as FormFunction);
  const instantiate = () => Object.freeze(new type());
  return assemble({ name, options, body, ...(around ? { around } : {}), ...(form ? { form } : {}), instantiate, source }, problems);
}

function buildMethod(method: PlacedMethod, { undoOf }: ClassMethods): Node {
  const { record } = method;
  if (!record.step) throw new TypeError('only steps are built');
  const { method: undo, ...retry } = undoOf.get(record.step.name) ?? {};
  const node: Node = buildStep(record.step, declared(method), undo && { ...declared(undo), ...retry });
  return record.conditions.reduceRight<Node>((inner, predicate) => conditionalNode(predicate, inner), node);
}

/** Stands for a step that could not be built, so that what else is wrong is found all the same. */
function standIn({ record }: PlacedMethod): Node {
  const returns = record.step && returnsOf(record.step, record.fn);
  return stepNode(record.step?.name ?? '', { kind: 'run', body: { parameters: [], call: () => undefined } }, returns ? { returns } : {});
}

/** A method as it is called: decorators above the step's may have wrapped it since. */
function methodOf({ prototype, record }: PlacedMethod): AnyFunction {
  return Reflect.get(prototype, record.method) as AnyFunction;
}

function declared(method: PlacedMethod): Declared {
  const { prototype, record } = method;
  const types: readonly AnyClass[] | undefined = Reflect.getOwnMetadata('design:paramtypes', prototype, record.method);
  if (!types && readSignature(record.fn).length > 0) {
    throw new StepwrightError(
      'definition',
      `The method "${record.method}" has parameters, but their types were not emitted; set "experimentalDecorators" and "emitDecoratorMetadata" in tsconfig.json, and run it with what heeds them: tsc, vitest or @oxc-node/core (tsx does not).`,
    );
  }
  return { fn: methodOf(method), wrapped: record.fn, types: types ?? [], hints: hintsOf(prototype, record.method) };
}

/** The steps in the order in which they are declared, or what `steps()` says of them. */
function bodyOf(type: WorkflowClass, nodes: ReadonlyMap<string, Node>, { steps }: ClassMethods, problems: Problems): Node {
  const inOrder = [...nodes.values()];
  const arrange: unknown = type.prototype.steps;
  if (typeof arrange !== 'function') {
    if (steps.length === 0)
      throw new StepwrightError('definition', `The class ${type.name} has no steps; decorate a method, such as @step('Reserve VLAN').`);
    return listNode(inOrder);
  }
  const body = within(`steps() of ${type.name}`, () => toNode(called(() => arrange.call(withoutInstance(type, nodes)) as Steppable)));
  const used = new Set([...stepsOf(body)].map(({ node }) => node));
  for (const { record } of steps) {
    const node = nodes.get(record.method);
    if (node && record.step && ![...stepsOf(node)].every((one) => used.has(one.node))) {
      problems.add(`${describe(record.step)} is not in steps() of ${type.name}; put it there, or take its decorator away.`);
    }
  }
  return body;
}

const NO_INSTANCE =
  'It runs without an instance: refer to methods without calling them (this.method), and use nothing that a field or a constructor sets.';

/** What `this` is in `steps()`: the class's methods, with steps as nodes. What only an instance has is refused, and not just undefined. */
function withoutInstance(type: WorkflowClass, nodes: ReadonlyMap<string, Node>): object {
  const methods: object = Object.create(type.prototype, Object.fromEntries([...nodes].map(([method, value]) => [method, { value }])));
  return new Proxy(methods, {
    get(target, key, self) {
      if (key in target || typeof key === 'symbol') return Reflect.get(target, key, self);
      throw new StepwrightError('definition', `this.${key} is no method of the class.${didYouMean(key, nodes.keys())} ${NO_INSTANCE}`);
    },
  });
}

function called(arrange: () => Steppable): Steppable {
  try {
    return arrange();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StepwrightError('definition', `${error.message}. ${NO_INSTANCE}`, { cause: error });
  }
}

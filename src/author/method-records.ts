import 'reflect-metadata';
import { StepwrightError } from '../core/error.js';
import type { Predicate } from '../core/nodes/predicate.js';
import type { Callback } from '../core/nodes/step.js';
import type { RetryPolicy } from '../core/retry-policy.js';

// biome-ignore lint/suspicious/noExplicitAny: a function of any kind is assignable only where its parameters are any
export type AnyFunction = (...args: any[]) => unknown;

/** What a step decorator says of a method. */
export interface StepDeclaration {
  readonly name: string;
  readonly kind: 'step' | 'retry' | 'input' | 'callback';
  readonly retry?: RetryPolicy;
  readonly assignee?: string;
  /** Of a `callback`: how it is awaited. */
  readonly callback?: Omit<Callback, 'needsUrl'>;
  readonly source: string | undefined;
}

/** What decorators recorded of one method; they only record, and the workflow's definition reads. */
export interface MethodRecord {
  readonly method: string;
  readonly fn: AnyFunction;
  step?: StepDeclaration;
  /** The outermost first. */
  readonly conditions: Predicate[];
  /** The names of the steps that it takes back. */
  readonly undoes: { readonly step: string; readonly retry?: RetryPolicy; readonly source: string | undefined }[];
  initialForm?: { readonly source: string | undefined };
}

const RECORDS = Symbol.for('stepwright.methods');

/** The record of a decorated method, made on first use. */
export function recordOf(
  decorator: string,
  target: object,
  method: string | symbol,
  descriptor: PropertyDescriptor | undefined,
): MethodRecord {
  const fn: unknown = descriptor?.value;
  if (typeof target === 'function' || typeof method !== 'string' || typeof fn !== 'function') {
    const what =
      typeof target === 'function'
        ? 'a static method'
        : typeof method !== 'string'
          ? 'a method named by a symbol'
          : 'a field or an accessor';
    throw new StepwrightError(
      'definition',
      `${decorator} stands on ${what}, "${memberName(target, method)}"; put it on an ordinary method.`,
    );
  }
  const records: Map<string, MethodRecord> = Reflect.getOwnMetadata(RECORDS, target) ?? new Map();
  Reflect.defineMetadata(RECORDS, records, target);
  const record = records.get(method) ?? { method, fn: fn as AnyFunction, conditions: [], undoes: [] };
  records.set(method, record);
  return record;
}

/** A member of a class, for messages: `CreateVpn.push`. */
export function memberName(target: object, member: string | symbol): string {
  const type: unknown = typeof target === 'function' ? target : target.constructor;
  return `${(type as { readonly name: string }).name}.${String(member)}`;
}

/** What decorators recorded on a class itself, without its bases, in the order of declaration. */
export function recordsOf(prototype: object): ReadonlyMap<string, MethodRecord> {
  return Reflect.getOwnMetadata(RECORDS, prototype) ?? new Map();
}

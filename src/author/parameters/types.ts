import { getMetadataStorage } from 'class-validator';
import type { ModelClass } from '../../core/parameter.js';
import { isSubscriptionClass } from '../models/subscription-model.js';

/** A class, as it stands in emitted metadata and in decorators. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor is assignable only where its parameters are any
export type AnyClass = abstract new (...args: any[]) => unknown;

/** Whether a class is a domain model. */
export function isModelClass(type: unknown): type is ModelClass {
  return typeof type === 'function' && isSubscriptionClass(type);
}

/** Whether a class has class-validator decorators, its own or inherited. */
export function isValidatedClass(type: unknown): type is new () => object {
  if (typeof type !== 'function') return false;
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}

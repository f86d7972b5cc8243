import { StepwrightError } from '../../core/error.js';
import type { ModelStore } from '../../ports/model-store.js';

/** What a step returned, with each domain model in it replaced by its reference; and those models, each once. */
export interface Extracted {
  readonly value: unknown;
  readonly models: readonly object[];
}

/**
 * Finds every domain model in what a step returned, nested objects and lists included.
 * @throws StepwrightError `bad_result` for two instances of one model, of which only one could be saved
 */
export function extractModels(returned: unknown, store: ModelStore): Extracted {
  const models = new Map<string, object>();
  const value = replace(returned, store, models, new Set());
  return { value, models: [...models.values()] };
}

function replace(value: unknown, store: ModelStore, models: Map<string, object>, parents: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || parents.has(value)) return value;
  const reference = store.reference(value);
  if (reference) {
    const key = `${reference.$model} ${reference.id}`;
    if (models.has(key) && models.get(key) !== value) {
      throw new StepwrightError(
        'bad_result',
        `The result has two different instances of ${key}, of which only one could be saved; change one of them, and return that in both places.`,
      );
    }
    models.set(key, value);
    return reference;
  }
  if (!Array.isArray(value) && typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  parents.add(value);
  const inside = (item: unknown) => replace(item, store, models, parents);
  const after: object = Array.isArray(value)
    ? Array.from(value, inside)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inside(item)]));
  parents.delete(value);
  const before = value as Readonly<Record<string, unknown>>;
  return Object.entries(after).every(([key, item]) => item === before[key]) ? value : after;
}

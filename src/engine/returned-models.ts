import type { ModelStore } from '../ports/model-store.js';

/** What a step returned, with each domain model in it replaced by its reference; and those models, each once. */
export interface Extracted {
  readonly value: unknown;
  readonly models: readonly object[];
}

/** Finds every domain model in what a step returned, nested objects and lists included. */
export function extractModels(returned: unknown, store: ModelStore): Extracted {
  const models = new Set<object>();
  const value = replace(returned, store, models, new Set());
  return { value, models: [...models] };
}

function replace(value: unknown, store: ModelStore, models: Set<object>, parents: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || parents.has(value)) return value;
  const reference = store.reference(value);
  if (reference) {
    models.add(value);
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

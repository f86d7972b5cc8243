import { exoticName } from '../core/json.js';

/**
 * Copies a tree of entities, as storing and loading it would: own data with its prototypes, each object once however often it is met.
 * Entities are made by their constructors and functions are left to those, as TypeORM does it.
 *
 * @param substitute what is copied in the place of an object that is met; the object itself to copy that
 * @param copies what is copied already, original to copy; shared by calls whose trees may meet
 */
export function copyTree<T extends object>(root: T, substitute: (met: object) => object, copies: Map<object, object> = new Map()): T {
  const copyOf = (value: unknown): unknown => (typeof value === 'object' && value !== null ? copyObject(substitute(value)) : value);
  const copyObject = (original: object): object => {
    const known = copies.get(original);
    if (known) return known;
    const copy = emptyLike(original);
    copies.set(original, copy);
    if (isBuiltIn(original)) return copy;
    for (const [key, value] of Object.entries(original)) {
      if (typeof value === 'function') continue;
      Object.defineProperty(copy, key, { value: copyOf(value), writable: true, enumerable: true, configurable: true });
    }
    return copy;
  };
  return copyObject(root) as T;
}

/** Whether an object is of a built-in class, such as Date or Map, that is copied as a whole. */
function isBuiltIn(value: object): boolean {
  return !Array.isArray(value) && exoticName(value) !== undefined;
}

function emptyLike(original: object): object {
  if (Array.isArray(original)) return [];
  const prototype: object | null = Object.getPrototypeOf(original);
  if (isBuiltIn(original)) return Object.setPrototypeOf(structuredClone(original), prototype);
  const maker = prototype?.constructor as (new () => object) | undefined;
  const isMadeAlone = typeof maker === 'function' && maker.prototype === prototype && maker.length === 0;
  return isMadeAlone ? new maker() : Object.create(prototype);
}

import 'reflect-metadata';
import { StepwrightError } from '../../core/error.js';

/** A form page: a class whose fields have class-validator decorators, made without arguments. */
export type PageClass<P extends object = object> = new () => P;

/** What a screen needs to know about a field, beyond its rules. */
export interface FieldOptions {
  /** Stands above the input. */
  readonly title?: string;
  /** Explains what to fill in. */
  readonly description?: string;
  /** Values that show what is meant. */
  readonly examples?: readonly (string | number | boolean)[];
  /** The kind of input, such as `textarea`; a screen that doesn't know it uses its own choice. */
  readonly widget?: string;
  /** Stands in the input while it is empty. */
  readonly placeholder?: string;
  /** Fields that belong together on the screen name the same group. */
  readonly group?: string;
  /** The place among the page's fields, lowest first; fields without one come last, as declared. */
  readonly order?: number;
}

const FIELDS = Symbol('stepwright:fields');

/**
 * Describes a form field to whoever draws it; it ends in the page's JSON Schema.
 *
 * `title`, `description` and `examples` are standard keywords there, the others get an `x-` in front. A rule for the value is
 * class-validator's job, not this decorator's.
 * @example
 * ```ts
 * class OrderForm {
 *   @IsUUID() @field({ title: 'Customer', widget: 'customer-picker' })
 *   customerId!: string;
 * }
 * ```
 * @throws StepwrightError `definition` on a static field or a symbol
 */
export function field(options: FieldOptions = {}): PropertyDecorator {
  return (target, key) => {
    if (typeof target === 'function' || typeof key === 'symbol') {
      const where = typeof target === 'function' ? target.name : target.constructor.name;
      throw new StepwrightError('definition', `@field() of class ${where} stands on ${String(key)}; put it on a field of the instance.`);
    }
    const own = (Reflect.getOwnMetadata(FIELDS, target) as Record<string, FieldOptions> | undefined) ?? {};
    Reflect.defineMetadata(FIELDS, { ...own, [key]: Object.freeze({ ...options }) }, target);
  };
}

/** What `@field` recorded on a page and the classes that it extends, by field name; the nearest class wins. */
export function recordedFields(page: PageClass): Readonly<Record<string, FieldOptions>> {
  const found: Record<string, FieldOptions>[] = [];
  for (let prototype = page.prototype as object | null; prototype; prototype = Object.getPrototypeOf(prototype)) {
    found.unshift((Reflect.getOwnMetadata(FIELDS, prototype) as Record<string, FieldOptions> | undefined) ?? {});
  }
  return Object.assign({}, ...found);
}

/** The type that TypeScript emitted for a decorated field (`String`, `Array`, a class), or undefined if it emitted none. */
export function fieldType(page: PageClass, name: string): Function | undefined {
  return Reflect.getMetadata('design:type', page.prototype, name) as Function | undefined;
}

/** A field's place in JSON Schema: what `@field` said, as keywords. */
export function fieldKeywords(options: FieldOptions): Record<string, unknown> {
  const { title, description, examples, ...ours } = options;
  const standard = { title, description, examples };
  return { ...standard, ...Object.fromEntries(Object.entries(ours).map(([key, value]) => [`x-${key}`, value])) };
}

import { StepwrightError } from '../../core/error.js';
import type { Json } from '../../core/json.js';
import type { ModelClass, Parameter } from '../../core/parameter.js';
import { RESERVED_KEYS } from '../../core/state.js';
import type { SourceParameter } from '../source/signature.js';
import { converter, listConverter } from './convert.js';
import type { Hint } from './hints.js';
import { type AnyClass, isModelClass } from './types.js';

/**
 * Compiles what a parameter gets, from its source, its type, and what the author said about it; the author wins.
 * @param where who has the parameter, for messages: `Step "Ship" (workflows/order.ts:41)`
 * @throws StepwrightError `definition` for what can't be injected, saying what to write instead
 */
export function planParameter(source: SourceParameter, type: AnyClass | undefined, hint: Hint, where: string): Parameter {
  const which = `${where}: parameter ${source.index + 1} "${source.text}"`;
  if (source.rest)
    throw wrong(
      which,
      "takes all the rest, and injection cannot know how many; name each parameter, and put a decorator that wraps the method above the step's",
    );
  if (source.name === undefined && hint.key === undefined)
    throw wrong(
      which,
      "is taken apart, so it has no name; give it one and take it apart inside, or name its state key: @fromState('order')",
    );
  const key = hint.key ?? source.name ?? '';
  if (hint.key === undefined && key === 'state') return { gets: 'state' };
  if (hint.key === undefined && key === 'ctx') return { gets: 'context' };
  if (RESERVED_KEYS.includes(key)) throw wrong(which, `asks for the state key "${key}", which is reserved; use another name`);
  if ([hint.listOf, hint.oneOf].filter(Boolean).length > 1) throw wrong(which, 'has both @listOf and @oneOf; choose one');
  const whenMissing = source.hasDefault || hint.optional ? 'undefined' : 'refuse';
  if (hint.listOf) {
    const orList = source.hasDefault ? 'undefined' : 'list';
    if (isModelClass(hint.listOf)) return { gets: 'models', key, models: [hint.listOf], whenMissing: orList };
    return value(key, orList, listConverter(hint.listOf));
  }
  if (hint.oneOf) return { gets: 'model', key, models: hint.oneOf.map((one) => model(one, which)), whenMissing };
  const declared = hint.type ?? type;
  if ((declared as unknown) === Function) {
    throw wrong(
      which,
      'has a type that exists only for the compiler; import its class as a value (not with "import type"), so that it can be made at run time',
    );
  }
  if (isModelClass(declared))
    return { gets: 'model', key, models: [declared], whenMissing: whenMissing === 'refuse' ? 'create' : whenMissing };
  return value(key, whenMissing, converter(declared));
}

/** Where a missing key is fine, null is as good as missing. */
function value(key: string, whenMissing: 'refuse' | 'undefined' | 'list', convert: (value: Json) => unknown): Parameter {
  if (whenMissing === 'refuse') return { gets: 'value', key, whenMissing, convert };
  return {
    gets: 'value',
    key,
    whenMissing,
    convert: (value) => (value !== null ? convert(value) : whenMissing === 'list' ? [] : undefined),
  };
}

function model(type: AnyClass, which: string): ModelClass {
  if (isModelClass(type)) return type;
  throw wrong(which, `names ${type.name} in @oneOf, which is no domain model; it must extend SubscriptionModel`);
}

function wrong(which: string, why: string): StepwrightError {
  return new StepwrightError('definition', `${which} ${why}.`);
}

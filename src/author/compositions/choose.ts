import { StepwrightError } from '../../core/error.js';
import { isObject, type Json, toJsonText } from '../../core/json.js';
import { type ChooseNode, type ChooseOptions, chooseNode } from '../../core/nodes/choose.js';
import { within } from '../definition-error.js';
import { checkOptions } from '../known-options.js';
import { type Steppable, toNode } from './steppable.js';

/** What is performed where the value is this one: it is compared as JSON, type and all, so `1000` is not `'1000'`. */
export interface ChooseCase {
  readonly value: Json;
  readonly node: Steppable;
}

/**
 * Performs one of several nodes, by a value: `Medium[fibre]/Splice`. The choice is recorded, and never made again.
 * @param value a pure function of the state
 * @throws StepwrightError `definition` for no cases, a case without a value, or two that look the same in paths
 * @example `choose((state) => state.speed, [{ value: 1000, node: copper }, { value: 10000, node: fibre }], { otherwise: refuse })`
 */
export function choose(value: ChooseNode['value'], cases: readonly ChooseCase[], options: ChooseOptions<Steppable> = {}): ChooseNode {
  checkOptions(options, ['name', 'otherwise'] satisfies (keyof ChooseOptions)[], 'A choose');
  const { name, otherwise } = options;
  const what = `The choose "${name ?? 'choose'}"`;
  if (!Array.isArray(cases))
    throw new StepwrightError('definition', `${what} takes a list of cases: choose(value, [{ value: 'fibre', node: fibre }]).`);
  return chooseNode(
    value,
    (cases as readonly ChooseCase[]).map((one) => {
      const wanted = wantedIn(one, what);
      return {
        value: wanted,
        node: within(`The case ${JSON.stringify(wanted)} of the choose "${name ?? 'choose'}"`, () => toNode(one.node)),
      };
    }),
    { ...(name === undefined ? {} : { name }), ...(otherwise === undefined ? {} : { otherwise: toNode(otherwise) }) },
  );
}

function wantedIn(given: ChooseCase, what: string): Json {
  const write = "write { value: 'fibre', node: fibre }, with a value of plain JSON";
  if (!isObject(given) || given.value === undefined)
    throw new StepwrightError('definition', `${what} has a case without a value; ${write}.`);
  try {
    return JSON.parse(toJsonText(given.value, 'the value') as string) as Json;
  } catch (cause) {
    throw new StepwrightError('definition', `${what} has a case whose value ${String(given.value)} can't stand in the state; ${write}.`, {
      cause,
    });
  }
}

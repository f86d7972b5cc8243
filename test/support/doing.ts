import { type StepNode, stepNode } from '../../src/core/nodes/step.js';
import type { State } from '../../src/core/state.js';
import type { Given } from './journal-runner.js';

/** A step that gives the same each time, or what a function of the state and the attempt gives; by default a success without changes. */
export function doing(
  name: string,
  { source, ...more }: { readonly gives?: Given | ((state: State, attempt: number) => Given); readonly source?: string } = {},
): StepNode {
  const { gives = { kind: 'success', returned: undefined } } = more;
  const call = (_: unknown, [state, attempt]: readonly unknown[]): Given =>
    typeof gives === 'function' ? gives(state as State, attempt as number) : gives;
  return stepNode(name, { kind: 'run', body: { parameters: [], call } }, source === undefined ? {} : { source });
}

/** The same, whose function returns changes. */
export function changing(name: string, changes: (state: State) => object): StepNode {
  return doing(name, { gives: (state) => ({ kind: 'success', returned: changes(state) }) });
}

import { formatDuration } from '../duration.js';
import type { Form } from '../form.js';
import type { Json } from '../json.js';
import type { Parameter } from '../parameter.js';
import { checkName, join } from '../path.js';
import type { RetryPolicy } from '../retry-policy.js';
import type { State } from '../state.js';
import type { NodeBase, NodeKind } from './node.js';

/** A function that a step, its undo or its form calls: `self` is the workflow's instance. */
export interface Action {
  readonly parameters: readonly Parameter[];
  readonly call: (self: unknown, args: readonly unknown[]) => unknown;
}

/** What a step does. */
export type StepAction =
  /** It runs a function, once or until it succeeds. */
  | { readonly kind: 'run'; readonly body: Action; readonly retry?: RetryPolicy }
  /** It asks a person. */
  | { readonly kind: 'ask'; readonly parameters: readonly Parameter[]; readonly form: Form; readonly assignee?: string }
  /** It waits, and holds nothing meanwhile. */
  | { readonly kind: 'sleep'; readonly until: WakeTime }
  /** It runs a function, and then awaits a call from another system. */
  | { readonly kind: 'callback'; readonly body: Action; readonly retry?: RetryPolicy; readonly callback: Callback }
  /** It starts another workflow as a process of its own. */
  | { readonly kind: 'child'; readonly child: Child };

/** When a sleep ends, in milliseconds since 1970: a pure function of the state and of when it began. */
export type WakeTime = (state: State, since: number) => number;

/** How a call back is awaited. */
export interface Callback {
  /** How long, in milliseconds. @default without end */
  readonly timeout?: number;
  /** The state key that gets what the call brings. */
  readonly resultKey: string;
  /**
   * Checks what a call brings, and gives what is kept of it.
   * @throws StepwrightError `input_refused`; then nothing is stored, and another call may come
   */
  readonly validate?: (body: Json) => unknown;
  /** Whether the function asks for `ctx.callbackUrl`, as far as its source tells. */
  readonly needsUrl: boolean;
}

/** How another workflow is started. */
export interface Child {
  /** Its name; a function, where it is not defined yet. */
  readonly workflow: string | (() => string);
  /** The answers of its initial form: a pure function of the state. @default none */
  readonly input?: (state: State) => Json;
  /** Whether its end is waited for, and decides this step's. */
  readonly wait: boolean;
  /** The state key that gets the child's id and, where its end is waited for, its last state. */
  readonly resultKey: string;
}

/** How a step is taken back. */
export interface Undo extends Action {
  /** How it is tried again when it fails. @default not at all */
  readonly retry?: RetryPolicy;
}

/** The smallest unit that runs: a name, and a function from state to changes. */
export interface StepNode extends NodeBase {
  readonly kind: 'step';
  readonly name: string;
  readonly action: StepAction;
  /** How to take it back. */
  readonly undo?: Undo;
  /** The keys that it can change, where its source tells. */
  readonly returns?: ReadonlySet<string>;
  /** Where it is written, `file:line`, for messages. */
  readonly source?: string;
}

export function stepNode(name: string, action: StepAction, more: Pick<StepNode, 'undo' | 'returns' | 'source'> = {}): StepNode {
  checkName(name, 'A step');
  return Object.freeze({ kind: 'step', name, mark: name, action: Object.freeze(action), ...more });
}

export const step: NodeKind<StepNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    for (const changes of walk.journal.edits(path)) state.merge(changes);
    const walked = walk.journal.get(path)?.outcome ?? (await walk.perform(node, path, state));
    if (walked.kind === 'success' || walked.kind === 'complete') state.merge(walked.changes);
    walk.met?.(node, path, state);
    return walked;
  },
  children: () => [],
  describe: ({ action, undo }) => ({ words: [...actionWords(action), ...(undo ? ['undo'] : [])] }),
};

function actionWords(action: StepAction): readonly string[] {
  switch (action.kind) {
    case 'run':
      return retryWords(action.retry);
    case 'ask':
      return [`asks ${action.assignee ?? 'a person'}`];
    case 'sleep':
      return ['sleeps'];
    case 'callback': {
      const { timeout } = action.callback;
      return [`awaits a call${timeout === undefined ? '' : ` for at most ${formatDuration(timeout)}`}`, ...retryWords(action.retry)];
    }
    case 'child':
      return [`starts workflow ${nameOf(action.child)}`, ...(action.child.wait ? [] : ['does not wait for it'])];
    default:
      return action satisfies never;
  }
}

function retryWords(retry: RetryPolicy | undefined): readonly string[] {
  if (!retry) return [];
  const { initial, factor, max, maxAttempts } = retry;
  const every = `every ${formatDuration(initial)}${factor > 1 && max > initial ? ` to ${formatDuration(max)}` : ''}`;
  return [`retry ${every}`, ...(Number.isFinite(maxAttempts) ? [`at most ${maxAttempts} attempts`] : [])];
}

/** A workflow that another file defines later may still be missing; then its step says so when it is performed. */
function nameOf({ workflow }: Child): string {
  if (typeof workflow === 'string') return workflow;
  try {
    return workflow();
  } catch {
    return 'that is not defined yet';
  }
}

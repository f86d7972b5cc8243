import { StepwrightError } from '../error.js';
import { type Json, sameJson, toJsonText } from '../json.js';
import { checkName, itemPath, join } from '../path.js';
import type { State } from '../state.js';
import { ownFailure } from './branches.js';
import type { Node, NodeBase, NodeKind } from './node.js';
import { refusePromise } from './predicate.js';
import { expressionOf } from './words.js';

/** What is walked where the value is this one, type and all. */
export interface Case {
  readonly value: Json;
  readonly node: Node;
}

/** One of several nodes, by a value. */
export interface ChooseNode extends NodeBase {
  readonly kind: 'choose';
  readonly name: string;
  /** A pure function of the state. */
  readonly value: (state: State) => Json | undefined;
  readonly cases: readonly Case[];
  readonly otherwise: Node | undefined;
}

/** What a choice does besides its cases. */
export interface ChooseOptions<N = Node> {
  /** What it is called in paths. @default 'choose' */
  readonly name?: string;
  /** What is walked where no case has the value. @default the failure `no_case` */
  readonly otherwise?: N;
}

const OTHERWISE = 'otherwise';

/** @throws StepwrightError `definition` for no cases, or two that look the same in paths */
export function chooseNode(value: ChooseNode['value'], cases: readonly Case[], options: ChooseOptions = {}): ChooseNode {
  const { name = 'choose', otherwise } = options;
  checkName(name, 'A choose');
  if (typeof value !== 'function')
    throw new StepwrightError('definition', `The choose "${name}" takes a function of the state, such as (state) => state.speed.`);
  if (cases.length === 0) throw new StepwrightError('definition', `The choose "${name}" has no cases; give it at least one.`);
  const labels = [...cases.map((one) => labelOf(one.value)), ...(otherwise ? [OTHERWISE] : [])];
  const torn = labels.find((label) => /\p{Cs}/u.test(label));
  if (torn !== undefined)
    throw new StepwrightError(
      'definition',
      `The choose "${name}" has the case ${JSON.stringify(torn)}; half a surrogate pair can't stand in a path.`,
    );
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined)
    throw new StepwrightError(
      'definition',
      `The choose "${name}" has two cases that are called "${twice}" in paths; give them different values.`,
    );
  return Object.freeze({ kind: 'choose', name, mark: name, value, cases: Object.freeze([...cases]), otherwise });
}

export const choose: NodeKind<ChooseNode> = {
  async walk(node, at, state, walk) {
    const path = join(at, node.name);
    const recorded = walk.journal.get(path);
    if (recorded?.outcome) return recorded.outcome;
    let label = typeof recorded?.decision === 'string' ? recorded.decision : undefined;
    if (label === undefined) {
      let value: Json | undefined;
      try {
        const given: unknown = node.value(state.toObject());
        refusePromise(given, 'a value');
        const text = toJsonText(given, `The value of "${path}"`);
        value = text === undefined ? undefined : (JSON.parse(text) as Json);
      } catch (error) {
        return walk.fail(path, ownFailure(error, `The value of "${path}"`));
      }
      const found = node.cases.find((one) => sameJson(one.value, value));
      if (!found && !node.otherwise) return walk.fail(path, { code: 'no_case', message: noCase(node, path, value), retryable: false });
      label = found ? labelOf(found.value) : OTHERWISE;
      walk.decide(path, label);
    }
    const chosen = branches(node).find((one) => one.label === label);
    if (chosen) return walk.into(chosen.node, itemPath(path, label), state);
    const message = `"${path}" had chosen "${label}", which is no case of it any more; bring it back.`;
    return walk.fail(path, { code: 'no_case', message, retryable: false }, label);
  },
  children: (node, at) => branches(node).map((one) => ({ ...one, at: itemPath(join(at, node.name), one.label), sees: [] })),
  describe: ({ value }) => {
    const asks = expressionOf(value);
    return { words: [asks === undefined ? 'choose' : `choose by ${asks}`], asks: asks ?? 'which case?' };
  },
  leftOut: (node, at, { get }) => {
    const chosen = get(join(at, node.name))?.decision;
    const out = { kind: 'not_chosen', reason: `${chosen} was chosen` } as const;
    return branches(node).map(({ label }) => (typeof chosen !== 'string' || chosen === label ? undefined : out));
  },
};

function branches({ cases, otherwise }: ChooseNode): readonly { readonly label: string; readonly node: Node }[] {
  return [
    ...cases.map(({ value, node }) => ({ label: labelOf(value), node })),
    ...(otherwise ? [{ label: OTHERWISE, node: otherwise }] : []),
  ];
}

function labelOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function noCase({ cases }: ChooseNode, path: string, value: Json | undefined): string {
  const known = cases.map((one) => JSON.stringify(one.value)).join(', ');
  return `"${path}" has no case for ${value === undefined ? 'a value that is not there' : JSON.stringify(value).slice(0, 80)}; its cases are ${known}. Add one, or "otherwise".`;
}

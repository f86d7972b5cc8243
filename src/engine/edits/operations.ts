import { StepwrightError } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { didYouMean } from '../../core/nearest.js';
import { stepsOf } from '../../core/nodes/kinds.js';
import { isLockPath } from '../../core/nodes/with-lock.js';
import { isDone } from '../../core/outcome.js';
import { EDIT_PREFIX, isStepPath, join } from '../../core/path.js';
import { canHappen, isEnded } from '../../core/process.js';
import { RecordMap } from '../../core/record-map.js';
import { toChanges } from '../../core/state.js';
import type { ProcessWrite } from '../../ports/process-store.js';
import { wrongStatus } from '../refusals.js';
import { isTakenBack } from '../run/undo-mark.js';
import { replay, stateAt, stateNow } from '../state-at.js';
import { recordAt, reply } from './answers.js';
import { byWhom, type Editor } from './editor.js';
import type { Found } from './open-form.js';

/** Who does something to a process, and why. */
export interface Operation {
  readonly by?: string;
  readonly reason?: string;
}

/** Records a step as skipped that has not been done, so that the process goes on without it. */
export function skip(editor: Editor, id: string, path: string, { by, reason = 'skipped by hand' }: Operation): Promise<void> {
  return editor.edit(id, async (found) => {
    const { row, records } = found;
    if (isEnded(row.status) || isTakenBack(records)) throw wrongStatus(row, 'no step of it can be skipped');
    if (isLockPath(path))
      throw new StepwrightError(
        'wrong_use',
        `At "${path}" locks are taken, and nothing inside goes on without them. Skip the steps inside, or end the process that holds them.`,
      );
    const live = records.find((record) => record.path === path);
    const before = live ?? (await editor.parts.store.records(id)).find((record) => record.path === path);
    if (before?.outcome && (!live || isDone(before.outcome) || before.outcome.kind === 'complete'))
      throw wrongStatus(row, `"${path}" is done already (${before.outcome.kind})`);
    // Its runner may start it at any moment.
    if (!before?.outcome && row.claimedBy !== undefined) throw wrongStatus(row, `"${path}" may be running; wait until it ends, or abort`);
    if (!before) await checkKnown(editor, found, path);
    const now = editor.now(found);
    const event = canHappen(row.status, 'retry') ? 'retry' : undefined;
    return {
      ...(event ? { event } : {}),
      records: [{ ...recordAt(found, path, now), outcome: { kind: 'skipped', reason }, endedAt: now, ...byWhom(by) }],
      closeWaits: [path],
      facts: [{ type: 'step_skipped', path, at: now, data: { reason, ...byWhom(by) } }],
      change: { updatedAt: now, ...(row.status === 'failed' ? { failure: null } : {}) },
    };
  });
}

async function checkKnown({ registry }: Editor, found: Found, path: string): Promise<void> {
  const workflow = registry.get(found.row.workflow);
  const known = [...stepsOf(workflow.body)].map(({ node, at }) => join(at, node.name));
  const begun = new RecordMap(found.records);
  if (known.some((one) => canCome(path, one, begun)) || (await stateAt(workflow, found.records, path))) return;
  throw new StepwrightError(
    'wrong_use',
    `Workflow "${workflow.name}" has no step at "${path}" that could be skipped now.${didYouMean(path, known)}`,
  );
}

/** Whether a path is one of those that a tree's path stands for: `Ports[]/Enable` for each item, `Probe#/Ping` for each loop, that has begun. */
function canCome(path: string, known: string, begun: RecordMap): boolean {
  const [parts, knownParts] = [path.split('/'), known.split('/')];
  return (
    parts.length === knownParts.length &&
    parts.every((part, place) => {
      const one = knownParts[place] as string;
      if (part === one) return !/(\[\]|#)$/.test(one);
      const name = one.endsWith('[]') ? one.slice(0, -1) : one;
      const isItem = (one.endsWith('[]') && part.endsWith(']')) || one.endsWith('#');
      return isItem && part.startsWith(name) && begun.begun(parts.slice(0, place + 1).join('/'));
    })
  );
}

/** What an edit of the state changes. */
export interface StateEdit extends Operation {
  /** Keys with their new values; undefined takes a key away. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** The step before which it counts. @default the one open step */
  readonly before?: string;
}

/** Changes the state before an open step: one that has not been done, and comes next. */
export function editState(editor: Editor, id: string, { changes, before, by, reason = 'edited by hand' }: StateEdit): Promise<void> {
  return editor.edit(id, async (found) => {
    const { row, records } = found;
    if (isEnded(row.status) || isTakenBack(records)) throw wrongStatus(row, 'its state can not be edited');
    if (row.status === 'running' || row.status === 'created') throw wrongStatus(row, 'wait until it stops before you edit its state');
    const workflow = editor.registry.get(row.workflow);
    const path = choose(await openSteps(editor, found), before, row.id);
    const reached = await stateAt(workflow, records, path);
    if (!reached) throw wrongStatus(row, `the step "${path}" can't be reached`);
    const edited = toChanges(changes, reached.state, 'The edit');
    const now = editor.now(found);
    const edit = {
      ...recordAt({ ...found, records: [] }, nextEdit(records), now),
      outcome: { kind: 'success', changes: edited } as const,
      decision: { before: path, reason },
      endedAt: now,
      ...byWhom(by),
    };
    const after = { ...found, records: [...records, edit] };
    const asked = await askAnew(editor, after, path);
    return {
      records: [edit, ...asked.records],
      openWaits: asked.openWaits,
      facts: [
        { type: 'state_edited', path, at: now, data: { keys: [...Object.keys(edited.set), ...edited.unset], reason, ...byWhom(by) } },
      ],
      snapshot: (await stateNow(workflow, after.records)).toObject(),
    };
  });
}

/** The path of another edit. */
export function nextEdit(records: readonly StepRecord[]): string {
  const numbers = records.flatMap(({ path }) => (path.startsWith(EDIT_PREFIX) ? [Number(path.slice(EDIT_PREFIX.length))] : []));
  return `${EDIT_PREFIX}${Math.max(0, ...numbers) + 1}`;
}

/** The page of an open form, as it is with the state edited before it. */
async function askAnew(editor: Editor, found: Found, path: string): Promise<Required<Pick<ProcessWrite, 'records' | 'openWaits'>>> {
  const record = found.records.find((one) => one.path === path);
  const wait = found.waits.find((one) => one.path === path && one.kind === 'form');
  const said = record?.outcome?.kind === 'suspended' && wait ? (await reply(editor, found, wait, [])).reply : undefined;
  if (said?.kind !== 'page' || record?.outcome?.kind !== 'suspended' || !wait) return { records: [], openWaits: [] };
  const form = said.page.schema;
  return { records: [{ ...record, outcome: { ...record.outcome, form } }], openWaits: [{ ...wait, form }] };
}

/** The steps that come next: those that stand, and those that would be performed. */
async function openSteps({ registry }: Editor, { row, records }: Found): Promise<readonly string[]> {
  const next: string[] = [];
  await replay(registry.get(row.workflow), records, {
    met: (_step, path) => {
      const outcome = records.find((record) => record.path === path)?.outcome;
      if (isStepPath(path) && !(outcome && isDone(outcome))) next.push(path);
    },
  });
  return next;
}

function choose(open: readonly string[], before: string | undefined, id: string): string {
  const [only, ...others] = open;
  if (before !== undefined && open.includes(before)) return before;
  if (before === undefined && only !== undefined && others.length === 0) return only;
  const which = open.length === 0 ? 'it has no open step' : `open are: ${open.join(', ')}`;
  throw new StepwrightError(
    'wrong_use',
    before === undefined
      ? `Process ${id} has ${open.length === 0 ? 'no open step' : 'several open steps'}; name the one before which the edit counts. ${which === 'it has no open step' ? '' : `They are: ${open.join(', ')}.`}`.trim()
      : `"${before}" is no open step of process ${id}; ${which}.`,
  );
}

import { StepwrightError } from '../core/error.js';
import type { Journal, StepRecord } from '../core/journal.js';
import { didYouMean } from '../core/nearest.js';
import { HALTED } from '../core/nodes/node.js';
import { isLockPath } from '../core/nodes/with-lock.js';
import { isDone } from '../core/outcome.js';
import { EDIT_PREFIX, isStepPath, parentOf, START_PATH } from '../core/path.js';
import { RecordMap } from '../core/record-map.js';
import { type State, type StateLayer, toChanges } from '../core/state.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessRow } from '../ports/process-store.js';
import { nextEdit } from './edits/operations.js';
import type { EngineParts } from './parts.js';
import { replay, stateNow } from './state-at.js';

/** From where a new process continues an old one. */
export interface ForkOptions {
  /** The path of the step with which it begins; what comes before is taken from the old process. */
  readonly from: string;
  /** Keys of the state that the step finds changed; undefined takes a key away. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** Who forks it. */
  readonly by?: string;
}

/**
 * Stores a new process that has done what an old one did before a step, and gives its id.
 * @throws StepwrightError `wrong_use` where the old process never came to that step
 */
export async function storeFork(parts: EngineParts, workflow: Workflow, old: ProcessRow, options: ForkOptions): Promise<string> {
  const { store, queue, clock, random } = parts;
  const at = clock.now();
  const records = await store.records(old.id);
  const taken = await recordsBefore(workflow, records, options.from);
  const copies = taken.records.map(({ retired: _retired, ...record }): StepRecord => ({ ...record, from: record.from ?? old.id }));
  const edit = editBefore(copies, taken.state, options, at);
  const all = edit ? [...copies, edit] : copies;
  const { id: _id, claimedBy, idempotencyKey, endedAt, failure, parent, createdBy, ...rest } = old;
  const row: ProcessRow = {
    ...rest,
    id: random.uuid(),
    status: 'created',
    revision: 0,
    epoch: 0,
    forkedFrom: old.id,
    createdAt: at,
    updatedAt: at,
    ...(options.by === undefined ? {} : { createdBy: options.by }),
  };
  const result = await queue.submit({
    process: row.id,
    create: row,
    records: all,
    facts: [{ type: 'process_created', at, data: { workflow: workflow.name, forkedFrom: old.id, from: options.from } }],
    links: await store.links(old.id),
    snapshot: (await stateNow(workflow, all)).toObject() as State,
  });
  if (result.stored) return row.id;
  throw result.why === 'refused'
    ? result.error
    : new StepwrightError('conflict', 'The fork met another process of its id; try again.', { retryable: true });
}

/** What is taken along to a step, and the state that it found. */
interface Taken {
  readonly records: readonly StepRecord[];
  readonly state: StateLayer;
}

/** What a walk up to a step takes from the journal: what is done, and what was decided. */
async function recordsBefore(workflow: Workflow, records: readonly StepRecord[], from: string): Promise<Taken> {
  const whole = new RecordMap(openAbove(records, from), true);
  const used = new Set<StepRecord>();
  let state: StateLayer | undefined;
  const journal: Journal = {
    whole: true,
    get: (path) => {
      const record = whole.get(path);
      // A step that was begun, and no more, is begun anew; locks are the old process's, and are asked for anew.
      if (record && (record.outcome !== null || record.decision !== undefined) && !isLockPath(path)) used.add(record);
      return record;
    },
    begun: (path) => whole.begun(path),
    edits: (path) => whole.edits(path),
  };
  await replay(workflow, [], {
    journal,
    perform: async (_step, path, layer) => {
      if (path === from) state = layer;
      return HALTED;
    },
  });
  if (state) {
    const paths = new Set([from, START_PATH, ...[...used].map((record) => record.path)]);
    return { records: [...used, ...records.filter((record) => !used.has(record) && isKept(record, paths))], state };
  }
  const known = records.map((record) => record.path).filter(isStepPath);
  const inside = known.find((path) => path !== from && path.startsWith(from) && /^[/[#]/.test(path.slice(from.length)));
  if (inside !== undefined)
    throw new StepwrightError('wrong_use', `"${from}" holds several steps; name the one to go on from, such as "${inside}".`);
  throw new StepwrightError(
    'wrong_use',
    `The process never came to a step at "${from}", so no other can go on from there.${didYouMean(from, known)}`,
  );
}

/**
 * The records that can be taken along: of what stands around a step nothing has ended, and how far a loop has come is counted anew. Which
 * case was chosen, and that a handler was called, stays where the step lies in that: in brackets behind it.
 */
function openAbove(records: readonly StepRecord[], from: string): readonly StepRecord[] {
  const above = new Map<string, boolean>([[from, false]]);
  for (let path = from; path !== ''; path = parentOf(path)) above.set(parentOf(path), path[parentOf(path).length] === '[');
  return records.flatMap((record) => {
    const isChosen = above.get(record.path);
    if (isChosen === undefined) return record.outcome === null || isDone(record.outcome) ? [record] : [];
    return isChosen && record.decision !== undefined && record.decision !== null ? [{ ...record, outcome: null }] : [];
  });
}

/** The start, and edits of the state before steps that are taken along, or before the one with which it begins. */
function isKept({ path, decision }: StepRecord, paths: ReadonlySet<string>): boolean {
  if (!path.startsWith(EDIT_PREFIX)) return path === START_PATH;
  return paths.has((decision as { readonly before: string }).before);
}

function editBefore(
  copies: readonly StepRecord[],
  found: StateLayer,
  { from, state, by }: ForkOptions,
  at: number,
): StepRecord | undefined {
  if (!state) return undefined;
  return {
    path: nextEdit(copies),
    outcome: { kind: 'success', changes: toChanges(state, found, 'The fork') },
    decision: { before: from, reason: 'forked' },
    attempt: 1,
    countsFrom: { attempt: 0, at },
    startedAt: at,
    endedAt: at,
    ...(by === undefined ? {} : { by }),
  };
}

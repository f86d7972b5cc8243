import { type Failure, StepwrightError, toFailure } from '../../src/core/error.js';
import type { StepRecord } from '../../src/core/journal.js';
import { deepFreeze, type Json } from '../../src/core/json.js';
import type { LockPolicy } from '../../src/core/lock.js';
import { HALTED, type Node, type Scope, type Walked } from '../../src/core/nodes/node.js';
import type { StepNode } from '../../src/core/nodes/step.js';
import { DONE, failed, isDone, type Outcome } from '../../src/core/outcome.js';
import { RecordMap } from '../../src/core/record-map.js';
import { type Changes, type State, StateLayer, toChanges } from '../../src/core/state.js';
import { walk } from '../../src/core/walk.js';
import { Bodies, nextTurn, type Pick } from './bodies.js';

/** What is stored, by path. */
export type Records = ReadonlyMap<string, StepRecord>;

/**
 * What a step's function gives in these tests; changes are what it would return. Its arguments are the state, the attempt, how many
 * earlier attempts gave something that was cleared, and a signal.
 */
export type Given =
  | { readonly kind: 'success' | 'complete'; readonly returned: unknown }
  | Exclude<Outcome, { kind: 'success' | 'complete' }>;

/** How a runner's walk goes. */
export interface RunOptions {
  /** How many moments pass before the cut. @default no cut */
  readonly moments?: number | undefined;
  /** Whether the cut is a stop, which lets running functions end and stores what they give; else it is a crash. @default false */
  readonly stops?: boolean | undefined;
  /** Which of the running functions ends next. @default the first that started */
  readonly pick?: Pick | undefined;
}

/**
 * Runs a tree on a journal that is kept as text, and can be cut: a walk that is cut records nothing more.
 *
 * Each of these moments is a place for a cut: before a step's start is recorded, after that, after its function has run, after its
 * outcome is recorded, and before a walk that has stopped is settled. Decisions, the failures of compositions and their ends are stored
 * together with the next start or outcome, or when the walk is settled.
 */
export class JournalRunner {
  /** The steps whose functions ran, in order. */
  readonly performed: string[] = [];
  /** The paths at which compositions recorded a decision, a failure or an end, and at which locks were asked for, in order. */
  readonly noted: string[] = [];
  /** How many of the walk's own notes were stored before each of the groups that were stored. */
  stores = 0;
  /** The state that each step was given. */
  readonly entries = new Map<string, State>();
  readonly bodies: Bodies;
  /** Everything that is stored, what is retired too. */
  readonly #stored: Map<string, StepRecord>;
  /** What the walk sees: what is live, stored or not yet. */
  readonly #live: RecordMap;
  #pending: StepRecord[] = [];
  #momentsLeft: number;
  #halted = false;
  readonly #stops: boolean;

  constructor(text = '[]', { moments = Number.POSITIVE_INFINITY, stops = false, pick = () => 0 }: RunOptions = {}) {
    const records = (JSON.parse(text) as StepRecord[]).map((record) => deepFreeze(record as unknown as Json) as unknown as StepRecord);
    this.#stored = new Map(records.map((record) => [record.path, record]));
    this.#live = new RecordMap(records.filter(({ retired }) => !retired));
    this.#momentsLeft = moments;
    this.#stops = stops;
    this.bodies = new Bodies(pick);
  }

  /** The stored journal. */
  get text(): string {
    return JSON.stringify([...this.#stored.values()]);
  }

  /** What is stored now; later changes don't show in it. */
  get records(): Records {
    return new Map(this.#stored);
  }

  /** What is stored at a path. */
  record(path: string): StepRecord | undefined {
    return this.#stored.get(path);
  }

  /** The records whose outcome stands in the way of what comes next. */
  get standing(): readonly StepRecord[] {
    return [...this.#stored.values()].filter(
      ({ outcome, retired }) => outcome && !retired && !isDone(outcome) && outcome.kind !== 'complete',
    );
  }

  async run(root: Node, start: State): Promise<{ readonly walked: Walked; readonly state: State }> {
    const state = StateLayer.of(start);
    const walking = walk(root, state, {
      journal: this.#live,
      replayed: nextTurn(),
      perform: (step, path, layer, scope) => this.#perform(step, path, layer, scope),
      lock: (path, keys, policy) => this.#lock(path, keys, policy),
      decide: (path, decision, covers) => this.#note({ ...this.#at(path), decision }, covers),
      fail: (path, failure, decision = null) => this.#fail(path, failure, decision),
      finish: (path, outcome, own) => this.#note({ ...this.#at(path), decision: this.#at(path).decision ?? null, outcome }, path, own),
    });
    const walked = await this.bodies.until(walking);
    if (this.#isCut() || this.#halted) {
      if (this.#stops) this.#store();
      return { walked: HALTED, state: state.toObject() };
    }
    this.#store();
    return { walked, state: state.toObject() };
  }

  /** What a person or another system does to a path that stands: an answer is a success with these changes. */
  answer(path: string, changes: Changes): void {
    this.#write({ ...this.#at(path), outcome: { kind: 'success', changes } });
  }

  /** What a due timer or a retry does to a path that stands. */
  clear(path: string): void {
    const { outcome, countsFrom, ...record } = this.#at(path);
    const tries = countsFrom.attempt + (outcome?.kind === 'cancelled' ? 0 : 1);
    this.#write({ ...record, outcome: null, countsFrom: { attempt: tries, at: 0 } });
  }

  async #perform(step: StepNode, path: string, state: StateLayer, scope: Scope): Promise<Walked> {
    if (this.#isCut()) return HALTED;
    const record = { ...this.#at(path), attempt: this.#at(path).attempt + 1 };
    this.#write(record);
    if (this.#isCut() && !this.#stops) return HALTED;
    this.performed.push(path);
    this.entries.set(path, state.toObject());
    const outcome = await this.bodies.run(path, () => outcomeOf(step, state, record, scope));
    if (this.#isCut() && !this.#stops) return HALTED;
    this.#write({ ...record, outcome });
    if (this.#isCut() && !this.#stops) return HALTED;
    return this.#at(path).outcome ?? HALTED;
  }

  /** `busy` is waited for at first, and `taken` is refused at first. */
  async #lock(path: string, keys: readonly string[], _policy: LockPolicy): Promise<Walked> {
    if (this.#isCut()) return HALTED;
    this.noted.push(path);
    const before = this.#at(path);
    const isFirst = before.countsFrom.attempt === 0;
    const refused: Failure = { code: 'lock_held', message: 'somebody holds it', retryable: true };
    const outcome: Outcome =
      isFirst && keys.includes('taken')
        ? failed(refused)
        : isFirst && keys.includes('busy')
          ? { kind: 'waiting', reason: 'somebody holds it' }
          : DONE;
    this.#write({ ...before, attempt: before.attempt + 1, decision: keys, outcome });
    return outcome;
  }

  #fail(path: string, failure: Failure, decision: Json): Outcome {
    const outcome = failed(failure);
    this.#note({ ...this.#at(path), attempt: this.#at(path).attempt + 1, outcome, decision, failure });
    return outcome;
  }

  /** Keeps a record to be stored with the next group; what it covers is retired together with it. */
  #note(record: StepRecord, covers?: string, own?: string): void {
    if (this.#halted && !this.#stops) return;
    this.noted.push(record.path);
    const covered = covers === undefined ? [] : this.#live.below(covers);
    const beside = own === undefined ? undefined : this.#live.get(own);
    this.#pending.push(...[...covered, ...(beside ? [beside] : [])].map((one) => ({ ...one, retired: true as const })), record);
    if (covers !== undefined) this.#live.forgetBelow(covers);
    this.#live.set(record);
  }

  #at(path: string): StepRecord {
    return this.#live.get(path) ?? { path, outcome: null, attempt: 0, countsFrom: { attempt: 0, at: 0 }, startedAt: 0 };
  }

  #write(record: StepRecord): void {
    this.#store();
    this.#keep(record);
    this.#live.set(this.#stored.get(record.path) as StepRecord);
  }

  #store(): void {
    this.stores++;
    for (const record of this.#pending) this.#keep(record);
    this.#pending = [];
  }

  #keep(record: StepRecord): void {
    this.#stored.set(record.path, deepFreeze(JSON.parse(JSON.stringify(record)) as Json) as unknown as StepRecord);
  }

  #isCut(): boolean {
    this.#halted ||= --this.#momentsLeft < 0;
    return this.#halted;
  }
}

async function outcomeOf(step: StepNode, state: StateLayer, { attempt, countsFrom }: StepRecord, scope: Scope): Promise<Outcome> {
  if (step.action.kind !== 'run') throw new StepwrightError('definition', 'these tests perform functions only');
  const { cancel, branching } = scope;
  const given = (await step.action.body.call(undefined, [state.toObject(), attempt, countsFrom.attempt, cancel])) as Given;
  if (given.kind === 'failed' && cancel?.aborted) return { kind: 'cancelled', by: String(cancel.reason) };
  if (given.kind === 'complete' && branching !== undefined)
    return failed(toFailure(new StepwrightError('bad_result', `a step inside "${branching}" can't complete everything`)));
  if (!('returned' in given)) return given;
  return { kind: given.kind, changes: toChanges(given.returned, state, `Step "${step.name}"`) };
}

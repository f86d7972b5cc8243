import { type Failure, StepwrightError } from '../../src/core/error.js';
import type { StepRecord } from '../../src/core/journal.js';
import { deepFreeze, type Json } from '../../src/core/json.js';
import { HALTED, type Node, type Walked } from '../../src/core/nodes/node.js';
import type { StepNode } from '../../src/core/nodes/step.js';
import { failed, type Outcome } from '../../src/core/outcome.js';
import { type Changes, type State, StateLayer, toChanges } from '../../src/core/state.js';
import { walk } from '../../src/core/walk.js';

/** What is stored, by path. */
export type Records = ReadonlyMap<string, StepRecord>;

/** What a step's function gives in these tests; changes are what it would return. Its arguments are the state and the attempt. */
export type Given =
  | { readonly kind: 'success' | 'complete'; readonly returned: unknown }
  | Exclude<Outcome, { kind: 'success' | 'complete' }>;

/**
 * Runs a tree on a journal that is kept as text, and can be cut: a walk that is cut records nothing more.
 *
 * Each of these moments is a place for a cut: before a step's start is recorded, after that, after its function has run, after its
 * outcome is recorded, and before a walk that has stopped is settled. Decisions and the failures of compositions are stored together
 * with the next start, or when the walk is settled.
 */
export class JournalRunner {
  /** The steps whose functions ran, in order. */
  readonly performed: string[] = [];
  /** The paths at which compositions recorded a decision or a failure, in order, stored or not. */
  readonly noted: string[] = [];
  /** How many starts of steps are stored, and with each of them what was noted before it. */
  starts = 0;
  readonly #records: Map<string, StepRecord>;
  #pending = new Map<string, StepRecord>();
  #momentsLeft: number;
  #halted = false;

  /** @param moments how many moments pass before the cut */
  constructor(text = '[]', moments = Number.POSITIVE_INFINITY) {
    const records = JSON.parse(text) as StepRecord[];
    this.#records = new Map(records.map((record) => [record.path, deepFreeze(record as unknown as Json) as unknown as StepRecord]));
    this.#momentsLeft = moments;
  }

  /** The stored journal. */
  get text(): string {
    return JSON.stringify([...this.#records.values()]);
  }

  /** What is stored now; later changes don't show in it. */
  get records(): Records {
    return new Map(this.#records);
  }

  /** What is stored at a path. */
  record(path: string): StepRecord | undefined {
    return this.#records.get(path);
  }

  /** The paths whose outcome stands in the way of what comes next. */
  get standing(): readonly StepRecord[] {
    return [...this.#records.values()].filter(({ outcome }) => outcome && !['success', 'skipped', 'complete'].includes(outcome.kind));
  }

  async run(root: Node, start: State): Promise<{ readonly walked: Walked; readonly state: State }> {
    const state = StateLayer.of(start);
    const walked = await walk(root, state, {
      journal: { get: (path) => this.#pending.get(path) ?? this.#records.get(path) },
      perform: (step, path, layer) => this.#perform(step, path, layer),
      decide: (path, decision) => this.#decide(path, decision),
      fail: (path, failure) => this.#fail(path, failure),
    });
    if (this.#isCut()) return { walked: HALTED, state: state.toObject() };
    this.#store();
    return { walked, state: state.toObject() };
  }

  /** What a person or another system does to a path that stands: an answer is a success with these changes. */
  answer(path: string, changes: Changes): void {
    this.#write({ ...this.#at(path), outcome: { kind: 'success', changes } });
  }

  /** What a due timer or a retry does to a path that stands. */
  clear(path: string): void {
    this.#write({ ...this.#at(path), outcome: null });
  }

  async #perform(step: StepNode, path: string, state: StateLayer): Promise<Walked> {
    this.#refuseAfterHalt();
    if (this.#isCut()) return HALTED;
    this.#store();
    const record = { ...this.#at(path), attempt: this.#at(path).attempt + 1 };
    this.#write(record);
    this.starts++;
    if (this.#isCut()) return HALTED;
    this.performed.push(path);
    const outcome = await outcomeOf(step, state, record.attempt);
    if (this.#isCut()) return HALTED;
    this.#write({ ...record, outcome });
    if (this.#isCut()) return HALTED;
    return this.#at(path).outcome ?? HALTED;
  }

  #decide(path: string, decision: Json): void {
    this.#refuseAfterHalt();
    this.noted.push(path);
    this.#pending.set(path, { ...this.#at(path), decision });
  }

  #fail(path: string, failure: Failure): Outcome {
    this.#refuseAfterHalt();
    this.noted.push(path);
    this.#pending.set(path, { ...this.#at(path), outcome: failed(failure), failure });
    return failed(failure);
  }

  #at(path: string): StepRecord {
    return this.#records.get(path) ?? { path, outcome: null, attempt: 0, countsFrom: { attempt: 0, at: 0 }, startedAt: 0 };
  }

  #write(record: StepRecord): void {
    const stored = JSON.parse(JSON.stringify(record)) as Json;
    this.#records.set(record.path, deepFreeze(stored) as unknown as StepRecord);
  }

  #store(): void {
    for (const record of this.#pending.values()) this.#write(record);
    this.#pending = new Map();
  }

  #isCut(): boolean {
    this.#halted ||= --this.#momentsLeft < 0;
    return this.#halted;
  }

  #refuseAfterHalt(): void {
    if (this.#halted) throw new Error('the walk went on after it was halted');
  }
}

async function outcomeOf(step: StepNode, state: StateLayer, attempt: number): Promise<Outcome> {
  if (step.action.kind !== 'run') throw new StepwrightError('definition', 'these tests perform functions only');
  const given = (await step.action.body.call(undefined, [state.toObject(), attempt])) as Given;
  if (!('returned' in given)) return given;
  return { kind: given.kind, changes: toChanges(given.returned, state, `Step "${step.name}"`) };
}

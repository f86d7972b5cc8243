import type { Failure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { HALTED } from '../../core/nodes/node.js';
import { isLockPath } from '../../core/nodes/with-lock.js';
import { failed, isDone, type Outcome } from '../../core/outcome.js';
import { START_PATH } from '../../core/path.js';
import { isEnded, type ProcessStatus, settleEvent, transition } from '../../core/process.js';
import type { StateLayer } from '../../core/state.js';
import { walk } from '../../core/walk.js';
import type { Workflow } from '../../core/workflow.js';
import type { ProcessRow, ProcessWrite } from '../../ports/process-store.js';
import { clear } from '../edits/editor.js';
import type { EngineParts } from '../parts.js';
import { initialState, stateNow } from '../state-at.js';
import { Bodies } from './bodies.js';
import { takeKeptCalls } from './kept-call.js';
import { takeLocks } from './locks.js';
import type { Entry } from './outbox.js';
import { recordDecision, recordEnd, recordFailure } from './own-records.js';
import { Recorder } from './recorder.js';
import { isUndoPath, undoMark } from './undo-mark.js';
import { UndoRun } from './undo-run.js';

/*
 * Moves one claimed process until it settles: load → walk → perform → commit.
 *
 * An edit from outside (an answer, a retry) starts a new round: the journal is read again and walked anew. Steps that are being performed
 * are not started again: the new walk waits for what they give. The old walk stops at its next step.
 *
 * A process that is to be taken back is not walked: its running steps are waited for, and then their undos are performed.
 */
export class ProcessRun {
  readonly #parts: EngineParts;
  readonly #workflow: Workflow;
  readonly #journal: Recorder;
  readonly #bodies: Bodies;
  readonly #undo: UndoRun;
  readonly #cancel = new AbortController();
  /** What takes the place of a second request for the same locks, while the first is under way. */
  readonly #locking = new Map<string, ReturnType<typeof takeLocks>>();
  #round = 0;
  #newRound: () => void = () => undefined;
  #stopping = false;

  /** @param self gives the object that the steps are methods of; where that throws, the step has failed */
  constructor(parts: EngineParts, workflow: Workflow, self: () => unknown, row: ProcessRow) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#journal = new Recorder(parts, row, (reason) => this.lose(reason));
    this.#bodies = new Bodies(parts, workflow, self, this.#journal, this.#cancel.signal);
    this.#undo = new UndoRun(parts, workflow, self, this.#journal, this.#cancel.signal);
  }

  /** An edit from outside has been stored: walk again, from the journal as it is now. */
  edited(): void {
    this.#round++;
    this.#newRound();
  }

  /** Looks at the process as it now is in the store: it may have been taken, aborted or edited by another engine. */
  compare(now: ProcessRow | undefined): void {
    const { epoch, revision } = this.#journal.row;
    if (!now || now.epoch > epoch) this.lose('another runner has taken this process, or it was aborted');
    else if (now.revision > revision) this.edited();
  }

  /** Starts no further step; running bodies are waited for, and the process is left to be found by the next runner. */
  stop(): void {
    this.#stopping = true;
    this.#undo.stop();
  }

  /** The process is no longer this runner's: running bodies are told through their signals, and nothing more is stored. */
  lose(reason: string): void {
    this.#journal.lose();
    this.#cancel.abort(new Error(reason));
    this.edited();
  }

  /** Runs until the process settles, is stopped, or is lost. */
  async run(): Promise<void> {
    try {
      while (!(await this.#once())) if (this.#journal.lost) return;
    } catch (error) {
      this.#journal.lose();
      this.#cancel.abort(error);
      throw error;
    }
  }

  /** One round; true when there is nothing more to do here. */
  async #once(): Promise<boolean> {
    const round = this.#round;
    const interrupted = new Promise<'edited'>((resolve) => {
      this.#newRound = () => resolve('edited');
    });
    const loaded = await this.#journal.load();
    if (!loaded || this.#journal.lost) return true;
    if (round !== this.#round) return false;
    if (this.#journal.row.status === 'undoing') return this.#takeBack();
    await takeKeptCalls(this.#journal, this.#bodies);
    if (round !== this.#round) return false;
    const state = initialState(this.#journal.get(START_PATH));
    const walking = walk(this.#workflow.body, state, {
      journal: this.#journal,
      // The timers' turn comes when all promises that hang on the journal alone have settled.
      replayed: new Promise((resolve) => setImmediate(resolve)),
      perform: async (step, path, layer, scope) => (this.#isOver(round) ? HALTED : this.#bodies.perform(step, path, layer, scope)),
      lock: async (path, keys, policy) => {
        if (this.#isOver(round)) return HALTED;
        const locking = this.#locking.get(path) ?? takeLocks(this.#parts, this.#journal, path, keys, policy);
        this.#locking.set(path, locking);
        return locking.finally(() => this.#locking.delete(path));
      },
      underWay: (path, scope) => this.#locking.get(path) ?? this.#bodies.underWay(path, scope),
      decide: (path, decision, covers) => {
        if (round === this.#round) recordDecision(this.#journal, path, decision, covers);
      },
      fail: (path, failure, decision = null) => {
        if (round === this.#round) recordFailure(this.#journal, path, failure, decision);
        return failed(failure);
      },
      finish: (path, outcome, own) => {
        if (round === this.#round) recordEnd(this.#journal, path, outcome, own);
      },
    });
    const walked = await Promise.race([walking, interrupted, this.#journal.broken]);
    if (walked === 'edited') {
      walking.catch((error: unknown) =>
        this.#parts.logger.error({ process: this.#journal.row.id, err: error }, 'a walk that was left broke'),
      );
      return false;
    }
    if (round !== this.#round) return false;
    if (walked.kind === 'halted') return this.#leave();
    // A call may have come while what its step gave was being stored.
    if (await takeKeptCalls(this.#journal, this.#bodies)) return false;
    return round === this.#round && (await this.#settle(walked, state));
  }

  #isOver(round: number): boolean {
    return round !== this.#round || this.#stopping;
  }

  /** Stores where the process stands now; false when an edit came first, or it is to be taken back, so that there is more to do. */
  async #settle(outcome: Outcome, state: StateLayer): Promise<boolean> {
    const { row } = this.#journal;
    if (outcome.kind === 'cancelled' && (await this.#clearCancelled())) return false;
    if (outcome.kind === 'failed' && this.#workflow.onFailure === 'undo') {
      const { failure } = outcome;
      const entries = [{ record: undoMark(failure, this.#journal.now()) }];
      await this.#stand('undoing', { failure, snapshot: state.toObject(), entries });
      return false;
    }
    // A sibling's failure keeps it from taking what it would get now; others are not to wait for that.
    const stopped = this.#locksAsked().filter((record) => record.outcome === null);
    return this.#stand(transition(row.status, settleEvent(outcome)), {
      failure: outcome.kind === 'failed' ? outcome.failure : null,
      snapshot: state.toObject(),
      entries: [{ releaseLocks: stopped.map(({ path }) => path) }],
    });
  }

  /** The records of locks that are asked for, and not held yet. */
  #locksAsked(): readonly StepRecord[] {
    return [...this.#journal.values()].filter(({ path, outcome }) => isLockPath(path) && !(outcome && isDone(outcome)));
  }

  /** What a sibling's failure had stopped goes on where that failure is gone meanwhile: retried, or skipped; false for nothing. */
  async #clearCancelled(): Promise<boolean> {
    const stopped = [...this.#journal.values()].filter(({ outcome }) => outcome?.kind === 'cancelled');
    if (stopped.length === 0) return false;
    const at = this.#journal.now();
    // A person may be skipping one of them at this moment; then that counts.
    const entries = stopped.map((record): Entry => {
      const { path, attempt } = record;
      return {
        record: { ...clear(record), countsFrom: { attempt, at } },
        fact: { type: 'step_cleared', path, at, data: { attempt } },
      };
    });
    await this.#stand(this.#journal.row.status, { entries });
    return true;
  }

  /** Takes the process back, once the steps that still run have ended. */
  async #takeBack(): Promise<boolean> {
    await this.#atRest();
    await this.#giveUpWaits();
    const end = this.#journal.lost ? undefined : await Promise.race([this.#undo.run(), aborted(this.#cancel.signal)]);
    if (this.#journal.lost || !end) return true;
    if (end.kind === 'halted') return this.#leave();
    if (end.kind === 'waiting') return this.#stand('undoing', {});
    const { undo: _undo, ...failure } = this.#journal.row.failure ?? UNNAMED;
    const snapshot = (await stateNow(this.#workflow, [...this.#journal.values()])).toObject();
    if (end.left.length === 0) return this.#stand('undone', { failure, snapshot });
    return this.#stand('failed', { failure: { ...failure, undo: end.left }, snapshot });
  }

  /** What a step began to wait for while the process was already to be taken back, and the locks that it does not hold yet. */
  async #giveUpWaits(): Promise<void> {
    if (!(await this.#journal.flush())) return;
    const waits = (await this.#parts.store.waits(this.#journal.row.id)).filter(({ path }) => !isUndoPath(path));
    const asked = this.#locksAsked();
    if (waits.length + asked.length === 0) return;
    this.#journal.record({ closeWaits: waits.map(({ path }) => path), releaseLocks: asked.map(({ path }) => path) });
  }

  /** Resolves when nothing is under way here any more, or the process is lost. */
  async #atRest(): Promise<void> {
    const locks = Promise.allSettled(this.#locking.values());
    await Promise.race([Promise.all([this.#bodies.settled(), locks]), aborted(this.#cancel.signal)]);
  }

  /** Stores where the process stands; false when an edit came first. One that runs on, or begins to be taken back, stays claimed. */
  async #stand(status: ProcessStatus, { failure, snapshot, entries = [] }: Standing): Promise<boolean> {
    const { row } = this.#journal;
    const now = this.#journal.now();
    const isChange = status !== row.status;
    const goesOn = status === 'running' || (status === 'undoing' && isChange);
    const told: Entry = isChange ? { fact: { type: 'process_status', at: now, data: { status } } } : {};
    const result = await this.#journal.write([...entries, told], {
      expect: { revision: row.revision },
      change: {
        updatedAt: now,
        status,
        // So that an edit that was drafted before this, such as an abort, is drafted anew.
        revision: row.revision + 1,
        ...(goesOn ? {} : { claimedBy: null }),
        ...(failure === undefined ? {} : { failure }),
        ...(isEnded(status) ? { endedAt: now } : {}),
      },
      ...(snapshot ? { snapshot } : {}),
      ...(isEnded(status) ? { releaseLocks: 'all' } : {}),
      ...(isEnded(status) || (status === 'undoing' && isChange) ? { closeWaits: 'all' } : {}),
    });
    return result.stored;
  }

  /** Waits for running bodies, stores what they gave, and lets the process go as it is; or until it is lost. */
  async #leave(): Promise<boolean> {
    await this.#atRest();
    if (!this.#journal.lost) await this.#journal.write({}, { change: { updatedAt: this.#journal.now(), claimedBy: null } });
    return true;
  }
}

/** What is stored with a status. */
interface Standing extends Pick<ProcessWrite, 'snapshot'> {
  /** null clears it. */
  readonly failure?: Failure | null;
  readonly entries?: readonly Entry[];
}

/** Why a process is taken back that does not say so itself. */
const UNNAMED: Failure = { code: 'aborted', message: 'it was to be taken back', retryable: false };

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

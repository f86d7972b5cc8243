import type { ProcessFact } from '../../../core/event.js';
import { isObject } from '../../../core/json.js';
import type { Engine } from '../../../engine/engine.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { StepStatus } from '../output/marks.js';
import type { StepMove } from '../output/progress.js';

/** Where facts about processes come from: an engine, or what another one stores. */
export type FactSource = Pick<Engine, 'onFact' | 'get'>;

/** Ends the watch once every move so far has been told. */
export type EndWatch = () => Promise<void>;

/** Tells of every step that the engine moves, one after another, with what its record knows beyond the bare fact. */
export function watchSteps(engine: FactSource, tell: (move: StepMove) => void): EndWatch {
  const started = new Map<string, number>();
  let telling: Promise<unknown> = Promise.resolve();
  const end = engine.onFact((process, fact) => {
    const move = toMove(process, fact, started);
    if (move) telling = telling.then(async () => tell(await withRecord(engine, move)));
    if (isStop(fact))
      telling = telling.then(async () => {
        for (const wait of await lockWaits(engine, process, fact.at)) tell(wait);
      });
  });
  return async () => {
    end();
    await telling;
  };
}

function toMove(process: string, { type, path, at, data }: ProcessFact, started: Map<string, number>): StepMove | undefined {
  if (path === undefined) return undefined;
  const known = isObject(data) ? data : {};
  const attempt = typeof known.attempt === 'number' ? { attempt: known.attempt } : {};
  const key = `${process} ${path}`;
  if (type === 'step_started') {
    started.set(key, at);
    return { process, path, at, status: 'running', ...attempt };
  }
  const who = typeof known.by === 'string' ? { who: known.by } : {};
  switch (type) {
    case 'step_answered':
      return { process, path, at, status: 'answered', ...who };
    case 'callback_answered':
      return { process, path, at, status: 'answered', who: 'a call' };
    case 'callback_progress':
      return { process, path, at, status: 'awaiting_callback', reason: JSON.stringify(data) };
    case 'step_skipped':
      return { process, path, at, status: 'skipped', ...who, ...(typeof known.reason === 'string' ? { reason: known.reason } : {}) };
    case 'step_cleared':
      // Whoever waits for locks goes on when they are free, and then has them.
      return path.endsWith('#lock') ? { process, path, at, status: 'success' } : undefined;
    case 'step_ended':
      break;
    default:
      return undefined;
  }
  const from = started.get(key);
  started.delete(key);
  return { process, path, at, status: known.outcome as StepStatus, ...attempt, ...(from === undefined ? {} : { duration: at - from }) };
}

/** Whether a process has stopped to wait for something. */
function isStop({ type, data }: ProcessFact): boolean {
  return type === 'process_status' && isObject(data) && (data.status === 'waiting' || data.status === 'suspended');
}

/** A wait for a lock is no fact of its own. */
async function lockWaits(engine: FactSource, process: string, at: number): Promise<readonly StepMove[]> {
  const { waits } = (await engine.get(process).catch(() => undefined)) ?? { waits: [] };
  return waits.flatMap(({ kind, path, reason }) => (kind === 'lock' ? [{ process, path, at, status: 'waiting' as const, reason }] : []));
}

/** A fact says what became of a step; why, and until when, stands in its record. */
async function withRecord(engine: FactSource, move: StepMove): Promise<StepMove> {
  if (move.status === 'success' || move.status === 'running' || move.status === 'answered' || move.who !== undefined) return move;
  const details = await engine.get(move.process).catch(() => undefined);
  return details ? { ...move, ...recorded(details, move) } : move;
}

/** What a process's record of a path adds, where it is still the record of this move. */
function recorded({ records }: ProcessDetails, { path, status, attempt: moved }: StepMove): Partial<StepMove> {
  const { outcome, attempt } = records.find((record) => record.path === path) ?? {};
  if (outcome?.kind !== status || (moved ?? attempt) !== attempt) return {};
  switch (outcome.kind) {
    case 'failed':
      return { failure: outcome.failure };
    case 'waiting':
      return {
        reason: outcome.reason,
        ...(outcome.until === undefined ? {} : { until: outcome.until }),
        ...(outcome.failure ? { failure: outcome.failure } : {}),
      };
    case 'skipped':
    case 'aborted':
      return { reason: outcome.reason };
    case 'suspended':
      return outcome.assignee === undefined ? {} : { who: outcome.assignee };
    case 'awaiting_callback':
      return outcome.expiresAt === undefined ? {} : { until: outcome.expiresAt };
    default:
      return {};
  }
}

import type { ProcessFact } from '../../../core/event.js';
import { isObject } from '../../../core/json.js';
import type { Engine } from '../../../engine/engine.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { StepStatus } from '../output/marks.js';
import type { StepMove } from '../output/progress.js';

/** Ends the watch once every move so far has been told. */
export type EndWatch = () => Promise<void>;

/** Tells of every step that the engine moves, one after another, with what its record knows beyond the bare fact. */
export function watchSteps(engine: Engine, tell: (move: StepMove) => void): EndWatch {
  const started = new Map<string, number>();
  let telling: Promise<unknown> = Promise.resolve();
  const end = engine.onFact((process, fact) => {
    const move = toMove(process, fact, started);
    if (move) telling = telling.then(async () => tell(await withRecord(engine, move)));
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
  if (type === 'step_answered')
    return { process, path, at, status: 'answered', ...(typeof known.by === 'string' ? { who: known.by } : {}) };
  if (type !== 'step_ended') return undefined;
  const from = started.get(key);
  started.delete(key);
  return { process, path, at, status: known.outcome as StepStatus, ...attempt, ...(from === undefined ? {} : { duration: at - from }) };
}

/** A fact says what became of a step; why, and until when, stands in its record. */
async function withRecord(engine: Engine, move: StepMove): Promise<StepMove> {
  if (move.status === 'success' || move.status === 'running' || move.status === 'answered') return move;
  const details = await engine.get(move.process).catch(() => undefined);
  return details ? { ...move, ...recorded(details, move) } : move;
}

/** What a process's record of a path adds, where it is still the record of this move. */
function recorded({ records }: ProcessDetails, { path, status }: StepMove): Partial<StepMove> {
  const outcome = records.find((record) => record.path === path)?.outcome;
  if (outcome?.kind !== status) return {};
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
    default:
      return {};
  }
}

import { type Failure, hasCode, toFailure } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { Child } from '../../core/nodes/step.js';
import { failed, type Outcome } from '../../core/outcome.js';
import { START_PATH } from '../../core/path.js';
import { isEnded } from '../../core/process.js';
import type { StateView } from '../../core/state.js';
import type { ProcessRow, ProcessStore } from '../../ports/process-store.js';
import type { EngineParts } from '../parts.js';

/**
 * Starts a step's child process, or looks how it stands. All of it may be done twice: after a crash it finds the same child.
 *
 * A child that failed fails the step; a person's retry of the step retries the child. One that ended otherwise is started anew then.
 */
export async function performChild(
  parts: EngineParts,
  parent: ProcessRow,
  child: Child,
  started: StepRecord,
  state: StateView,
): Promise<Outcome> {
  const { store, peers } = parts;
  try {
    const workflow = typeof child.workflow === 'function' ? child.workflow() : child.workflow;
    const chain = await ancestry(store, parent);
    if (chain.includes(workflow)) return failed(cycle([...chain, workflow]));
    // Waking up costs an attempt too: only the first one since a person's retry may do more than look at a child that is there.
    const isRetry = started.countsFrom.attempt > 0 && started.attempt - started.countsFrom.attempt === 1;
    let latest = await latestChild(store, parent.id, started.path);
    if (isRetry && latest?.status === 'failed') latest = await retryChild(parts, latest.id);
    if (!latest || (isRetry && isEnded(latest.status) && latest.status !== 'completed')) {
      const input = child.input?.(state.toObject());
      const key = `${parent.id}:${encodeURIComponent(started.path)}:${started.attempt}`;
      const { id } = await peers.start(workflow, input, { idempotencyKey: key, parent: { process: parent.id, path: started.path } });
      latest = await store.process(id);
    }
    return latest ? await outcomeOf(latest, child, store) : failed(toFailure(new Error('the child process is gone')));
  } catch (error) {
    if (hasCode(error, 'store_unavailable')) throw error; // not the step's failure: it is performed anew when the store is back
    return failed(toFailure(error));
  }
}

/** Has what failed in a child performed anew, and gives the child as it is then; somebody may have done so meanwhile. */
export async function retryChild({ store, peers }: EngineParts, id: string): Promise<ProcessRow | undefined> {
  try {
    await peers.retry(id);
  } catch (error) {
    if (!hasCode(error, 'wrong_status')) throw error;
  }
  return store.process(id);
}

/** Has a child taken back, unless it is already, or has ended by itself meanwhile. */
export async function undoChild({ store, peers }: EngineParts, id: string, reason: string): Promise<void> {
  try {
    await peers.abort(id, { reason, undo: true });
  } catch (error) {
    const now = hasCode(error, 'wrong_status') ? await store.process(id) : undefined;
    if (now?.status !== 'undoing' && now?.status !== 'undone' && now?.status !== 'completed') throw error;
  }
}

async function outcomeOf(row: ProcessRow, { wait, resultKey }: Child, store: ProcessStore): Promise<Outcome> {
  const { id, status, workflow } = row;
  if (!wait) return { kind: 'success', changes: { set: { [resultKey]: { id } }, unset: [] } };
  if (status === 'completed') {
    const state = ((await store.snapshot(id)) ?? {}) as Json;
    return { kind: 'success', changes: { set: { [resultKey]: { id, status, state } }, unset: [] } };
  }
  if (status === 'failed' || isEnded(status)) {
    const message = `The child process ${id} (${workflow}) is ${status}${row.failure ? `: ${row.failure.message}` : ''}.`;
    return failed({
      code: 'child_failed',
      message,
      details: { process: id, status },
      ...(row.failure ? { cause: row.failure } : {}),
      retryable: true,
    });
  }
  return { kind: 'waiting', child: id, reason: `the child process ${id} (${workflow}) is to end` };
}

/** Whether a process has ended before it began with a step. */
export async function hasDoneNothing(store: ProcessStore, id: string): Promise<boolean> {
  return (await store.records(id)).every(({ path }) => path === START_PATH);
}

/** The newest child that a step started. */
export async function latestChild(store: ProcessStore, parent: string, path: string): Promise<ProcessRow | undefined> {
  const children = await store.list({ parent, limit: Number.MAX_SAFE_INTEGER });
  return children.find((row) => row.parent?.path === path);
}

/** The workflows from the first ancestor down to the process itself. */
async function ancestry(store: ProcessStore, row: ProcessRow): Promise<readonly string[]> {
  const names = [row.workflow];
  for (let at = row.parent; at; ) {
    const above = await store.process(at.process);
    if (!above) break;
    names.unshift(above.workflow);
    at = above.parent;
  }
  return names;
}

function cycle(names: readonly string[]): Failure {
  return {
    code: 'child_cycle',
    message: `Workflows that start one another in a circle are refused: ${names.join(' → ')}.`,
    details: { workflows: names },
    retryable: false,
  };
}

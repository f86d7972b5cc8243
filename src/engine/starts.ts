import { StepwrightError } from '../core/error.js';
import type { FormReply } from '../core/form.js';
import type { StepRecord } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { START_PATH } from '../core/path.js';
import { type Changes, StateLayer } from '../core/state.js';
import type { Workflow } from '../core/workflow.js';
import type { ProcessRow } from '../ports/process-store.js';
import type { EngineParts } from './parts.js';
import { refusal } from './refusals.js';
import type { Registry } from './registry.js';
import { success } from './run/perform-step.js';

/** How a process is started. */
export interface StartOptions {
  /** The same key starts one process, however often it is used: a second start gives the first one's process. */
  readonly idempotencyKey?: string;
  /** Who starts it. */
  readonly by?: string;
  /** The process, and the path of its step, that starts it. */
  readonly parent?: { readonly process: string; readonly path: string };
}

/** What became of a start. */
export interface Started {
  readonly id: string;
  /** Whether the process was there already, by its idempotency key. */
  readonly existed: boolean;
}

/** What a workflow's initial form says to these answers; a workflow without one takes none. */
export async function tryStart(registry: Registry, workflow: Workflow, answers: readonly Json[]): Promise<FormReply> {
  if (workflow.initialForm) return workflow.initialForm(registry.instance(workflow), [], answers);
  if (answers.length === 0) return { kind: 'done', value: undefined };
  return {
    kind: 'refused',
    errors: [
      { page: 0, field: '', message: 'it has no initial form, so it takes no input; start it without, or give it an @initialForm()' },
    ],
  };
}

/** Stores a new process with its first state. */
export async function storeStart(
  parts: EngineParts,
  registry: Registry,
  workflow: Workflow,
  answers: readonly Json[],
  options: StartOptions,
): Promise<Started> {
  const { clock, random, store, queue, models } = parts;
  if (options.idempotencyKey !== undefined) {
    const existing = await store.processByKey(options.idempotencyKey);
    if (existing) return sameStart(existing, workflow, options.idempotencyKey);
  }
  const what = `The initial form of workflow "${workflow.name}"`;
  const reply = await tryStart(registry, workflow, answers);
  if (reply.kind !== 'done') throw refusal(reply, workflow.initialForm ? what : `Workflow "${workflow.name}"`);
  const { outcome, models: made } = success(reply.value, 'success', { what, state: new StateLayer(), models });
  const at = clock.now();
  const id = random.uuid();
  const start: StepRecord = {
    path: START_PATH,
    outcome: outcome.kind === 'success' ? { kind: 'success', changes: withProduct(outcome.changes, workflow) } : outcome,
    attempt: 1,
    countsFrom: { attempt: 0, at },
    startedAt: at,
    endedAt: at,
    ...(options.by === undefined ? {} : { by: options.by }),
  };
  const row: ProcessRow = {
    id,
    workflow: workflow.name,
    target: workflow.target,
    ...(workflow.product === undefined ? {} : { product: workflow.product }),
    status: 'created',
    revision: 0,
    epoch: 0,
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.by === undefined ? {} : { createdBy: options.by }),
    ...(options.parent ? { parent: options.parent } : {}),
    createdAt: at,
    updatedAt: at,
  };
  const result = await queue.submit({
    process: id,
    create: row,
    records: [start],
    facts: [
      { type: 'process_created', at, data: { workflow: workflow.name, ...(options.parent ? { parent: options.parent.process } : {}) } },
    ],
    ...(start.outcome?.kind === 'success' ? { snapshot: start.outcome.changes.set } : {}),
    ...(made.length > 0 ? { joined: models.save(made) } : {}),
  });
  if (result.stored) return { id, existed: false };
  if (result.why === 'refused') throw result.error;
  const existing = result.why === 'exists' ? await store.process(result.process) : undefined;
  if (existing && options.idempotencyKey !== undefined) return sameStart(existing, workflow, options.idempotencyKey);
  throw new StepwrightError('conflict', `The start of workflow "${workflow.name}" met another; try again.`, { retryable: true });
}

function sameStart(existing: ProcessRow, workflow: Workflow, key: string): Started {
  if (existing.workflow === workflow.name) return { id: existing.id, existed: true };
  throw new StepwrightError(
    'conflict',
    `The idempotency key "${key}" belongs to process ${existing.id} of workflow "${existing.workflow}"; use another for "${workflow.name}".`,
  );
}

/** A workflow that works on a product says so in the state, unless its form does. */
function withProduct(changes: Changes, workflow: Workflow): Changes {
  if (workflow.product === undefined || 'product' in changes.set) return changes;
  return { set: { ...changes.set, product: workflow.product }, unset: changes.unset };
}

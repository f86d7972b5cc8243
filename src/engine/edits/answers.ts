import { StepwrightError } from '../../core/error.js';
import type { FormReply } from '../../core/form.js';
import type { StepRecord } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { OpenWait } from '../../ports/process-store.js';
import { refusal } from '../refusals.js';
import { inject } from '../run/inject.js';
import { describeStep, success } from '../run/perform-step.js';
import { stepContext } from '../run/step-context.js';
import { stateAt } from '../state-at.js';
import { byWhom, type Editor } from './editor.js';
import { type Found, formId, openForm } from './open-form.js';

/** What an open form says to these answers; stores nothing. */
export async function tryAnswer(editor: Editor, id: string, answers: readonly Json[], form: string | undefined): Promise<FormReply> {
  const found = await editor.read(id);
  return (await reply(editor, found, await openForm(editor.parts.store, found, form), answers)).reply;
}

/** Records the answers of an open form as its step's success. */
export function answer(
  editor: Editor,
  id: string,
  answers: readonly Json[],
  form: string | undefined,
  by: string | undefined,
): Promise<void> {
  const { models: modelStore, store } = editor.parts;
  let asked = form;
  return editor.edit(id, async (found) => {
    const wait = await openForm(store, found, asked);
    asked = formId(wait); // whoever loses against another answer must not answer the next form by that
    const said = await reply(editor, found, wait, answers);
    const { what, state } = said;
    if (said.reply.kind !== 'done') throw refusal(said.reply, what);
    const { outcome, models } = success(said.reply.value, 'success', { what, state, models: modelStore });
    const at = editor.now(found);
    const record: StepRecord = { ...recordAt(found, wait.path, at), outcome, endedAt: at, ...byWhom(by) };
    return {
      event: 'answer',
      records: [record],
      closeWaits: [wait.path],
      facts: [{ type: 'step_answered', path: wait.path, at, data: byWhom(by) }],
      ...(models.length > 0 ? { joined: modelStore.save(models) } : {}),
    };
  });
}

/** What a form says to answers, with the state before it. */
export async function reply({ parts, registry }: Editor, found: Found, wait: OpenWait, answers: readonly Json[]) {
  const workflow = registry.get(found.row.workflow);
  const reached = await stateAt(workflow, found.records, wait.path);
  if (reached?.step.action.kind !== 'ask') {
    throw new StepwrightError(
      'wrong_status',
      `Workflow "${workflow.name}" has no input step that can be reached at "${wait.path}" any more: the definition has changed since the question was asked. Bring the step back to its place, or abort the process.`,
    );
  }
  const { step, state } = reached;
  const { form, parameters } = reached.step.action;
  const what = describeStep(step, workflow.name);
  // A form is free of side effects, so nobody aborts it.
  const { signal } = new AbortController();
  const context = stepContext(parts, found.row, { path: wait.path, attempt: wait.attempt, signal });
  const args = await inject(parameters, { what, state, context, models: parts.models });
  return { reply: await form(registry.instance(workflow), args, answers), what, state };
}

/** The record at a path, or a new one there. */
export function recordAt({ records }: Found, path: string, now: number): StepRecord {
  const before = records.find((record) => record.path === path);
  return before ?? { path, outcome: null, attempt: 1, countsFrom: { attempt: 0, at: now }, startedAt: now };
}

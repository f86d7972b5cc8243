import { StepwrightError } from '../../core/error.js';
import type { StepRecord } from '../../core/journal.js';
import { type Json, toJsonText } from '../../core/json.js';
import type { StepNode } from '../../core/nodes/step.js';
import { callbackPath } from '../../core/path.js';
import type { OpenWait } from '../../ports/process-store.js';
import { isFor, withCall } from '../run/kept-call.js';
import { describeStep, type Performed, success } from '../run/perform-step.js';
import { stateAt } from '../state-at.js';
import { recordAt } from './answers.js';
import type { Editor } from './editor.js';
import type { Found } from './open-form.js';

/**
 * Takes a call from another system as the end of the step that awaits it; one that comes while the step itself still runs is kept.
 * @returns the process that it was for
 * @throws StepwrightError `unknown_callback` for a token that was never given out, has been used, or is too late; `input_refused` for a
 * body that the step refuses. Then nothing is stored
 */
export async function answerCallback(editor: Editor, token: string, body: Json | undefined): Promise<string> {
  const { process, hash } = await placeOf(editor, token);
  await editor.edit(process, async (found) => {
    const wait = openCall(editor, found, hash);
    const { path } = wait;
    const at = editor.now(found);
    const record = recordAt(found, path, at);
    if (
      isFor(
        found.records.find((one) => one.path === callbackPath(path)),
        record,
      )
    )
      throw unknown();
    const { outcome, models } = await outcomeOf(editor, found, path, body);
    const isAwaiting = record.outcome?.kind === 'awaiting_callback';
    const kept: StepRecord = { ...record, path: callbackPath(path), outcome, decision: null, endedAt: at };
    return {
      event: 'answer',
      records: [isAwaiting && record.outcome ? { ...record, outcome: withCall(record.outcome, kept, record), endedAt: at } : kept],
      // One that waits for its next attempt goes on waiting for that; nobody can call any more.
      ...(wait.kind === 'callback' ? { closeWaits: [path] } : { openWaits: [withoutToken(wait)] }),
      facts: [{ type: 'callback_answered', path, at }],
      ...(models.length > 0 ? { joined: editor.parts.models.save(models) } : {}),
    };
  });
  return process;
}

/**
 * Keeps what another system tells of how far it is; it is shown with what the process waits for.
 * @throws StepwrightError `unknown_callback`, `not_json`
 */
export async function callbackProgress(editor: Editor, token: string, progress: Json): Promise<string> {
  const { process, hash } = await placeOf(editor, token);
  toJsonText(progress, 'The progress');
  await editor.edit(process, async (found) => {
    const wait = openCall(editor, found, hash);
    const at = editor.now(found);
    const { path } = wait;
    // Not the whole wait: its step may be ending just now, and open it anew with its deadline, or close it.
    return { progress: { path, tokenHash: hash, told: progress }, facts: [{ type: 'callback_progress', path, at, data: progress }] };
  });
  return process;
}

async function placeOf({ parts }: Editor, token: string): Promise<{ readonly process: string; readonly hash: string }> {
  const hash = parts.tokens.hash(token);
  const found = await parts.store.waitByToken(hash);
  if (!found) throw unknown();
  return { process: found.process, hash };
}

function openCall({ parts }: Editor, { waits }: Found, hash: string): OpenWait {
  const wait = waits.find((one) => one.tokenHash === hash);
  // The deadline of a step that waits for its next attempt is that attempt's.
  const isLate = wait?.kind === 'callback' && wait.deadline !== undefined && wait.deadline <= parts.clock.now();
  if (!wait || isLate) throw unknown();
  return wait;
}

function withoutToken({ tokenHash: _tokenHash, ...wait }: OpenWait): OpenWait {
  return wait;
}

/** What a call gives its step: what the step's own check keeps of it. */
async function outcomeOf(editor: Editor, found: Found, path: string, body: Json | undefined): Promise<Performed> {
  const workflow = editor.registry.get(found.row.workflow);
  const reached = await stateAt(workflow, found.records, path);
  const step: StepNode | undefined = reached?.step;
  if (!reached || step?.action.kind !== 'callback') {
    throw new StepwrightError(
      'wrong_status',
      `Workflow "${workflow.name}" has no callback step that can be reached at "${path}" any more: the definition has changed meanwhile. Bring the step back to its place, or abort the process.`,
    );
  }
  const { validate = (given: Json) => given, resultKey } = step.action.callback;
  const what = `What was sent to ${describeStep(step, workflow.name).replace(/^S/, 's')}`;
  toJsonText(body, what);
  const value: unknown = await validate(body ?? null);
  const { state } = reached;
  return success({ [resultKey]: value }, 'success', { what, state, models: editor.parts.models });
}

/** One answer for all of these: who guesses tokens learns nothing from it. */
function unknown(): StepwrightError {
  return new StepwrightError(
    'unknown_callback',
    'Nothing is awaited under this token: it was never given out, has been used, or came too late. Nothing was changed.',
  );
}

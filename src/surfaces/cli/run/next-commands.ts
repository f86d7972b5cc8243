import { stepsOf } from '../../../core/nodes/kinds.js';
import { UNDO_PATH, undoPath } from '../../../core/path.js';
import { isEnded, RUNNABLE } from '../../../core/process.js';
import type { Workflow } from '../../../core/workflow.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import { exampleAnswer } from '../input/example-answer.js';
import { shellCommand } from '../output/shell.js';
import { shortId } from '../output/short-id.js';
import { shownPath } from '../output/shown-path.js';
import { openForms } from './open-forms.js';

/** A command that may be typed next, and what it is for. */
export interface NextCommand {
  readonly purpose: string;
  readonly command: string;
}

/** So many open forms are offered one by one. */
const MANY_FORMS = 10;

/**
 * What can be done with a process as it stands, the most likely first.
 * @param workflow where it is loaded: it says whether there is anything to be taken back
 */
export function nextCommands(details: ProcessDetails, program: readonly string[], workflow?: Workflow): readonly NextCommand[] {
  const { id, status, claimedBy, waits, records } = details;
  const next = (purpose: string, command: string, ...words: string[]): NextCommand => ({
    purpose,
    command: shellCommand([...program, command, shortId(id), ...words]),
  });
  if (isEnded(status)) return [];
  const forms = openForms(details);
  const isTakenBack = records.some((record) => record.path === UNDO_PATH);
  const commands = forms.slice(0, MANY_FORMS).map(({ path, wait }) => {
    const which = forms.length > 1 ? ['--form', path] : [];
    return next(`answer ${path}`, 'resume', ...which, '--input', JSON.stringify(exampleAnswer(wait.form ?? {})));
  });
  for (const { child, path } of waits) {
    const command = child === undefined ? undefined : shellCommand([...program, 'show', shortId(child)]);
    if (command !== undefined) commands.push({ purpose: `look at what ${shownPath(path)} waits for`, command });
  }
  // Of one that is taken back, only its undos are tried again.
  const isTried = (path: string) => path.endsWith(undoPath('')) === isTakenBack;
  if (records.some(({ path, outcome }) => outcome?.kind === 'waiting' && outcome.failure && isTried(path)))
    commands.push(next('try at once', 'retry'));
  if (waits.some((wait) => wait.kind !== 'form')) commands.push(next('stay until it is done', 'resume', '--wait'));
  if (status === 'failed') commands.push(next(isTakenBack ? 'try again what could not be undone' : 'try again', 'retry'));
  // A dead program's claim stands until somebody looks for it, as resume does.
  if (RUNNABLE.includes(status) && !(status === 'undoing' && waits.length > 0))
    commands.push(next(claimedBy === undefined ? 'go on' : 'go on if interrupted', 'resume'));
  if (status === 'failed' && !isTakenBack && workflow && canBeTakenBack(workflow)) commands.push(next('take it back', 'abort', '--undo'));
  // What is being taken back can't be stopped.
  if (status !== 'undoing') commands.push(next('end it', 'abort'));
  return commands;
}

function canBeTakenBack({ body }: Workflow): boolean {
  for (const { node } of stepsOf(body)) if (node.undo || node.action.kind === 'child') return true;
  return false;
}

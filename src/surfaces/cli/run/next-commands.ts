import { isEnded } from '../../../core/process.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import { exampleAnswer } from '../input/example-answer.js';
import { shellCommand } from '../output/shell.js';
import { shortId } from '../output/short-id.js';
import { openForms } from './open-forms.js';

/** A command that may be typed next, and what it is for. */
export interface NextCommand {
  readonly purpose: string;
  readonly command: string;
}

/** What can be done with a process as it stands, the most likely first. */
export function nextCommands(details: ProcessDetails, program: readonly string[]): readonly NextCommand[] {
  const { id, status, claimedBy } = details;
  const next = (purpose: string, command: string, ...words: string[]): NextCommand => ({
    purpose,
    command: shellCommand([...program, command, shortId(id), ...words]),
  });
  if (isEnded(status)) return [];
  const forms = openForms(details);
  const commands = forms.map(({ path, wait }) => {
    const which = forms.length > 1 ? ['--form', path] : [];
    return next(`answer ${path}`, 'resume', ...which, '--input', JSON.stringify(exampleAnswer(wait.form ?? {})));
  });
  if (details.waits.some((wait) => wait.kind === 'timer'))
    commands.push(next('try at once', 'retry'), next('stay until it is done', 'resume', '--wait'));
  if (status === 'failed') commands.push(next('try again', 'retry'));
  // A dead program's claim stands until somebody looks for it, as resume does.
  if (status === 'running' || status === 'created')
    commands.push(next(claimedBy === undefined ? 'go on' : 'go on if interrupted', 'resume'));
  commands.push(next('end it', 'abort'));
  return commands;
}

import type { Json } from '../../../core/json.js';
import { isEnded } from '../../../core/process.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { ResumeFlags } from '../commands/resume.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { askForm } from '../input/ask-form.js';
import { exampleAnswer } from '../input/example-answer.js';
import { describeFields } from '../input/page-fields.js';
import { CANCELLED } from '../input/prompts.js';
import { readAnswers, readFormAnswers } from '../input/read-json.js';
import { terminalPrompts } from '../input/terminal-prompts.js';
import { usage } from '../io.js';
import { shellCommand } from '../output/shell.js';
import { shortId } from '../output/short-id.js';
import { moveProcess } from '../run/move-process.js';
import { type OpenForm, openForms, PreparedAnswers } from '../run/open-forms.js';
import { checkLoaded, openSession, processOf, type Session } from '../session.js';

/** Answers the form that a process waits for, or goes on with one that was interrupted. */
export async function resume(context: CommandContext, given: string, flags: ResumeFlags): Promise<ExitCode> {
  const input = flags.input === undefined ? undefined : await readAnswers(flags.input, '--input', context.io);
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', context.io);
  const session = await openSession(context, { existing: true });
  try {
    const { engine } = session;
    const details = await processOf(session, given);
    refuseStopped(details, session);
    checkLoaded(session, details);
    const workflow = engine.workflows.find((one) => one.name === details.workflow);
    if (workflow) new PreparedAnswers(answers).check(workflow);
    const form = flags.form ?? (openForms(details).length === 1 ? openForms(details)[0]?.id : undefined);
    const answer = input ?? (flags.answers === undefined ? await formAnswers(context, session, details, form) : undefined);
    if (answer === CANCELLED) return EXIT.interrupted;
    const begin = async () => {
      const { by } = context.globals;
      if (answer === undefined) await engine.tick(details.id);
      else await engine.resume(details.id, answer, { by, ...(form === undefined ? {} : { form }) });
      return details.id;
    };
    return await moveProcess(context, session, begin, { wait: flags.wait ?? false, undo: details.status === 'undoing', answers });
  } finally {
    await session.close();
  }
}

function refuseStopped({ id, status }: ProcessDetails, { command }: Session): void {
  if (isEnded(status)) throw usage(`Process ${id} is ${status}; there is nothing to resume.`);
  if (status === 'failed') throw usage(`Process ${id} has failed; try it again with: ${shellCommand([...command, 'retry', shortId(id)])}`);
}

/** The answers of an open form, from whoever sits at the terminal; undefined where none is open. */
async function formAnswers(
  context: CommandContext,
  session: Session,
  details: ProcessDetails,
  wanted: string | undefined,
): Promise<Json | undefined | typeof CANCELLED> {
  const forms = openForms(details);
  if (forms.length === 0 && wanted === undefined) return undefined;
  const form = forms.find((one) => one.id === wanted || one.path === wanted);
  if (!form) {
    const open = forms.length === 0 ? 'none is open' : `open are: ${forms.map(({ path }) => path).join(', ')}`;
    throw usage(
      wanted === undefined
        ? `Process ${details.id} has several open forms; name one with --form: ${forms.map(({ path }) => path).join(', ')}.`
        : `Process ${details.id} has no open form "${wanted}"; ${open}.`,
    );
  }
  const prompts = await terminalPrompts(context);
  if (!prompts) throw usage(needsInput(form, details, session, forms.length > 1));
  return askForm(
    prompts,
    form.path,
    (pages) => session.engine.tryAnswer(details.id, pages, { form: form.id }),
    new AbortController().signal,
  );
}

function needsInput({ path, wait }: OpenForm, { id }: ProcessDetails, { command }: Session, oneOfMany: boolean): string {
  const schema = wait.form ?? {};
  const again = shellCommand([
    ...command,
    'resume',
    shortId(id),
    ...(oneOfMany ? ['--form', path] : []),
    '--input',
    JSON.stringify(exampleAnswer(schema)),
  ]);
  return `The form "${path}" needs input. Page 1 takes:\n${describeFields(schema)}\nFor example: ${again}`;
}

import type { Json } from '../../../core/json.js';
import type { Workflow } from '../../../core/workflow.js';
import type { StartFlags } from '../commands/start.js';
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
import { moveProcess } from '../run/move-process.js';
import { PreparedAnswers } from '../run/open-forms.js';
import { openSession, type Session } from '../session.js';

/** Starts a workflow, and moves its process until it stops. */
export async function start(context: CommandContext, name: string | undefined, flags: StartFlags): Promise<ExitCode> {
  const wanted = workflowOf(name, flags);
  const given = flags.input === undefined ? undefined : await readAnswers(flags.input, '--input', context.io);
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', context.io);
  const session = await openSession(context, { workflow: wanted });
  try {
    const { workflow, engine } = session;
    if (!workflow) throw new TypeError('a session for a workflow has it');
    new PreparedAnswers(answers).check(workflow);
    const input = given ?? (await initialAnswers(context, session, workflow, wanted));
    if (input === CANCELLED) return EXIT.interrupted;
    const begin = async () => {
      const { by } = context.globals;
      const options = { by, ...(flags.idempotencyKey === undefined ? {} : { idempotencyKey: flags.idempotencyKey }) };
      const { id, existed } = await engine.start(workflow.name, input, options);
      if (existed) {
        context.printer.say(`Process ${id} was started with this key before.`);
        await engine.tick(id);
      }
      return id;
    };
    return await moveProcess(context, session, begin, { wait: flags.wait ?? false, answers });
  } finally {
    await session.close();
  }
}

function workflowOf(name: string | undefined, { workflow }: StartFlags): string {
  if (name !== undefined && workflow !== undefined)
    throw usage(`The workflow is named twice, as "${name}" and by --workflow ${workflow}; write one of them.`);
  const wanted = name ?? workflow;
  if (wanted === undefined)
    throw usage(
      'Say which workflow to start: stepwright start NAME, or stepwright start FILE[:EXPORT]. "stepwright workflows" lists them.',
    );
  return wanted;
}

/** The answers of the initial form, from whoever sits at the terminal; undefined for a workflow that asks nothing. */
async function initialAnswers(
  context: CommandContext,
  { engine, command }: Session,
  workflow: Workflow,
  wanted: string,
): Promise<Json | undefined | typeof CANCELLED> {
  const reply = await engine.tryStart(workflow.name);
  if (reply.kind !== 'page') return undefined;
  const prompts = await terminalPrompts(context);
  if (prompts) return askForm(prompts, workflow.name, (pages) => engine.tryStart(workflow.name, pages), new AbortController().signal);
  const { schema } = reply.page;
  const again = shellCommand([...command, 'start', wanted, '--input', JSON.stringify(exampleAnswer(schema))]);
  throw usage(`Workflow "${workflow.name}" needs input. Page 1 takes:\n${describeFields(schema)}\nFor example: ${again}`);
}

import { text } from 'node:stream/consumers';
import { tokenOf } from '../../../engine/run/step-context.js';
import type { CallbackFlags } from '../commands/callback.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readFormAnswers, readJson } from '../input/read-json.js';
import { type CliIo, usage } from '../io.js';
import { moveProcess } from '../run/move-process.js';
import { printReport } from '../run/print-report.js';
import { openSession } from '../session.js';

/** Answers the call that a step awaits, and moves its process until it stops; or tells how far the other system is. */
export async function callback(context: CommandContext, given: string, flags: CallbackFlags): Promise<ExitCode> {
  const { io } = context;
  if (given === '-' && flags.input === '-')
    throw usage('The token and --input are both to be read from standard input; give one in another way.');
  if (flags.progress && flags.input === undefined) throw usage(`--progress needs --input, such as '{"percent": 40}'.`);
  const token = await readToken(given, io);
  const body = flags.input === undefined ? null : await readJson(flags.input, '--input', io);
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', io);
  const session = await openSession(context, { existing: true });
  try {
    const { engine } = session;
    if (!flags.progress)
      return await moveProcess(context, session, () => engine.answerCallback(token, body), { wait: flags.wait ?? false, answers });
    await printReport(context, session, await engine.get(await engine.callbackProgress(token, body)));
    return EXIT.done;
  } finally {
    await session.close();
  }
}

async function readToken(given: string, { stdin }: CliIo): Promise<string> {
  const token = tokenOf((given === '-' ? await text(stdin) : given).trim());
  if (token !== '') return token;
  throw usage(given === '-' ? 'Standard input has no token in it.' : 'The token is empty.');
}

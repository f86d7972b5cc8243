import type { ForkFlags } from '../commands/fork.js';
import type { CommandContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { readFormAnswers, readObject } from '../input/read-json.js';
import { moveProcess } from '../run/move-process.js';
import { checkLoaded, openSession, processOf } from '../session.js';

/** Starts a process that continues another from a step, and moves it until it stops. */
export async function fork(context: CommandContext, given: string, flags: ForkFlags): Promise<ExitCode> {
  const { io, globals, printer } = context;
  const state = flags.state === undefined ? {} : { state: await readObject(flags.state, '--state', io) };
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', io);
  const session = await openSession(context, { existing: true });
  try {
    const details = await processOf(session, given);
    checkLoaded(session, details);
    const begin = async () => {
      const id = await session.engine.fork(details.id, { from: flags.from, by: globals.by, ...state });
      printer.say(`Process ${id} continues ${details.id} from "${flags.from}".`);
      return id;
    };
    return await moveProcess(context, session, begin, { wait: flags.wait ?? false, answers });
  } finally {
    await session.close();
  }
}

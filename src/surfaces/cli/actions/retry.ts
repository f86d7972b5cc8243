import type { RetryFlags } from '../commands/retry.js';
import type { CommandContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { readFormAnswers } from '../input/read-json.js';
import { moveProcess } from '../run/move-process.js';
import { checkLoaded, openSession, processOf } from '../session.js';

/** Tries again what has failed, and moves the process until it stops. */
export async function retry(context: CommandContext, given: string, flags: RetryFlags): Promise<ExitCode> {
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', context.io);
  const session = await openSession(context, { existing: true });
  try {
    const details = await processOf(session, given);
    checkLoaded(session, details);
    const begin = async () => {
      await session.engine.retry(details.id, { by: context.globals.by, ...(flags.path === undefined ? {} : { path: flags.path }) });
      return details.id;
    };
    const undo = details.status === 'undoing' || details.failure?.undo !== undefined;
    return await moveProcess(context, session, begin, { wait: flags.wait ?? false, undo, answers });
  } finally {
    await session.close();
  }
}

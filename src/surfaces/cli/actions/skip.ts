import type { SkipFlags } from '../commands/skip.js';
import type { CommandContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { readFormAnswers } from '../input/read-json.js';
import { moveProcess } from '../run/move-process.js';
import { checkLoaded, openSession, processOf } from '../session.js';

/** Records a step as skipped, and moves the process until it stops. */
export async function skip(context: CommandContext, given: string, path: string, flags: SkipFlags): Promise<ExitCode> {
  const answers = flags.answers === undefined ? {} : await readFormAnswers(flags.answers, '--answers', context.io);
  const session = await openSession(context, { existing: true });
  try {
    const details = await processOf(session, given);
    checkLoaded(session, details);
    const begin = async () => {
      await session.engine.skip(details.id, path, { by: context.globals.by, reason: flags.reason });
      return details.id;
    };
    return await moveProcess(context, session, begin, { wait: flags.wait ?? false, answers });
  } finally {
    await session.close();
  }
}

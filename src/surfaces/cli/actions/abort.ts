import type { AbortFlags } from '../commands/abort.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usage } from '../io.js';
import { moveProcess } from '../run/move-process.js';
import { printReport } from '../run/print-report.js';
import { checkLoaded, openSession, processOf } from '../session.js';

/** Ends a process; or takes it back, and shows the undos. */
export async function abort(context: CommandContext, given: string, flags: AbortFlags): Promise<ExitCode> {
  if (flags.wait && !flags.undo) throw usage('--wait goes with --undo: without it, a process is ended at once.');
  return flags.undo ? takeBack(context, given, flags) : end(context, given, flags);
}

async function end(context: CommandContext, given: string, { reason }: AbortFlags): Promise<ExitCode> {
  const { globals } = context;
  const session = await openSession(context, { existing: true, workflows: 'welcome' });
  try {
    const { id } = await processOf(session, given);
    await session.engine.abort(id, { by: globals.by, ...(reason === undefined ? {} : { reason }) });
    await printReport(context, session, await session.engine.get(id));
    return EXIT.done;
  } finally {
    await session.close();
  }
}

async function takeBack(context: CommandContext, given: string, { reason, wait = false }: AbortFlags): Promise<ExitCode> {
  const session = await openSession(context, { existing: true });
  try {
    const { engine } = session;
    const details = await processOf(session, given);
    checkLoaded(session, details);
    const begin = async () => {
      await engine.abort(details.id, { undo: true, by: context.globals.by, ...(reason === undefined ? {} : { reason }) });
      return details.id;
    };
    return await moveProcess(context, session, begin, { wait, undo: true });
  } finally {
    await session.close();
  }
}

import type { AbortFlags } from '../commands/abort.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { processRecord, processReport } from '../run/report.js';
import { openSession, processOf } from '../session.js';

/** Ends a process. */
export async function abort(context: CommandContext, given: string, { reason }: AbortFlags): Promise<ExitCode> {
  const { printer, globals } = context;
  const session = await openSession(context, { existing: true, workflows: 'welcome' });
  try {
    const { id } = await processOf(session, given);
    await session.engine.abort(id, { by: globals.by, ...(reason === undefined ? {} : { reason }) });
    const details = await session.engine.get(id);
    await printer.print([processRecord(details, session.command)], () => processReport(details, session.command, printer.style));
    return EXIT.done;
  } finally {
    await session.close();
  }
}

import type { ShowFlags } from '../commands/show.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { definitionOf, openSession, processOf } from '../session.js';
import { showRecord } from '../show/show-record.js';
import { showText } from '../show/show-text.js';
import { stepRows } from '../show/step-rows.js';

/** Shows a process with its steps. */
export async function show(context: CommandContext, given: string, { full = false, state = false }: ShowFlags): Promise<ExitCode> {
  const { printer } = context;
  const session = await openSession(context, { existing: true, workflows: 'welcome' });
  try {
    const details = await processOf(session, given);
    if (state) {
      await printer.print([details.state], () => JSON.stringify(details.state, undefined, 2));
      return EXIT.done;
    }
    const workflow = definitionOf(session, details);
    const rows = stepRows(details, workflow);
    const view = { style: printer.style, full, now: Date.now(), program: session.command, workflow };
    await printer.print([showRecord(details, rows, session.command, workflow)], () => showText(details, rows, view));
    return EXIT.done;
  } finally {
    await session.close();
  }
}

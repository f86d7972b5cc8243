import type { EditStateFlags } from '../commands/edit-state.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readObject } from '../input/read-json.js';
import { type CliIo, usage } from '../io.js';
import { printReport } from '../run/print-report.js';
import { checkLoaded, openSession, processOf } from '../session.js';

/** Changes the state of a process that has stopped, and shows how it stands. */
export async function editState(context: CommandContext, given: string, flags: EditStateFlags): Promise<ExitCode> {
  const { globals, io } = context;
  const changes = await readChanges(flags, io);
  const session = await openSession(context, { existing: true });
  try {
    const { engine } = session;
    const details = await processOf(session, given);
    checkLoaded(session, details);
    const { reason, before } = flags;
    await engine.editState(details.id, { changes, reason, by: globals.by, ...(before === undefined ? {} : { before }) });
    await printReport(context, session, await engine.get(details.id));
    return EXIT.done;
  } finally {
    await session.close();
  }
}

async function readChanges({ set, unset = [] }: EditStateFlags, io: CliIo): Promise<Readonly<Record<string, unknown>>> {
  if (set === undefined && unset.length === 0)
    throw usage('Say what to change: --set with keys and their new values, --unset with a key, or both.');
  const given = set === undefined ? {} : await readObject(set, '--set', io);
  const twice = unset.find((key) => Object.hasOwn(given, key));
  if (twice !== undefined) throw usage(`"${twice}" stands in --set and in --unset; write one of them.`);
  return { ...given, ...Object.fromEntries(unset.map((key) => [key, undefined])) };
}

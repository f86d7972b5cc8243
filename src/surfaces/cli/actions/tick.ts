import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { colorStatus } from '../output/marks.js';
import { processRecord } from '../run/report.js';
import { showSteps } from '../run/show-steps.js';
import { openSession } from '../session.js';

/** Moves what is due, once. */
export async function tick(context: CommandContext): Promise<ExitCode> {
  const { printer } = context;
  const session = await openSession(context);
  const { engine, command } = session;
  const steps = showSteps(engine, printer, { manyProcesses: true });
  try {
    const moved = await engine.tick();
    await steps.end();
    const all = await Promise.all(moved.map((id) => engine.get(id)));
    await printer.print(
      all.map((details) => processRecord(details, command)),
      () =>
        all.length === 0
          ? 'Nothing is due.'
          : all
              .map(({ id, workflow, status }) => `${printer.style.bold(workflow)}  ${colorStatus(status, printer.style)}  ${id}`)
              .join('\n'),
    );
    return EXIT.done;
  } finally {
    await steps.end();
    await session.close();
  }
}

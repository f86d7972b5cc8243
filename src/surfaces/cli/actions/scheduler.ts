import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { showSteps } from '../run/show-steps.js';
import { countWorkflows, untilStopped } from '../run/until-stopped.js';
import { openSession } from '../session.js';

/** Moves what is due, at its time, until a signal comes. */
export async function scheduler(context: CommandContext): Promise<ExitCode> {
  const { printer } = context;
  const session = await openSession(context);
  const { engine } = session;
  const steps = showSteps(engine, printer, { manyProcesses: true });
  let finished = true;
  try {
    finished = await untilStopped(context, {
      begin() {
        printer.say(`Moving what is due of ${countWorkflows(engine.workflows)}; stop with Ctrl-C.`);
        engine.runScheduler();
      },
      stop: () => engine.close(),
    });
    return finished ? EXIT.done : EXIT.interrupted;
  } finally {
    await steps.end();
    if (finished) await session.close();
  }
}

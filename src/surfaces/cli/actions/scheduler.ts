import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { watchInterrupts } from '../run/interrupts.js';
import { showSteps } from '../run/show-steps.js';
import { openSession, type Session } from '../session.js';

/** Moves what is due, at its time, until a signal comes. */
export async function scheduler(context: CommandContext): Promise<ExitCode> {
  const session = await openSession(context);
  const steps = showSteps(session.engine, context.printer, { manyProcesses: true });
  let finished = true;
  try {
    finished = await untilStopped(context, session);
    return finished ? EXIT.done : EXIT.interrupted;
  } finally {
    await steps.end();
    if (finished) await session.close();
  }
}

/** Runs until a signal comes and running steps have finished; false when a second signal left them running. */
async function untilStopped({ io, printer }: CommandContext, { engine }: Session): Promise<boolean> {
  let endInterrupts = (): void => undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const stop = () => {
        printer.say('Stopping after the running steps; Ctrl-C again leaves them to be performed anew.');
        engine.close().then(() => resolve(true), reject);
      };
      endInterrupts = watchInterrupts(io, { stop, giveUp: () => resolve(false) }).end;
      const { length } = engine.workflows;
      printer.say(`Moving what is due of ${length} ${length === 1 ? 'workflow' : 'workflows'}; stop with Ctrl-C.`);
      engine.runScheduler();
    });
  } finally {
    endInterrupts();
  }
}

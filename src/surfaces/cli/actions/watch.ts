import { isEnded, type ProcessStatus, RUNNABLE } from '../../../core/process.js';
import type { FactListener } from '../../../engine/engine.js';
import type { WatchFlags } from '../commands/watch.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode, statusExitCode } from '../exit-codes.js';
import { watchInterrupts } from '../run/interrupts.js';
import { printReport } from '../run/print-report.js';
import { showSteps } from '../run/show-steps.js';
import type { FactSource } from '../run/step-moves.js';
import { openSession, processOf, type Session } from '../session.js';

/** How often it is looked what others have stored, in milliseconds. */
const POLL = 300;

/** Shows what happens to a process, whoever moves it, until it stops. */
export async function watch(context: CommandContext, given: string, { wait = false }: WatchFlags): Promise<ExitCode> {
  const { printer, io } = context;
  const session = await openSession(context, { existing: true, workflows: 'welcome' });
  const stored = new StoredFacts(session);
  const steps = showSteps(stored, printer);
  const ignore = () => undefined;
  const { signal, end } = watchInterrupts(io, { stop: ignore, giveUp: ignore });
  try {
    const { id } = await processOf(session, given);
    await stored.follow(id, (status) => signal.aborted || hasStopped(status, wait), signal);
    await steps.end();
    const details = await session.engine.get(id);
    await printReport(context, session, details);
    return signal.aborted ? EXIT.interrupted : statusExitCode(details.status);
  } finally {
    end();
    await steps.end();
    await session.close();
  }
}

function hasStopped(status: ProcessStatus, wait: boolean): boolean {
  return wait ? isEnded(status) || status === 'failed' : !RUNNABLE.includes(status);
}

/** The facts that any engine stores about a process, told as an engine tells of its own. */
class StoredFacts implements FactSource {
  readonly #engine: Session['engine'];
  readonly #listeners = new Set<FactListener>();

  constructor({ engine }: Session) {
    this.#engine = engine;
  }

  readonly get: Session['engine']['get'] = (id) => this.#engine.get(id);

  onFact(listener: FactListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of every fact, from the first on, until the process stands so that it is enough. */
  async follow(id: string, isEnough: (status: ProcessStatus) => boolean, signal: AbortSignal): Promise<void> {
    for (let after = 0; ; ) {
      // Read before the facts, so that those which led to this status are among them.
      const [row] = await this.#engine.list({ idPrefix: id, limit: 1 });
      for (const { id: number, process, ...fact } of await this.#engine.facts(id, after)) {
        after = number;
        for (const listener of this.#listeners) listener(process, fact);
      }
      if (!row || isEnough(row.status)) return;
      await pause(signal);
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, POLL);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

import { divertConsole } from '../output/divert-console.js';
import type { Printer } from '../output/printer.js';
import { type FactSource, watchSteps } from './step-moves.js';

/** Steps that are shown while the engine moves them. */
export interface ShownSteps {
  /** Leaves what was shown as it stands, for somebody else to write below it; the next move is shown again. */
  pause(): void;
  /** Shows what has happened so far, and nothing more. */
  end(): Promise<void>;
}

/** Shows every step that an engine moves, and what steps write with `console` in between. */
export function showSteps(engine: FactSource, printer: Printer, options: { readonly manyProcesses?: boolean } = {}): ShownSteps {
  const progress = printer.progress(options);
  const endConsole = divertConsole((text) => progress.write(text));
  let first: string | undefined;
  const endWatch = watchSteps(engine, (move) => {
    first ??= move.process;
    // A process that it starts, and waits for, moves here too.
    progress.move(move.process === first ? move : { ...move, isOther: true });
  });
  return {
    pause: () => progress.stop(),
    async end() {
      await endWatch();
      progress.stop();
      endConsole();
    },
  };
}

import type { CommandContext } from '../context.js';
import { watchInterrupts } from './interrupts.js';

/** Work that goes on until it is stopped. */
export interface EndlessWork {
  /** Begins it. */
  begin(): void;
  /** Takes on nothing more, and resolves when what runs has finished. */
  stop(): Promise<void>;
}

/** Works until a signal comes and what runs has finished; false when a second signal left it running. */
export async function untilStopped({ io, printer }: CommandContext, work: EndlessWork): Promise<boolean> {
  let endInterrupts = (): void => undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const stop = () => {
        printer.say('Stopping after the running steps; Ctrl-C again leaves them to be performed anew.');
        work.stop().then(() => resolve(true), reject);
      };
      endInterrupts = watchInterrupts(io, { stop, giveUp: () => resolve(false) }).end;
      work.begin();
    });
  } finally {
    endInterrupts();
  }
}

/** How much work is taken care of. */
export function countWorkflows({ length }: readonly unknown[]): string {
  return `${length} ${length === 1 ? 'workflow' : 'workflows'}`;
}

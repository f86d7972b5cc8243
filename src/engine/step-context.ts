import type { ProcessRow } from '../ports/process-store.js';
import type { StepContext } from '../ports/step-context.js';
import type { EngineParts } from './parts.js';

/** What a step at this path of a process may ask about its own run. */
export function stepContext(parts: EngineParts, row: ProcessRow, path: string, attempt: number, signal: AbortSignal): StepContext {
  const { clock, logger } = parts;
  const { id, workflow } = row;
  return {
    processId: id,
    workflow,
    path,
    attempt,
    // Percent-encoded, so that it can stand in an HTTP header.
    idempotencyKey: `${id}:${encodeURIComponent(path)}`,
    signal,
    get log() {
      return logger.child({ process: id, path });
    },
    now: () => clock.now(),
  };
}

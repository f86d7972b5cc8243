import type { ProcessDetails } from '../../../engine/process-details.js';
import type { CommandContext } from '../context.js';
import { definitionOf, type Session } from '../session.js';
import { processRecord, processReport } from './report.js';

/** Prints how a process stands, why, and what can be done. */
export function printReport({ printer }: CommandContext, session: Session, details: ProcessDetails): Promise<void> {
  const workflow = definitionOf(session, details);
  const { command } = session;
  return printer.print([processRecord(details, command, workflow)], () => processReport(details, command, printer.style, workflow));
}

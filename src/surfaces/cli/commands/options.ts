import { type Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../../../core/nearest.js';
import { PROCESS_STATUSES, type ProcessStatus } from '../../../core/process.js';

/** What a command that takes one form's answers reads. */
export interface InputFlags {
  readonly input?: string;
}

/** What a command that moves a process reads. */
export interface WaitFlags {
  readonly wait?: boolean;
  readonly answers?: string;
}

/** Adds what `InputFlags` reads. */
export function addInputOption(command: Command): Command {
  return command.option(
    '--input <json>',
    'answers of the form: JSON, @file, or - for standard input; one object per page, or one object for one page',
  );
}

/** Adds what `WaitFlags` reads. */
export function addWaitOptions(command: Command): Command {
  return command
    .option('--wait', 'stay while the process waits, run its timers, and ask in the terminal what it asks')
    .option('--answers <json>', 'answers of the forms that it will ask, by form: JSON or @file');
}

/** Examples under a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ stepwright ${line}`).join('\n')}\n`;
}

/** Gathers an option that may be given several times. */
export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Statuses separated by commas. */
export function parseStatuses(text: string): readonly ProcessStatus[] {
  return text.split(',').map((part) => {
    const status = PROCESS_STATUSES.find((one) => one === part.trim());
    if (status) return status;
    throw new InvalidArgumentError(
      `There is no status "${part.trim()}".${didYouMean(part.trim(), PROCESS_STATUSES)} Write one or more of ${PROCESS_STATUSES.join(',')}.`,
    );
  });
}

/** How many results are wanted at most. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('Write a whole number from 1.');
}

import type { Command } from 'commander';
import type { ProcessStatus } from '../../../core/process.js';
import type { RunAction } from '../context.js';
import { examples, parseLimit, parseStatuses } from './options.js';

/** The options of `stepwright processes`. */
export interface ProcessesFlags {
  readonly status?: readonly ProcessStatus[];
  readonly workflow?: string;
  readonly limit: number;
}

/** Adds `stepwright processes`. */
export function addProcesses(program: Command, run: RunAction): void {
  program
    .command('processes')
    .summary('list processes')
    .description('List processes, the newest first.')
    .option('--status <statuses>', 'only these, separated by commas', parseStatuses)
    .option('--workflow <name>', 'only those of this workflow')
    .option('--limit <count>', 'at most as many', parseLimit, 50)
    .addHelpText(
      'after',
      examples('processes', 'processes --status failed,suspended', 'processes --workflow create_l2vpn --limit 5 --json'),
    )
    .action((flags: ProcessesFlags) => run(async (context) => (await import('../actions/processes.js')).processes(context, flags)));
}

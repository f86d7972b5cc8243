import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright abort`. */
export interface AbortFlags {
  readonly reason?: string;
}

/** Adds `stepwright abort`. */
export function addAbort(program: Command, run: RunAction): void {
  program
    .command('abort')
    .summary('end a process')
    .description('End a process, whatever it does. A step that runs elsewhere is told, and its result is not stored.')
    .argument('<process>', 'its id, or the beginning of it')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples('abort 3f2a9c1e --reason "ordered twice"'))
    .action((id: string, flags: AbortFlags) => run(async (context) => (await import('../actions/abort.js')).abort(context, id, flags)));
}

import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright abort`. */
export interface AbortFlags {
  readonly reason?: string;
  readonly undo?: boolean;
  readonly wait?: boolean;
}

const UNDO_CODES = `
Exit codes with --undo: 0 everything was taken back, 1 something is left to do by hand, 3 an undo waits to be tried again.
`;

/** Adds `stepwright abort`. */
export function addAbort(program: Command, run: RunAction): void {
  program
    .command('abort')
    .summary('end a process, or take it back')
    .description(
      'End a process, whatever it does. A step that runs elsewhere is told, and its result is not stored. With --undo, running steps are let finish, and the undos of the steps are performed, the latest first.',
    )
    .argument('<process>', 'its id, or the beginning of it')
    .option('--reason <text>', 'why, for the record')
    .option('--undo', 'take back what its steps did')
    .option('--wait', 'with --undo, stay while an undo waits to be tried again')
    .addHelpText('after', UNDO_CODES)
    .addHelpText('after', examples('abort 3f2a9c1e --reason "ordered twice"', 'abort 3f2a9c1e --undo --wait'))
    .action((id: string, flags: AbortFlags) => run(async (context) => (await import('../actions/abort.js')).abort(context, id, flags)));
}

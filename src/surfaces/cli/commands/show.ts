import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright show`. */
export interface ShowFlags {
  readonly full?: boolean;
  readonly state?: boolean;
}

/** Adds `stepwright show`. */
export function addShow(program: Command, run: RunAction): void {
  program
    .command('show')
    .summary('show a process')
    .description('Show a process: its steps, what each changed, why it failed, what it waits for, and what can be done.')
    .argument('<process>', 'its id, or the beginning of it')
    .option('--full', 'every item and loop, whole changes, and the stacks of failures')
    .option('--state', 'only the state, as JSON')
    .addHelpText('after', examples('show 3f2a9c1e', 'show 3f2a9c1e --full', 'show 3f2a9c1e --state'))
    .action((id: string, flags: ShowFlags) => run(async (context) => (await import('../actions/show.js')).show(context, id, flags)));
}

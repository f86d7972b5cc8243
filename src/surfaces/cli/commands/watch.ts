import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright watch`. */
export interface WatchFlags {
  readonly wait?: boolean;
}

/** Adds `stepwright watch`. */
export function addWatch(program: Command, run: RunAction): void {
  program
    .command('watch')
    .summary('watch a process that another program moves')
    .description(
      'Print what has happened to a process, and what happens, whichever program moves it, until it stops. Nothing is moved here; Ctrl-C ends the watching, and nothing else.',
    )
    .argument('<process>', 'its id, or the beginning of it')
    .option('--wait', 'stay while the process waits, until it ends or fails')
    .addHelpText('after', examples('watch 3f2a9c1e', 'watch 3f2a9c1e --wait --json'))
    .action((id: string, flags: WatchFlags) => run(async (context) => (await import('../actions/watch.js')).watch(context, id, flags)));
}

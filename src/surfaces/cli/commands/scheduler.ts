import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** Adds `stepwright scheduler`. */
export function addScheduler(program: Command, run: RunAction): void {
  program
    .command('scheduler')
    .summary('move what is due, at its time, until stopped')
    .description(
      'Move whatever is due, at its time, until Ctrl-C or SIGTERM: then running steps finish first. Again: they are left, and performed anew later.',
    )
    .addHelpText('after', examples('scheduler', 'scheduler --json >> scheduler.log'))
    .action(() => run(async (context) => (await import('../actions/scheduler.js')).scheduler(context)));
}

import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** Adds `stepwright tick`. */
export function addTick(program: Command, run: RunAction): void {
  program
    .command('tick')
    .summary('move what is due, once')
    .description('Move whatever is due: timers that have come, and processes that were interrupted; until each stops.')
    .addHelpText('after', examples('tick', 'tick --json'))
    .action(() => run(async (context) => (await import('../actions/tick.js')).tick(context)));
}

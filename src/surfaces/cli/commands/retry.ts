import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addWaitOptions, examples, type WaitFlags } from './options.js';

/** The options of `stepwright retry`. */
export interface RetryFlags extends WaitFlags {
  readonly path?: string;
}

/** Adds `stepwright retry`. */
export function addRetry(program: Command, run: RunAction): void {
  const command = program
    .command('retry')
    .summary('try again what has failed')
    .description('Try again at once what has failed, or waits to be tried again.')
    .argument('<process>', 'its id, or the beginning of it')
    .option('--path <path>', 'only the step at this path');
  addWaitOptions(command)
    .addHelpText('after', examples('retry 3f2a9c1e', 'retry 3f2a9c1e --path "Deploy/eu" --wait'))
    .action((id: string, flags: RetryFlags) => run(async (context) => (await import('../actions/retry.js')).retry(context, id, flags)));
}

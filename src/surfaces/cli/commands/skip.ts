import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addWaitOptions, examples, type WaitFlags } from './options.js';

/** The options of `stepwright skip`. */
export interface SkipFlags extends WaitFlags {
  readonly reason: string;
}

/** Adds `stepwright skip`. */
export function addSkip(program: Command, run: RunAction): void {
  const command = program
    .command('skip')
    .summary('go on without a step')
    .description('Record a step as skipped that has not been done, and move the process on without it.')
    .argument('<process>', 'its id, or the beginning of it')
    .argument('<path>', 'the step, by its path')
    .requiredOption('--reason <text>', 'why, for the record');
  addWaitOptions(command)
    .addHelpText('after', examples('skip 3f2a9c1e "Deploy/eu/Push config" --reason "done by hand"'))
    .action((id: string, path: string, flags: SkipFlags) =>
      run(async (context) => (await import('../actions/skip.js')).skip(context, id, path, flags)),
    );
}

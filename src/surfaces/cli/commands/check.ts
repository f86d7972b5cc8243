import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** Adds `stepwright check`. */
export function addCheck(program: Command, run: RunAction): void {
  program
    .command('check')
    .summary('find what is wrong in workflow definitions')
    .description('Load every workflow definition, and print all that is wrong in each file. Exit code 1 when anything is.')
    .addHelpText('after', examples('check', `check -w 'src/**/*.workflow.ts'`))
    .action(() => run(async (context) => (await import('../actions/check.js')).check(context)));
}

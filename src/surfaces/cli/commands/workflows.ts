import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** Adds `stepwright workflows`. */
export function addWorkflows(program: Command, run: RunAction): void {
  program
    .command('workflows')
    .summary('list the workflows that can be started')
    .description('List the workflows in the files that --workflows names.')
    .addHelpText('after', examples('workflows', `workflows -w 'src/**/*.workflow.ts' --json`))
    .action(() => run(async (context) => (await import('../actions/workflows.js')).workflows(context)));
}

import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addWaitOptions, examples, type WaitFlags } from './options.js';

/** The options of `stepwright fork`. */
export interface ForkFlags extends WaitFlags {
  readonly from: string;
  readonly state?: string;
}

/** Adds `stepwright fork`. */
export function addFork(program: Command, run: RunAction): void {
  const command = program
    .command('fork')
    .summary('start a process that continues an older one from a step')
    .description(
      'Start a process that continues an older one from one of its steps: what came before is taken as done. The older one stays as it is.',
    )
    .argument('<process>', 'the id of the older one, or the beginning of it')
    .requiredOption('--from <path>', 'the step with which it begins')
    .option('--state <json>', 'keys of the state that the step finds changed: JSON or @file');
  addWaitOptions(command)
    .addHelpText(
      'after',
      examples('fork 3f2a9c1e --from "Push config"', `fork 3f2a9c1e --from Ship --state '{"address": "Main St 1"}' --wait`),
    )
    .action((id: string, flags: ForkFlags) => run(async (context) => (await import('../actions/fork.js')).fork(context, id, flags)));
}

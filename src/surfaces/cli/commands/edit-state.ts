import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { examples, gather } from './options.js';

/** The options of `stepwright edit-state`. */
export interface EditStateFlags {
  readonly set?: string;
  readonly unset?: readonly string[];
  readonly before?: string;
  readonly reason: string;
}

/** Adds `stepwright edit-state`. */
export function addEditState(program: Command, run: RunAction): void {
  program
    .command('edit-state')
    .summary('change the state of a process that has stopped')
    .description(
      'Change the state of a process that has stopped, from its open step on. What was done before stays as it was, and the process stays where it is.',
    )
    .argument('<process>', 'its id, or the beginning of it')
    .option('--set <json>', 'keys with their new values: JSON, @file, or - for standard input')
    .option('--unset <key>', 'a key to be taken away; may be repeated', gather)
    .option('--before <path>', 'the open step before which it counts; may be left out where one is open')
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText(
      'after',
      examples(
        `edit-state 3f2a9c1e --set '{"speed": 1000}' --reason "ordered wrongly"`,
        'edit-state 3f2a9c1e --unset router --before "Deploy/eu" --reason "it is gone"',
      ),
    )
    .action((id: string, flags: EditStateFlags) =>
      run(async (context) => (await import('../actions/edit-state.js')).editState(context, id, flags)),
    );
}

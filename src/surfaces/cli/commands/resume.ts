import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addInputOption, addWaitOptions, examples, type InputFlags, type WaitFlags } from './options.js';

/** The options of `stepwright resume`. */
export interface ResumeFlags extends InputFlags, WaitFlags {
  readonly form?: string;
}

/** Adds `stepwright resume`. */
export function addResume(program: Command, run: RunAction): void {
  const command = program
    .command('resume')
    .summary('answer what a process asks, or go on with one that was interrupted')
    .description('Answer the form that a process waits for, and move it on. A process that was interrupted goes on where it was.')
    .argument('<process>', 'its id, or the beginning of it')
    .option('--form <form>', 'which form is answered, by its path; may be left out where one is open');
  addInputOption(command);
  addWaitOptions(command)
    .addHelpText(
      'after',
      examples(
        'resume 3f2a9c1e',
        `resume 3f2a9c1e --input '{"approved": true}'`,
        'resume 3f2a9c1e --form "Check/eu" --input @answer.json --wait',
      ),
    )
    .action((id: string, flags: ResumeFlags) => run(async (context) => (await import('../actions/resume.js')).resume(context, id, flags)));
}

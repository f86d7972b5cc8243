import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addWaitOptions, examples, type WaitFlags } from './options.js';

/** The options of `stepwright callback`. */
export interface CallbackFlags extends WaitFlags {
  readonly input?: string;
  readonly progress?: boolean;
}

/** Adds `stepwright callback`. */
export function addCallback(program: Command, run: RunAction): void {
  const command = program
    .command('callback')
    .summary('answer the call that a step awaits')
    .description('Answer the call that a step awaits from another system, and move its process on.')
    .argument('<token>', 'the token, or the whole URL; - reads it from standard input, so that it stands in no history')
    .option('--input <json>', 'what the call brings: JSON, @file, or - for standard input')
    .option('--progress', 'only tell how far the other system is; the call is still awaited');
  addWaitOptions(command)
    .addHelpText(
      'after',
      examples(
        `callback - --input '{"passed": true}' < token.txt`,
        'callback https://flows.example.org/callbacks/2Zx… --input @result.json --wait',
        `callback - --progress --input '{"percent": 40}' < token.txt`,
      ),
    )
    .action((token: string, flags: CallbackFlags) =>
      run(async (context) => (await import('../actions/callback.js')).callback(context, token, flags)),
    );
}

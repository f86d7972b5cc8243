import type { Command } from 'commander';
import type { RunAction } from '../context.js';
import { addInputOption, addWaitOptions, examples, type InputFlags, type WaitFlags } from './options.js';

/** The options of `stepwright start`. */
export interface StartFlags extends InputFlags, WaitFlags {
  readonly workflow?: string;
  readonly idempotencyKey?: string;
}

/** Adds `stepwright start`. */
export function addStart(program: Command, run: RunAction): void {
  const command = program
    .command('start')
    .summary('start a workflow')
    .description('Start a workflow, and move it until it completes, fails, or waits for somebody or something.')
    .argument('[workflow]', 'its name, or FILE[:EXPORT]')
    .option('--workflow <name-or-file>', 'the same as the argument');
  addInputOption(command);
  addWaitOptions(command)
    .option('--idempotency-key <key>', 'the same key starts one process, however often it is used')
    .addHelpText(
      'after',
      examples(
        'start create_l2vpn',
        `start create_l2vpn --input '[{"customerId": "…"}, {"ports": ["…"]}]' --wait`,
        `start ./actions.ts:Deploy --input @deploy.json --answers '{"Confirm": {"approved": true}}' --wait`,
      ),
    )
    .action((name: string | undefined, flags: StartFlags) =>
      run(async (context) => (await import('../actions/start.js')).start(context, name, flags)),
    );
}

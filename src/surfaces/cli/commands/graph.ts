import { type Command, Option } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright graph`. */
export interface GraphFlags {
  readonly mermaid?: boolean;
  readonly svg?: boolean;
  readonly output?: string;
}

/** Adds `stepwright graph`. */
export function addGraph(program: Command, run: RunAction): void {
  program
    .command('graph')
    .summary('draw a workflow')
    .description('Draw the steps of a workflow, and what holds them together: as a tree, a Mermaid flowchart, or an SVG picture.')
    .argument('<workflow>', 'its name, or FILE[:EXPORT]')
    .addOption(new Option('--mermaid', 'as a Mermaid flowchart').conflicts('svg'))
    .option('--svg', 'as an SVG picture')
    .option('-o, --output <file>', 'write it to a file')
    .addHelpText('after', examples('graph order', 'graph workflows/order.ts --mermaid', 'graph order --svg --output order.svg'))
    .action((workflow: string, flags: GraphFlags) =>
      run(async (context) => (await import('../actions/graph.js')).graph(context, workflow, flags)),
    );
}

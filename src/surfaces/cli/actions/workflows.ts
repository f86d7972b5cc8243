import { stepsOf } from '../../../core/nodes/kinds.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { LoadedWorkflow } from '../loading/load-workflows.js';
import { table } from '../output/table.js';
import { loadAll, warnOf } from '../session.js';

/** Lists the workflows that can be started. */
export async function workflows(context: CommandContext): Promise<ExitCode> {
  const { printer, io } = context;
  const loaded = await loadAll(context);
  warnOf(loaded, context);
  const all = [...loaded.workflows].sort((a, b) => a.workflow.name.localeCompare(b.workflow.name)).map(record);
  await printer.print(
    all.map((one) => ({ type: 'workflow', ...one })),
    () =>
      all.length === 0
        ? `There are no workflows in ${io.cwd}; name your files with --workflows.`
        : table(
            ['name', 'target', 'product', 'steps', 'description', 'file'],
            all.map(({ name, target, product, steps, description, file }) => [
              name,
              target,
              product ?? '',
              String(steps),
              description ?? '',
              file,
            ]),
            printer.style,
          ),
  );
  return EXIT.done;
}

function record({ workflow, file, exportName }: LoadedWorkflow) {
  const { name, target, product, description, body, initialForm } = workflow;
  return {
    name,
    target,
    product,
    description,
    steps: [...stepsOf(body)].length,
    needsInput: initialForm !== undefined,
    file,
    export: exportName,
  };
}

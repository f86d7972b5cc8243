import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { LoadProblem } from '../loading/load-workflows.js';
import type { Style } from '../output/style.js';
import { loadAll } from '../session.js';

/** Loads every definition, and prints what is wrong in any. */
export async function check(context: CommandContext): Promise<ExitCode> {
  const { printer, globals } = context;
  const { workflows, problems } = await loadAll(context);
  const stack = globals.logLevel === 'debug';
  const records = problems.map(({ kind, file, message }) => ({ type: 'problem', kind, file, message }));
  await printer.print([...records, { type: 'check', workflows: workflows.length, problems: problems.length }], () =>
    [
      ...problems.map((problem) => problemText(problem, printer.style, stack)),
      summary(workflows.length, problems.length, printer.style),
    ].join('\n'),
  );
  return problems.length > 0 ? EXIT.failed : EXIT.done;
}

function problemText({ file, message, error }: LoadProblem, style: Style, stack: boolean): string {
  const text = stack && error instanceof Error && error.stack ? error.stack : message;
  return `${style.red('✗')} ${style.bold(file)}\n  ${text.replaceAll('\n', '\n  ')}`;
}

function summary(fine: number, wrong: number, style: Style): string {
  const workflows = `${fine} ${fine === 1 ? 'workflow is' : 'workflows are'} fine`;
  if (wrong === 0) return `${style.green('✓')} ${workflows}.`;
  return `${workflows}; ${wrong} ${wrong === 1 ? 'problem' : 'problems'} found.`;
}

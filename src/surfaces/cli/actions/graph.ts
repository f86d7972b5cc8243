import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Outline, outlineOf } from '../../../core/outline.js';
import type { Workflow } from '../../../core/workflow.js';
import type { GraphFlags } from '../commands/graph.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { mermaidText } from '../graph/mermaid.js';
import { treeText } from '../graph/tree-text.js';
import { usage } from '../io.js';
import { orExplain, prepareTypeScript } from '../loading/import-module.js';
import { workflowsOf } from '../loading/load-workflows.js';
import { checkFile, parseReference, pickExport, pickName } from '../loading/workflow-reference.js';
import { type Style, styleFor } from '../output/style.js';
import { loadAll, warnOf } from '../session.js';

/** Draws a workflow. It needs no database. */
export async function graph(context: CommandContext, name: string, flags: GraphFlags): Promise<ExitCode> {
  const { printer, io, globals } = context;
  const workflow = await find(context, name);
  const outline = outlineOf(workflow);
  const style = flags.output === undefined ? printer.style : styleFor(false);
  const draw = () => drawing(outline, workflow.description, flags, style);
  if (flags.output === undefined) {
    await printer.print([{ type: 'graph', ...outline }], draw);
    return EXIT.done;
  }
  await write(resolve(io.cwd, flags.output), globals.json ? JSON.stringify(outline, undefined, 2) : await draw(), flags.output);
  printer.say(`Written to ${flags.output}.`);
  return EXIT.done;
}

async function find(context: CommandContext, name: string): Promise<Workflow> {
  const { globals, io } = context;
  const reference = parseReference(name);
  if (reference.kind === 'name') {
    const loaded = await loadAll(context);
    warnOf(loaded, context);
    return pickName(loaded, reference.name, globals.workflows, io.cwd).workflow;
  }
  const path = await checkFile(reference.file, io.cwd);
  await prepareTypeScript([path], undefined, io.env);
  return pickExport(await orExplain(reference.file, () => workflowsOf(path, reference.file)), reference).workflow;
}

async function drawing(outline: Outline, description: string | undefined, { mermaid, svg }: GraphFlags, style: Style): Promise<string> {
  if (mermaid) return mermaidText(outline);
  if (!svg) return treeText(outline, description, style);
  const { svgText } = await import('../graph/svg.js');
  return svgText(outline, description);
}

async function write(path: string, text: string, shown: string): Promise<void> {
  try {
    await writeFile(path, `${text}\n`);
  } catch (error) {
    throw usage(`${shown} can't be written: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

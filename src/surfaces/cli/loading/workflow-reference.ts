import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { didYouMean } from '../../../core/nearest.js';
import { usage } from '../io.js';
import { DEFAULT_WORKFLOWS } from './find-files.js';
import type { Loaded, LoadedWorkflow } from './load-workflows.js';

/** A file, and one of its exports. */
export interface FileReference {
  readonly kind: 'file';
  readonly file: string;
  readonly exportName?: string;
}

/** What a start names: a loaded workflow, or a file and one of its exports. */
export type WorkflowReference = { readonly kind: 'name'; readonly name: string } | FileReference;

/** `NAME`, or `FILE[:EXPORT]`: a name holds no slash and ends in no suffix of a script. */
export function parseReference(text: string): WorkflowReference {
  const match = /^(.+\.[cm]?[jt]s)(?::([\p{L}_$][\p{L}\d_$]*))?$/u.exec(text);
  if (match?.[1]) return { kind: 'file', file: match[1], ...(match[2] ? { exportName: match[2] } : {}) };
  return text.includes('/') ? { kind: 'file', file: text } : { kind: 'name', name: text };
}

/** @throws StepwrightError `usage` when there is no such file */
export async function checkFile(file: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  throw usage(
    found
      ? `${file} is no file; name the file of the workflow, such as ${file.replace(/\/$/, '')}/order.ts.`
      : `There is no file ${file} in ${cwd}.`,
  );
}

/** @throws StepwrightError `usage` unless the reference means exactly one of the file's workflows */
export function pickExport(workflows: readonly LoadedWorkflow[], { file, exportName }: FileReference): LoadedWorkflow {
  const names = workflows.map((one) => one.exportName).sort();
  if (exportName !== undefined) {
    const found = workflows.find((one) => one.exportName === exportName);
    if (found) return found;
    const known =
      names.length === 0
        ? 'The file exports no workflow; decorate a class with @workflow(), or export what defineWorkflow() gives.'
        : `The file's workflows are: ${names.join(', ')}.`;
    throw usage(`${file} exports no workflow as "${exportName}".${didYouMean(exportName, names)} ${known}`);
  }
  const [only, ...others] = workflows;
  if (!only) throw usage(`${file} exports no workflow; decorate a class with @workflow(), or export what defineWorkflow() gives.`);
  if (others.length > 0) throw usage(`${file} exports several workflows; write ${names.map((name) => `${file}:${name}`).join(' or ')}.`);
  return only;
}

/** @throws StepwrightError `unknown_workflow`-like `usage`, with the nearest name, and what could not be loaded */
export function pickName(
  { workflows, problems }: Loaded,
  name: string,
  patterns: readonly string[] | undefined,
  cwd: string,
): LoadedWorkflow {
  const found = workflows.find((one) => one.workflow.name === name);
  if (found) return found;
  const names = workflows.map((one) => one.workflow.name).sort();
  const where = (patterns ?? [DEFAULT_WORKFLOWS]).join(', ');
  const known =
    names.length === 0
      ? `No workflow was found in ${where} (${cwd}); name your files with --workflows.`
      : `Known are: ${names.join(', ')}.`;
  const unread =
    problems.length === 0 ? '' : ` Not loaded: ${problems.map((problem) => problem.file).join(', ')}; "stepwright check" says why.`;
  throw usage(`There is no workflow "${name}".${didYouMean(name, names)} ${known}${unread}`);
}

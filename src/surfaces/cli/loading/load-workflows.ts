import { StepwrightError } from '../../../core/error.js';
import type { Workflow } from '../../../core/workflow.js';
import { shownPath } from './find-files.js';
import { importModule } from './import-module.js';

/** A workflow, and where it was found. */
export interface LoadedWorkflow {
  readonly workflow: Workflow;
  /** As a person would write it. */
  readonly file: string;
  readonly exportName: string;
}

/** A file that could not be loaded, or a definition that can't be used. */
export interface LoadProblem {
  /** A file that could not be imported, or two definitions of one name. */
  readonly kind: 'unreadable' | 'same_name';
  readonly file: string;
  readonly message: string;
  readonly error: unknown;
}

/** What a set of files gave. */
export interface Loaded {
  readonly workflows: readonly LoadedWorkflow[];
  readonly problems: readonly LoadProblem[];
}

/** Imports files one after another, and gathers their workflows; one that fails does not keep the others from being loaded. */
export async function loadWorkflows(files: readonly string[], cwd: string): Promise<Loaded> {
  const byName = new Map<string, LoadedWorkflow>();
  const problems: LoadProblem[] = [];
  for (const path of files) {
    const file = shownPath(path, cwd);
    try {
      for (const loaded of await workflowsOf(path, file)) {
        const { name } = loaded.workflow;
        const before = byName.get(name);
        if (!before) byName.set(name, loaded);
        else if (before.workflow !== loaded.workflow) problems.push(sameName(before, loaded));
      }
    } catch (error) {
      problems.push({ kind: 'unreadable', file, message: messageOf(error), error });
    }
  }
  return { workflows: [...byName.values()], problems };
}

/** The workflows that a file exports. */
export async function workflowsOf(path: string, file: string): Promise<readonly LoadedWorkflow[]> {
  const { workflowOf } = await import('../../../author/workflow.js');
  const found = new Map<Workflow, LoadedWorkflow>();
  for (const [exportName, value] of Object.entries(await importModule(path))) {
    const workflow = workflowOf(value);
    if (workflow && !found.has(workflow)) found.set(workflow, { workflow, file, exportName });
  }
  return [...found.values()];
}

function sameName(before: LoadedWorkflow, after: LoadedWorkflow): LoadProblem {
  const places = [before, after].map(({ workflow, file }) => workflow.source ?? file);
  const message = `Two workflows are named "${after.workflow.name}" (${places.join(' and ')}); give one of them another name.`;
  return { kind: 'same_name', file: after.file, message, error: new StepwrightError('definition', message) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

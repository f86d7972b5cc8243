import { StepwrightError } from '../core/error.js';
import { didYouMean } from '../core/nearest.js';
import type { Workflow } from '../core/workflow.js';

/** The workflows that an engine knows, each with its one instance. */
export class Registry {
  readonly #workflows = new Map<string, Workflow>();
  readonly #instances = new Map<string, unknown>();

  /** @throws StepwrightError `definition` for two different workflows of one name */
  constructor(workflows: readonly Workflow[]) {
    for (const workflow of workflows) {
      const before = this.#workflows.get(workflow.name);
      if (before && before !== workflow) {
        const places = [before.source, workflow.source].filter((source) => source !== undefined).join(' and ');
        throw new StepwrightError(
          'definition',
          `Two workflows are named "${workflow.name}"${places ? ` (${places})` : ''}; give one of them another name.`,
        );
      }
      this.#workflows.set(workflow.name, workflow);
    }
  }

  all(): readonly Workflow[] {
    return [...this.#workflows.values()];
  }

  find(name: string): Workflow | undefined {
    return this.#workflows.get(name);
  }

  /** @throws StepwrightError `unknown_workflow`, with the nearest name */
  get(name: string): Workflow {
    const workflow = this.#workflows.get(name);
    if (workflow) return workflow;
    const names = [...this.#workflows.keys()].sort();
    const known = names.length === 0 ? 'No workflow is loaded.' : `Known are: ${names.join(', ')}.`;
    throw new StepwrightError('unknown_workflow', `There is no workflow "${name}".${didYouMean(name, names)} ${known}`);
  }

  /** The object that the workflow's steps are methods of; made on first use. */
  instance(workflow: Workflow): unknown {
    if (!this.#instances.has(workflow.name)) this.#instances.set(workflow.name, workflow.instantiate());
    return this.#instances.get(workflow.name);
  }
}

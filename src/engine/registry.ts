import { StepwrightError } from '../core/error.js';
import { didYouMean } from '../core/nearest.js';
import { stepsOf } from '../core/nodes/kinds.js';
import type { Workflow } from '../core/workflow.js';

/** The workflows that an engine knows, each with its one instance. */
export class Registry {
  readonly #workflows = new Map<string, Workflow>();
  readonly #instances = new Map<string, unknown>();

  /**
   * @param options.hasUrl whether systems can call back over HTTP
   * @throws StepwrightError `definition` for two different workflows of one name, workflows that start one another in a circle, and a step
   * that asks for its URL where there is none
   */
  constructor(workflows: readonly Workflow[], { hasUrl = true }: { readonly hasUrl?: boolean } = {}) {
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
    checkChildren(this.#workflows);
    if (!hasUrl) for (const workflow of workflows) checkUrls(workflow);
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

/** Refuses workflows that start one another in a circle, and shows it; a step finds out when it runs about those that are loaded elsewhere. */
function checkChildren(workflows: ReadonlyMap<string, Workflow>): void {
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      const circle = [...way.slice(way.indexOf(name)), name].join(' → ');
      throw new StepwrightError('definition', `Workflows start one another in a circle: ${circle}. Take one of these startChild() away.`);
    }
    const workflow = workflows.get(name);
    if (!workflow || done.has(name)) return;
    for (const { node } of stepsOf(workflow.body)) {
      if (node.action.kind !== 'child') continue;
      const { workflow: child } = node.action.child;
      visit(typeof child === 'function' ? child() : child, [...way, name]);
    }
    done.add(name);
  };
  for (const name of workflows.keys()) visit(name, []);
}

/** What is wrong with a workflow where no system can call back: a step that asks for its URL; undefined for one without. */
export function missingUrl({ name, body }: Workflow): StepwrightError | undefined {
  for (const { node } of stepsOf(body)) {
    if (node.action.kind !== 'callback' || !node.action.callback.needsUrl) continue;
    const where = `Step "${node.name}" of workflow "${name}"${node.source === undefined ? '' : ` (${node.source})`}`;
    return new StepwrightError(
      'definition',
      `${where} asks for ctx.callbackUrl, but the service has no publicUrl; give it one, such as publicUrl: 'https://flows.example.org' (or $STEPWRIGHT_PUBLIC_URL), or use ctx.callbackToken.`,
    );
  }
  return undefined;
}

function checkUrls(workflow: Workflow): void {
  const problem = missingUrl(workflow);
  if (problem) throw problem;
}

import type { Json, JsonObject } from '../../../core/json.js';
import { didYouMean } from '../../../core/nearest.js';
import { stepsOf } from '../../../core/nodes/kinds.js';
import { lastName } from '../../../core/path.js';
import type { Workflow } from '../../../core/workflow.js';
import { formId } from '../../../engine/edits/open-form.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { OpenWait } from '../../../ports/process-store.js';
import { usage } from '../io.js';

/** A form that a process waits for. */
export interface OpenForm {
  /** What names it in a call: `path@attempt`. */
  readonly id: string;
  readonly path: string;
  readonly wait: OpenWait;
}

/** The forms that a process waits for, the oldest first. */
export function openForms({ waits }: Pick<ProcessDetails, 'waits'>): readonly OpenForm[] {
  return waits.filter((wait) => wait.kind === 'form').map((wait) => ({ id: formId(wait), path: wait.path, wait }));
}

/** Answers that were given beforehand, by form; each is used once. */
export class PreparedAnswers {
  readonly #left: Map<string, Json>;

  constructor(answers: JsonObject = {}) {
    this.#left = new Map(Object.entries(answers));
  }

  /** The answers for a form, by its path or its id; they are then used up. */
  take({ id, path }: OpenForm): Json | undefined {
    const key = [id, path].find((one) => this.#left.has(one));
    if (key === undefined) return undefined;
    const answers = this.#left.get(key);
    this.#left.delete(key);
    return answers;
  }

  /** The forms that were never asked. */
  get unused(): readonly string[] {
    return [...this.#left.keys()];
  }

  /** @throws StepwrightError `usage` for a form that no input step of the workflow asks */
  check(workflow: Workflow): void {
    const names = [...stepsOf(workflow.body)].filter(({ node }) => node.action.kind === 'ask').map(({ node }) => node.name);
    for (const form of this.#left.keys()) {
      const name = lastName(form).replace(/@\d+$/, '');
      if (names.includes(name)) continue;
      const known = names.length === 0 ? 'It asks nothing.' : `Its forms are: ${names.join(', ')}.`;
      throw usage(
        `--answers has answers for "${form}", but workflow "${workflow.name}" has no input step of that name.${didYouMean(name, names)} ${known}`,
      );
    }
  }
}

import { StepwrightError } from '../../core/error.js';
import type { Engine } from '../../engine/engine.js';
import { usage } from './io.js';

const SHORTEST = 4;
const LISTED = 5;

/**
 * The id of the process that an id, or its beginning, means.
 * @throws StepwrightError `unknown_process`, and `usage` for a beginning that is too short or fits several
 */
export async function findProcess(engine: Engine, given: string): Promise<string> {
  const prefix = given.trim().toLowerCase();
  if (prefix.length < SHORTEST) throw usage(`"${given}" is too short for a process id; give at least its first ${SHORTEST} characters.`);
  const found = await engine.list({ idPrefix: prefix, limit: LISTED + 1 });
  const [only, ...others] = found;
  if (!only) throw new StepwrightError('unknown_process', `There is no process ${given}; list them with "stepwright processes".`);
  if (others.length === 0) return only.id;
  const lines = found.slice(0, LISTED).map(({ id, workflow, status }) => `\n  ${id}  ${workflow}, ${status}`);
  const more = found.length > LISTED ? '\n  and more' : '';
  throw usage(`"${given}" fits several processes; give more of the id:${lines.join('')}${more}`);
}

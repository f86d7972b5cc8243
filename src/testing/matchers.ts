import { isObject, type Json, sameJson } from '../core/json.js';
import { TestRun } from './test-run.js';

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * The types of the matchers, to be told to vitest once:
 * `declare module 'vitest' { interface Matchers<T> extends StepwrightMatchers<T> {} }`
 */
export interface StepwrightMatchers<R = unknown> {
  /** Passes when the process is completed, and its state has these keys with these values; more keys are fine. */
  toHaveCompleted(expected?: Readonly<Record<string, Json>>): R;
  /** Passes when the process was taken back as a whole: by the undos of these steps, in this order, where they are given. */
  toHaveBeenUndone(paths?: readonly string[]): R;
}

/**
 * Matchers for vitest and jest.
 * @example `expect.extend(matchers); expect(run).toHaveCompleted({ circuitId: 'c-1' });`
 */
export const matchers = {
  toHaveCompleted(run: unknown, expected: Readonly<Record<string, Json>> = {}): MatcherResult {
    if (!(run instanceof TestRun)) return noRun('toHaveCompleted');
    const wrong = Object.entries(expected).filter(([key, value]) => !sameJson(run.state[key], value));
    const pass = run.status === 'completed' && wrong.length === 0;
    return { pass, message: () => (pass ? `expected process ${run.id} not to have completed so` : explainState(run, wrong)) };
  },
  toHaveBeenUndone(run: unknown, paths?: readonly string[]): MatcherResult {
    if (!(run instanceof TestRun)) return noRun('toHaveBeenUndone');
    const pass = run.status === 'undone' && (paths === undefined || sameJson(run.undone, paths));
    return { pass, message: () => (pass ? `expected process ${run.id} not to have been undone so` : explainUndo(run, paths)) };
  },
};

function noRun(matcher: string): MatcherResult {
  return { pass: false, message: () => `${matcher}() takes what testWorkflow(…).start() gave` };
}

function explainState(run: TestRun, wrong: readonly (readonly [string, Json])[]): string {
  if (run.status !== 'completed') return explainStatus(run, 'completed');
  const lines = wrong.map(
    ([key, value]) =>
      `\n  ${key}: expected ${JSON.stringify(value)}, and it is ${JSON.stringify(isObject(run.state) ? run.state[key] : undefined)}`,
  );
  return `the process completed with another state:${lines.join('')}`;
}

function explainUndo(run: TestRun, paths: readonly string[] = []): string {
  if (run.status === 'undone')
    return `the undos were others: expected ${JSON.stringify(paths)}, and they are ${JSON.stringify(run.undone)}`;
  const left = (run.failure?.undo ?? []).map(({ path, failure }) => `\n  ${path}: ${failure.message}`);
  return `${explainStatus(run, 'been undone')}${left.length === 0 ? '' : `; left to do by hand:${left.join('')}`}`;
}

function explainStatus(run: TestRun, expected: string): string {
  const why = run.failure?.message ?? run.waits.map((wait) => `${wait.path}: ${wait.reason}`).join('; ');
  return `expected process ${run.id} to have ${expected}, but it is ${run.status}${why ? ` (${why})` : ''}`;
}

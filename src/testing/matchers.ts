import { isObject, type Json, sameJson } from '../core/json.js';
import { TestRun } from './test-workflow.js';

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
}

/**
 * Matchers for vitest and jest.
 * @example `expect.extend(matchers); expect(run).toHaveCompleted({ circuitId: 'c-1' });`
 */
export const matchers = {
  toHaveCompleted(run: unknown, expected: Readonly<Record<string, Json>> = {}): MatcherResult {
    if (!(run instanceof TestRun)) return { pass: false, message: () => 'toHaveCompleted() takes what testWorkflow(…).start() gave' };
    const wrong = Object.entries(expected).filter(([key, value]) => !sameJson(run.state[key], value));
    const pass = run.status === 'completed' && wrong.length === 0;
    return { pass, message: () => (pass ? `expected process ${run.id} not to have completed so` : explain(run, wrong)) };
  },
};

function explain(run: TestRun, wrong: readonly (readonly [string, Json])[]): string {
  if (run.status !== 'completed') {
    const why = run.failure?.message ?? run.waits.map((wait) => `${wait.path}: ${wait.reason}`).join('; ');
    return `expected process ${run.id} to have completed, but it is ${run.status}${why ? ` (${why})` : ''}`;
  }
  const lines = wrong.map(
    ([key, value]) =>
      `\n  ${key}: expected ${JSON.stringify(value)}, and it is ${JSON.stringify(isObject(run.state) ? run.state[key] : undefined)}`,
  );
  return `the process completed with another state:${lines.join('')}`;
}

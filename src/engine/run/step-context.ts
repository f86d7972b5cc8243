import { type Failure, StepwrightError } from '../../core/error.js';
import type { Outcome } from '../../core/outcome.js';
import type { ProcessRow } from '../../ports/process-store.js';
import type { StepContext } from '../../ports/step-context.js';
import type { Tokens } from '../../ports/tokens.js';
import type { EngineParts } from '../parts.js';

/** What a step at this path of a process may ask about its own run. @param token of a step that is called back */
export function stepContext(
  parts: EngineParts,
  row: Pick<ProcessRow, 'id' | 'workflow'>,
  { path, attempt, signal, token }: { path: string; attempt: number; signal: AbortSignal; token?: string },
): StepContext {
  const { clock, logger, publicUrl } = parts;
  const { id, workflow } = row;
  return {
    processId: id,
    workflow,
    path,
    attempt,
    // Percent-encoded, so that it can stand in an HTTP header.
    idempotencyKey: `${id}:${encodeURIComponent(path)}`,
    signal,
    get log() {
      return logger.child({ process: id, path });
    },
    now: () => clock.now(),
    get callbackToken() {
      if (token === undefined) throw new StepwrightError('wrong_use', `ctx.callbackToken is for callback steps, and "${path}" is none.`);
      return token;
    },
    get callbackUrl() {
      if (token === undefined) throw new StepwrightError('wrong_use', `ctx.callbackUrl is for callback steps, and "${path}" is none.`);
      if (publicUrl === undefined)
        throw new StepwrightError('wrong_use', `ctx.callbackUrl at "${path}" needs publicUrl in the options of the service.`);
      return `${publicUrl}/callbacks/${token}`;
    },
  };
}

/** The token by which a step is called back: the same until a person retries it. */
export function callbackToken(tokens: Tokens, process: string, path: string, countsFromAttempt: number): string {
  return tokens.sign(`${process}\n${path}\n${countsFromAttempt}`);
}

const HIDDEN = '(token)';

/** What a step gave, without its token in what is told of it: the messages of HTTP clients often hold a whole URL. */
export function withoutToken(outcome: Outcome, token: string): Outcome {
  if (outcome.kind === 'skipped') return { ...outcome, reason: outcome.reason.replaceAll(token, HIDDEN) };
  if (outcome.kind !== 'failed') return outcome;
  // A token has no character that JSON writes in another way.
  return { kind: 'failed', failure: JSON.parse(JSON.stringify(outcome.failure).replaceAll(token, HIDDEN)) as Failure };
}

/** The token in the URL that a step gave away; a token itself is given back as it is. */
export function tokenOf(urlOrToken: string): string {
  return /\/callbacks\/([^/?#]+)/.exec(urlOrToken)?.[1] ?? urlOrToken;
}

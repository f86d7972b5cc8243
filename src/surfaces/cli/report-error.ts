import { inspect } from 'node:util';
import { isObject, type Json } from '../../core/json.js';
import { EXIT, type ExitCode, errorExitCode } from './exit-codes.js';
import { describeFields } from './input/page-fields.js';
import type { CliIo } from './io.js';

/** How an error is shown. */
export interface ErrorView {
  readonly json: boolean;
  /** Show where it was thrown. */
  readonly stack: boolean;
}

/** Says what went wrong: on standard error, and in JSON output as its last line too. */
export function reportError(error: unknown, { json, stack }: ErrorView, { stdout, stderr }: Pick<CliIo, 'stdout' | 'stderr'>): ExitCode {
  const exitCode = errorExitCode(error);
  const { message, code } = describeError(error);
  if (json) stdout.write(`${JSON.stringify({ type: 'error', code, message, exitCode })}\n`);
  const hint = exitCode === EXIT.failed && !stack ? '\nRun it again with --log-level debug to see where it comes from.' : '';
  stderr.write(stack ? `${inspect(error)}\n` : `error: ${message}${hint}\n`);
  return exitCode;
}

function describeError(error: unknown): { readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { message: String(error), code: 'unknown' };
  const { code, details } = error as { code?: unknown; details?: Json };
  const page = isObject(details) && isObject(details.page) ? details.page : undefined;
  const fields = page ? `\nIt takes:\n${describeFields(page.schema as Json)}` : '';
  return { message: `${error.message || error.name}${fields}`, code: typeof code === 'string' ? code : 'unknown' };
}

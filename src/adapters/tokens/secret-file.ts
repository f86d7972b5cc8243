import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { StepwrightError } from '../../core/error.js';

const BYTES = 32;

/**
 * The secret in a file that only its owner can read; made on first use.
 * @throws StepwrightError `store_unavailable` where it can't be read or made
 */
export function readSecret(file: string): Buffer {
  try {
    return checked(readFileSync(file), file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw unusable(file, error);
  }
  // Written beside and then linked into its place, so that of two programs at once one wins, and none reads half of it.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, randomBytes(BYTES), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
    return checked(readFileSync(file), file);
  } catch (error) {
    throw unusable(file, error);
  }
}

function checked(secret: Buffer, file: string): Buffer {
  if (secret.length >= BYTES) return secret;
  throw new StepwrightError(
    'store_unavailable',
    `The secret in ${file} is ${secret.length} bytes long; it must have ${BYTES} at least. Put the right file there, or remove it: then a new one is made, and tokens given out before are refused.`,
  );
}

function unusable(file: string, error: unknown): unknown {
  if (error instanceof StepwrightError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StepwrightError(
    'store_unavailable',
    `The secret for call-back tokens can't be used: ${reason}. Check who may read ${file}, or set STEPWRIGHT_SECRET.`,
    {
      cause: error,
    },
  );
}

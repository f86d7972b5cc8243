import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { shellCommand } from '../../../src/surfaces/cli/output/shell.js';
import { fixture, type Scratch } from './harness.js';

/** The command line as a program of its own, run from source, with the scratch folder's database. */
export function words(scratch: Scratch, file: string, ...args: readonly string[]): readonly string[] {
  const program = ['--conditions=stepwright-source', '--import', '@oxc-node/core/register', 'src/surfaces/cli/bin.ts'];
  const place = ['-w', fixture(file), '--config', fixture('ormconfig.ts'), '--database', scratch.path('stepwright.db')];
  return [process.execPath, ...program, ...place, ...args];
}

/** Runs it to its end, or until a test ends it. */
export function spawn(scratch: Scratch, file: string, ...args: readonly string[]) {
  const [node = '', ...rest] = words(scratch, file, ...args);
  return execa(node, rest, { reject: false, stdin: 'ignore', timeout: 30_000, killSignal: 'SIGKILL' });
}

/** The same on a terminal of its own. */
export function spawnOnTerminal(scratch: Scratch, file: string, ...args: readonly string[]) {
  const command = `stty cols 100 rows 30; exec ${shellCommand(words(scratch, file, ...args))}`;
  return execa('script', ['-qec', command, '/dev/null'], { reject: false, timeout: 30_000, env: { TERM: 'xterm' } });
}

interface Child extends PromiseLike<unknown> {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** Waits until a program has written a text, and gives what it has written since. */
export async function until(child: Child, text: string): Promise<string> {
  let seen = '';
  return new Promise((resolve, reject) => {
    const hear = (chunk: unknown) => {
      seen += String(chunk);
      if (seen.includes(text)) resolve(seen);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.then(() => reject(new Error(`it ended without "${text}":\n${seen}`)), reject);
  });
}

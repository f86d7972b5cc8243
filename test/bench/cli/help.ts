import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';

const ROOT = join(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'dist/surfaces/cli/bin.js');
const SOURCE = join(ROOT, 'src/surfaces/cli/bin.ts');

/** How long `stepwright --help` takes, as it is built, or from source where it is not; against Node.js doing nothing. */
export const bench: Bench = {
  unit: 'ms',
  against: 'node -e 0',
  async prepare() {
    const bin = existsSync(BUILT) ? [BUILT] : ['--conditions=stepwright-source', '--import', '@oxc-node/core/register', SOURCE];
    const cli = [...bin, '--help'];
    const reason = whyNot(cli);
    if (reason !== undefined) return { unavailable: reason };
    return {
      run: async () => ({ ours: timeNode(cli), other: timeNode(['-e', '0']) }),
      value: (time) => time,
    };
  },
};

/** Why there is no help to be had, if so. */
function whyNot(args: readonly string[]): string | undefined {
  if (!existsSync(BUILT) && !existsSync(SOURCE)) return 'there is no command line yet';
  const { status, stderr } = runNode(args);
  return status === 0 ? undefined : `it ended with ${status}: ${stderr.split('\n').find((line) => line.includes('Error')) ?? stderr}`;
}

function timeNode(args: readonly string[]): number {
  const start = performance.now();
  runNode(args);
  return performance.now() - start;
}

function runNode(args: readonly string[]) {
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
}

import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { Page } from './page.js';
import { idsIn, sameOutput } from './same-output.js';
import type { Scratch } from './scratch.js';

/**
 * Runs the commands of a page one after another, and compares what they give with what the page shows.
 *
 * An id in the commands stands for the one that was given where the page showed it.
 */
export async function runCommands(page: Page, { folderOf, bin }: Scratch): Promise<void> {
  const ids = new Map<string, string>();
  for (const { commands, exitCode, output, line } of page.runs) {
    const result = await execa('bash', ['-e', '-c', [...ids].reduce((text, [shown, actual]) => text.replaceAll(shown, actual), commands)], {
      cwd: folderOf(page),
      env: {
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        NODE_OPTIONS: '--conditions=stepwright-source',
        NO_COLOR: '1',
        TZ: 'UTC',
        npm_lifecycle_event: undefined, // what npm was asked to do with the tests would show in the commands that are printed
      },
      stdin: 'ignore',
      all: true,
      reject: false,
    });
    const where = `${page.name}:${line}`;
    const code = result.exitCode ?? 128 + (result.signal ? constants.signals[result.signal] : 0);
    expect(code, `the exit code of ${where}, which printed:\n${result.all}`).toBe(exitCode);
    if (output === undefined) continue;
    if (!sameOutput(output, result.all)) expect(result.all, `the output of ${where}`).toBe(output);
    const given = idsIn(result.all);
    for (const [index, id] of idsIn(output).entries()) ids.set(id, given[index] ?? id);
  }
}

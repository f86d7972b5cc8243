import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { usage } from '../io.js';

/** Where workflows lie unless something else is said; what is in the folders below is theirs to import. */
export const DEFAULT_WORKFLOWS = 'workflows/*.ts';

/** Packages are not even searched; outside the folder that a search starts from, only the result can be looked at. */
const NOT_SEARCHED = ['**/node_modules/**'];
const LEFT_OUT = /(?:^|[\\/])node_modules[\\/]|\.test\.ts$|\.d\.ts$/;

/**
 * The files that paths, folders and globs name, sorted.
 * @param patterns undefined for the default, which may match nothing
 * @throws StepwrightError `usage` for a pattern that matches no file
 */
export async function findFiles(patterns: readonly string[] | undefined, cwd: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns ?? [DEFAULT_WORKFLOWS]) {
    const files = await filesOf(pattern, cwd);
    if (files.length === 0 && patterns) {
      throw usage(
        `--workflows ${pattern} matches no file in ${cwd}. Name files, folders or quoted globs, such as --workflows 'workflows/**/*.ts'.`,
      );
    }
    for (const file of files) found.add(file);
  }
  return [...found].sort();
}

/** A file's path as a person at this place would write it. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

async function filesOf(pattern: string, cwd: string): Promise<readonly string[]> {
  const path = resolve(cwd, pattern);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  const { escapePath, glob } = await import('tinyglobby');
  const from = found?.isDirectory() ? `${escapePath(path)}/**/*.ts` : pattern;
  const files = await glob(from, { cwd, absolute: true, ignore: NOT_SEARCHED, expandDirectories: false });
  return files.map((file) => resolve(file)).filter((file) => !LEFT_OUT.test(relative(cwd, file)));
}
